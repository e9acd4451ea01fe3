import { isObject } from "../read";
import { isUnknown, Unknown, type Value } from "../value";
import { compileTemplate } from "./expression";
import { Refusal, Unsure } from "./refusal";
import type { Scope } from "./scope";
import { as, convert, isSequence, setOf } from "./types";

/** The type that a variable asks for. */
type Constraint =
  | { readonly kind: "any" }
  | { readonly kind: "string" | "number" | "bool" }
  | { readonly kind: "list" | "set" | "map"; readonly of: Constraint }
  | { readonly kind: "tuple"; readonly of: readonly Constraint[] }
  | { readonly kind: "object"; readonly of: Readonly<Record<string, Attribute>> };

interface Attribute {
  readonly type: Constraint;
  readonly optional: boolean;
  /** As it is written; absent: null. */
  readonly default?: string;
}

/** A value as a variable of some type has it: converted, and with the defaults of optional attributes. */
export function constrained(value: Value, type: unknown, scope: Scope): Value {
  if (typeof type !== "string") return value;
  try {
    return apply(value, new ConstraintParser(type.replace(/^\$\{|\}$/g, "")).whole(), scope);
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    if (error instanceof Refusal || error instanceof Unsure) return new Unknown("a value of another type");
    throw error;
  }
}

function apply(value: Value, constraint: Constraint, scope: Scope): Value {
  if (value === null || isUnknown(value) || constraint.kind === "any") return value;
  switch (constraint.kind) {
    case "string":
    case "number":
    case "bool":
      return convert(value, constraint.kind);
    case "tuple":
      if (!isSequence(value) || value.length !== constraint.of.length) throw new Refusal();
      return value.map((each, index) => apply(each, constraint.of[index] ?? { kind: "any" }, scope));
    case "object":
      return objectOf(value, constraint.of, scope);
    case "map": {
      if (!isObject(value)) throw new Refusal();
      const entries = Object.entries(value).map(([key, each]) => [key, apply(each, constraint.of, scope)]);
      return as("map", convert(Object.fromEntries(entries) as Value, { kind: "map", of: "any" }));
    }
    default: {
      if (!isSequence(value)) throw new Refusal();
      const elements = value.map((each) => apply(each, constraint.of, scope));
      return constraint.kind === "set" ? setOf(elements) : as("list", elements);
    }
  }
}

function objectOf(value: Value, attributes: Readonly<Record<string, Attribute>>, scope: Scope): Value {
  if (!isObject(value)) throw new Refusal();
  const entries = Object.entries(attributes).map(([name, attribute]) => {
    const given = Object.hasOwn(value, name) ? (value[name] as Value) : undefined;
    if (given !== undefined && given !== null) return [name, apply(given, attribute.type, scope)] as const;
    if (!attribute.optional) {
      if (given === undefined) throw new Refusal();
      return [name, null] as const;
    }
    const otherwise =
      attribute.default === undefined ? null : compileTemplate(`\${${attribute.default}}`)(scope);
    return [name, apply(otherwise, attribute.type, scope)] as const;
  });
  return Object.fromEntries(entries);
}

/** Recursive descent over type constraints. */
class ConstraintParser {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): Constraint {
    const constraint = this.constraint();
    this.space();
    if (this.at < this.text.length) throw this.unexpected();
    return constraint;
  }

  private constraint(): Constraint {
    const name = this.take(/^[a-z]+/);
    if (name === "string" || name === "number" || name === "bool" || name === "any") return { kind: name };
    if (name === "list" || name === "set" || name === "map") {
      if (!this.accept("(")) return { kind: name, of: { kind: "any" } };
      const of = this.constraint();
      this.expect(")");
      return { kind: name, of };
    }
    if (name === "tuple") return { kind: name, of: this.between("([", "])", () => this.constraint()) };
    if (name !== "object") throw this.unexpected();
    return { kind: name, of: Object.fromEntries(this.between("({", "})", () => this.attribute())) };
  }

  private attribute(): [string, Attribute] {
    const name = this.take(/^"?[\p{ID_Start}_][\p{ID_Continue}-]*"?/u).replaceAll('"', "");
    if (!this.accept("=")) this.expect(":");
    if (!/^optional\s*\(/.test(this.rest())) return [name, { type: this.constraint(), optional: false }];
    this.take(/^optional\s*\(/);
    const type = this.constraint();
    const written = this.accept(",") ? this.expressionText() : "";
    this.expect(")");
    return [name, { type, optional: true, ...(written !== "" && { default: written }) }];
  }

  /** The text of a default, up to the bracket that ends `optional`. */
  private expressionText(): string {
    const start = this.at;
    let depth = 0;
    while (this.at < this.text.length) {
      const letter = this.text[this.at] ?? "";
      if (letter === '"') this.take(/^"(?:[^"\\]|\\[^])*"/);
      else if (depth === 0 && letter === ")") return this.text.slice(start, this.at).trim().replace(/,$/, "");
      else {
        depth += Number("([{".includes(letter)) - Number(")]}".includes(letter));
        this.at++;
      }
    }
    throw this.unexpected();
  }

  private between<T>(open: string, close: string, parse: () => T): T[] {
    for (const letter of open) this.expect(letter);
    const all: T[] = [];
    while (!this.peek(close[0] ?? "")) {
      all.push(parse());
      this.accept(",");
    }
    for (const letter of close) this.expect(letter);
    return all;
  }

  private rest(): string {
    this.space();
    return this.text.slice(this.at);
  }

  private space(): void {
    this.at += /^(\s|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)*/.exec(this.text.slice(this.at))?.[0].length ?? 0;
  }

  private take(pattern: RegExp): string {
    const found = pattern.exec(this.rest())?.[0];
    if (found === undefined) throw this.unexpected();
    this.at += found.length;
    return found;
  }

  private peek(token: string): boolean {
    return this.rest().startsWith(token);
  }

  private accept(token: string): boolean {
    const found = this.peek(token);
    if (found) this.at += token.length;
    return found;
  }

  private expect(token: string): void {
    if (!this.accept(token)) throw this.unexpected();
  }

  private unexpected(): SyntaxError {
    return new SyntaxError(`no type of Terraform's at character ${this.at + 1}`);
  }
}
