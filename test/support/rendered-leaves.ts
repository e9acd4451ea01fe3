import { parse, stringify } from "yaml";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One value of what was rendered that holds no others, also inside of a text that is JSON or YAML itself. */
export interface Leaf {
  /** Keys and indices from the root; "()" goes into a text. */
  readonly path: readonly (string | number)[];
  /** The path with what tells one resource from another left out: leaves of one pattern mean the same. */
  readonly pattern: string;
  readonly value: string | number | boolean | null;
}

/** Goes into the text at this place. */
const INSIDE = "()";

/** All leaves of a stack's JSON but CDKTF's own remarks. */
export function leavesOf(stack: Json): Leaf[] {
  return [...leavesBelow(stack, [], "")].filter(({ path }) => !path.includes("//"));
}

function* leavesBelow(value: Json, path: Leaf["path"], pattern: string): Generator<Leaf> {
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries())
      yield* leavesBelow(each as Json, [...path, index], `${pattern}[]`);
    return;
  }
  if (typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      const isName = path.length === 2 && (path[0] === "resource" || path[0] === "data");
      yield* leavesBelow(each, [...path, key], isName ? pattern : `${pattern}.${key}`);
    }
    return;
  }
  const inner = typeof value === "string" ? within(value) : undefined;
  if (inner !== undefined) yield* leavesBelow(inner.value, [...path, INSIDE], `${pattern}()`);
  else yield { path, pattern: pattern.slice(1), value: value as Leaf["value"] };
}

interface Text {
  readonly value: Json;
  write(value: Json): string;
}

/** What a text holds, where it is JSON or YAML with more than one value. */
function within(text: string): Text | undefined {
  if (/^\s*[[{]/.test(text) && !text.startsWith("{{")) {
    try {
      return { value: JSON.parse(text) as Json, write: (value) => JSON.stringify(value) };
    } catch {
      return undefined;
    }
  }
  if (!/^[a-z]\w*:\n {2}/.test(text)) return undefined;
  return { value: parse(text) as Json, write: (value) => stringify(value) };
}

/** The value with another one at a path; without one where nothing is given. */
export function replaced(root: Json, path: Leaf["path"], value?: Json): Json {
  const [first, ...rest] = path;
  if (first === undefined) return value as Json;
  if (first === INSIDE) {
    const text = within(root as string) as Text;
    return text.write(replaced(text.value, rest, value));
  }
  const isGone = rest.length === 0 && value === undefined;
  if (Array.isArray(root)) {
    const items = root as readonly Json[];
    return isGone
      ? items.filter((_, index) => index !== first)
      : items.map((each, index) => (index === first ? replaced(each, rest, value) : each));
  }
  const object = root as { readonly [key: string]: Json };
  const entries = Object.entries(object);
  return Object.fromEntries(
    isGone
      ? entries.filter(([key]) => key !== first)
      : entries.map(([key, each]) => [key, key === first ? replaced(each, rest, value) : each]),
  );
}

/** What is done to one leaf. */
export interface LeafMutation {
  readonly leaf: Leaf;
  readonly kind: "drop" | "change" | "swap";
  /** Nothing: it is dropped. */
  readonly value: Leaf["value"] | undefined;
}

/** Every leaf dropped, changed, and with the value that its neighbour of the same pattern has. */
export function mutationsOf(leaves: readonly Leaf[]): LeafMutation[] {
  const values = new Map<string, Set<Leaf["value"]>>();
  for (const { pattern, value } of leaves) values.set(pattern, (values.get(pattern) ?? new Set()).add(value));
  return leaves.flatMap((leaf) => {
    const all = [...(values.get(leaf.pattern) ?? [])];
    const neighbour = all[(all.indexOf(leaf.value) + 1) % all.length];
    return [
      { leaf, kind: "drop", value: undefined } as const,
      { leaf, kind: "change", value: changed(leaf.value) } as const,
      ...(all.length > 1 ? [{ leaf, kind: "swap", value: neighbour } as const] : []),
    ];
  });
}

/** Another value of the same type, which is as far away as a slip of the hand. */
function changed(value: Leaf["value"]): Leaf["value"] {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value * 10 + 1;
  if (value === null) return "x";
  if (/^(true|false)$/.test(value)) return String(value !== "true");
  return /^\d+$/.test(value) ? String(Number(value) * 10 + 1) : `${value}x`;
}
