import { podTemplateArguments, type DeploymentV1SpecTemplate } from "../../core/terraform";
import type { PodTemplate } from "./types";

/** A pod template as the Kubernetes provider's typed schema has it. */
export function terraformPod(template: PodTemplate): DeploymentV1SpecTemplate {
  return converted(template, ROOT, { withoutArgument: [], empty: [] }) as DeploymentV1SpecTemplate;
}

/** What the provider cannot hold of a template, as JSON pointers. */
export interface Unheld {
  /** Fields that it has no argument for, or one of another kind. */
  readonly withoutArgument: string[];
  /**
   * Objects without anything in them: most of them it does not read back, so that no plan is empty any more, and an
   * entry of `envFrom` ends it (seen with 3.2.1, as the defaults below were).
   */
  readonly empty: string[];
}

export function unheldBy(template: PodTemplate): Unheld {
  const unheld: Unheld = { withoutArgument: [], empty: [] };
  converted(template, ROOT, unheld);
  return { withoutArgument: unheld.withoutArgument.sort(), empty: unheld.empty.sort() };
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

/** They say something without anything in them: a place for files, and everything that there is. */
const EMPTY: ReadonlySet<string> = new Set(["emptyDir", "labelSelector", "namespaceSelector", "preference"]);

/** What Kubernetes puts where nothing stands, and each plan would take out again. */
const DEFAULTS: Readonly<Record<string, object>> = { httpGet: { path: "/" } };

function converted(value: object, block: Block, unheld: Unheld): unknown {
  const made: Record<string, unknown> = {};
  for (const [field, entry] of Object.entries(value) as [string, unknown][]) {
    if (entry === undefined) continue;
    const argument = argumentOf(block, field);
    if (argument === undefined) unheld.withoutArgument.push(`${block.pointer}/${field}`);
    else made[argument.name] = argumentValue(entry, field, argument, unheld);
  }
  return made;
}

function argumentValue(value: unknown, field: string, argument: Argument, unheld: Unheld): unknown {
  const each = (entry: unknown) => {
    if (typeof entry === "object" && entry !== null && !Array.isArray(entry)) {
      if (Object.keys(entry).length === 0 && !EMPTY.has(field)) unheld.empty.push(argument.pointer);
      return converted({ ...DEFAULTS[field], ...entry }, argument, unheld);
    }
    // The bindings would make an empty block of it.
    if (entry !== null) unheld.withoutArgument.push(argument.pointer);
    return entry;
  };
  switch (argument.form) {
    case "block":
      return each(value);
    case "list":
      return Array.isArray(value) ? value.map(each) : [each(value)];
    case "plain":
      // They would make a map of a list.
      if (Array.isArray(value) && !Array.isArray(argument.render(value)))
        unheld.withoutArgument.push(argument.pointer);
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
