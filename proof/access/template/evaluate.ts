import { parseTemplate, TemplateError, type Operand, type Pipeline, type TemplateNode } from "../../core";
import { ownValue } from "../own";
import { FUNCTIONS, isTrue, shown, sorted, type TemplateValue } from "./functions";

/** What a template makes of a secret. */
export type Rendered =
  | {
      readonly kind: "text";
      readonly text: string;
      /** The paths that it reads, each as often as it reads it. */
      readonly paths: readonly string[];
    }
  /** The agent would fail, and write no file. */
  | { readonly kind: "error"; readonly error: string }
  /** It uses what is not modelled. */
  | { readonly kind: "unknown"; readonly what: string };

/** What Vault answers to each read. */
export interface Secret {
  readonly Data: Readonly<Record<string, unknown>>;
  /** In seconds. */
  readonly LeaseDuration: number;
  readonly LeaseID: string;
  readonly Renewable: boolean;
}

/** Runs a template as the agent does, with error_on_missing_key. */
export function renderTemplate(template: string, secret: Secret): Rendered {
  const run = new Run(secret);
  try {
    const text = run.all(parseTemplate(template), {});
    return { kind: "text", text, paths: run.paths };
  } catch (error) {
    if (error instanceof NotModelled) return { kind: "unknown", what: error.message };
    if (error instanceof TemplateError) return { kind: "error", error: error.message };
    throw error;
  }
}

class NotModelled extends Error {}

class Run {
  readonly paths: string[] = [];
  private readonly variables = new Map<string, TemplateValue>();

  constructor(private readonly secret: Secret) {
    this.variables.set("$", {});
  }

  all(nodes: readonly TemplateNode[], dot: TemplateValue): string {
    return nodes.map((node) => this.one(node, dot)).join("");
  }

  private one(node: TemplateNode, dot: TemplateValue): string {
    if (node.kind === "text") return node.text;
    const value = this.pipeline(node.pipeline, dot);
    if (node.kind === "action") return node.pipeline.variables.length > 0 ? "" : shown(value);
    if (!isTrue(value)) return this.all(node.otherwise, dot);
    if (node.kind === "if") return this.all(node.body, dot);
    if (node.kind === "with") return this.all(node.body, value);
    const each = Array.isArray(value)
      ? (value as TemplateValue[])
      : Object.values(sorted(value as Record<string, unknown>));
    return each.map((item) => this.all(node.body, item)).join("");
  }

  private pipeline({ variables, commands }: Pipeline, dot: TemplateValue): TemplateValue {
    const value = commands.reduce<readonly TemplateValue[]>(
      (before, command) => [this.command(command, dot, before)],
      [],
    )[0];
    if (variables.length > 1) throw new NotModelled("several variables");
    if (variables[0] !== undefined) this.variables.set(variables[0], value);
    return value;
  }

  private command(
    [first, ...rest]: readonly Operand[],
    dot: TemplateValue,
    before: readonly TemplateValue[],
  ) {
    const values = [...rest.map((each) => this.operand(each, dot)), ...before];
    if (first?.kind === "function") return this.call(first.name, values);
    if (values.length > 0) throw new TemplateError("a value that is no function takes no arguments");
    return this.operand(first as Operand, dot);
  }

  private operand(operand: Operand, dot: TemplateValue): TemplateValue {
    switch (operand.kind) {
      case "value":
        return operand.value;
      case "field":
        return fieldOf(dot, operand.path);
      case "variable":
        if (!this.variables.has(operand.name)) throw new TemplateError(`${operand.name} is not defined`);
        return fieldOf(this.variables.get(operand.name), operand.path);
      case "function":
        return this.call(operand.name, []);
      case "pipeline":
        return fieldOf(this.pipeline(operand.pipeline, dot), operand.path);
    }
  }

  private call(name: string, values: readonly TemplateValue[]): TemplateValue {
    if (name === "secret") {
      const [path, ...more] = values;
      if (typeof path !== "string") throw new TemplateError("secret takes a path");
      // With data it is a write, which a policy of reads refuses.
      if (more.length > 0) throw new TemplateError("secret is given data, and so writes to Vault");
      this.paths.push(path);
      return this.secret;
    }
    const known = ownValue(FUNCTIONS, name);
    if (known === undefined) throw new NotModelled(`the function ${name}`);
    return known(...values);
  }
}

function fieldOf(value: TemplateValue, path: readonly string[]): TemplateValue {
  return path.reduce((inner, name) => {
    const object = typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>) : {};
    if (!Object.hasOwn(object, name)) throw new TemplateError(`there is no .${name}`);
    return object[name];
  }, value);
}
