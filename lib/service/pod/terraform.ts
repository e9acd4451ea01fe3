import { podTemplateArguments, type DeploymentV1SpecTemplate } from "../../core/terraform";
import type { PodTemplate } from "./types";

/** A pod template as the Kubernetes provider's typed schema has it. */
export function terraformPod(template: PodTemplate): DeploymentV1SpecTemplate {
  return converted(template, ROOT, []) as DeploymentV1SpecTemplate;
}

/** Fields of a template that the provider has no argument for, or one of another kind, as JSON pointers. */
export function fieldsWithoutArgument(template: PodTemplate): string[] {
  const unknown: string[] = [];
  converted(template, ROOT, unknown);
  return unknown.sort();
}

/** A block of the provider's: what it makes of a value, and how it calls what is in it. */
interface Block {
  readonly pointer: string;
  readonly render: (value: unknown) => unknown;
  readonly inner: Map<string, Argument | undefined>;
}

interface Argument extends Block {
  /** As the bindings call it. */
  readonly name: string;
  readonly form: "block" | "list" | "plain";
}

const ROOT: Block = { pointer: "", render: podTemplateArguments, inner: new Map() };

/** Numbers that the provider takes as a text. */
const AS_TEXT: ReadonlySet<string> = new Set(["runAsUser", "runAsGroup", "fsGroup"]);

function converted(value: object, block: Block, unknown: string[]): unknown {
  const made: Record<string, unknown> = {};
  for (const [field, entry] of Object.entries(value) as [string, unknown][]) {
    if (entry === undefined) continue;
    const argument = argumentOf(block, field);
    if (argument === undefined) unknown.push(`${block.pointer}/${field}`);
    else made[argument.name] = argumentValue(entry, field, argument, unknown);
  }
  return made;
}

function argumentValue(value: unknown, field: string, argument: Argument, unknown: string[]): unknown {
  const each = (entry: unknown) => {
    if (typeof entry === "object" && entry !== null && !Array.isArray(entry))
      return converted(entry, argument, unknown);
    // The bindings would make an empty block of it.
    if (entry !== null) unknown.push(argument.pointer);
    return entry;
  };
  switch (argument.form) {
    case "block":
      return each(value);
    case "list":
      return Array.isArray(value) ? value.map(each) : [each(value)];
    case "plain":
      // They would make a map of a list.
      if (Array.isArray(value) && !Array.isArray(argument.render(value))) unknown.push(argument.pointer);
      return typeof value === "number" && (AS_TEXT.has(field) || isPortOfProbe(argument))
        ? String(value)
        : value;
  }
}

/** A port that may be a name. */
function isPortOfProbe({ pointer }: Argument): boolean {
  return /\/(httpGet|tcpSocket)\/port$/.test(pointer);
}

/** The provider's argument for a field of Kubernetes': `hostIP` is `host_ip`, and each of `containers` a `container`. */
function argumentOf(block: Block, field: string): Argument | undefined {
  if (!block.inner.has(field)) block.inner.set(field, foundArgument(block, field));
  return block.inner.get(field);
}

function foundArgument({ pointer, render }: Block, field: string): Argument | undefined {
  const known = keysOf(render({}));
  const called = (wanted: string) =>
    known.find((each) => each.replaceAll("_", "") === wanted.toLowerCase().replace(/_/g, ""));
  const argument = called(field) ?? called(field.replace(/s$/, ""));
  if (argument === undefined) return undefined;
  const name = argument.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const rendered = (value: unknown) => (render({ [name]: value }) as Record<string, unknown>)[argument];
  const inList = (value: unknown) => (rendered([value]) as readonly unknown[])[0];
  const inner = { pointer: `${pointer}/${field}`, inner: new Map<string, Argument | undefined>(), name };
  if (keysOf(rendered({})).length > 0) return { ...inner, form: "block", render: rendered };
  const isList = Array.isArray(rendered([{}])) && keysOf(inList({})).length > 0;
  return { ...inner, form: isList ? "list" : "plain", render: isList ? inList : rendered };
}

/** Arguments of a block; a map and a plain value have none. */
function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}
