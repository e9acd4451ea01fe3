/**
 * How a report stands in the page: every text, number, list and object once, whoever has it, and what differs only
 * by names once as well, with holes where the names belong. `fold` in ../html/fold.ts makes it; this reads it back.
 */
export interface Folded {
  /** Keys of objects, by the number that an object begins with, from 1. */
  readonly shapes: readonly (readonly string[])[];
  readonly nodes: readonly FoldedNode[];
}

/** Where a value stands among the nodes. */
export type Ref = number;

/**
 * A text (`¤` and a sign is a hole, `¤¤` the sign itself), a number, a boolean, null; `[0, …]` a list; `[shape, …]`
 * an object, its values in the order of its keys; `[-1, node, names]` a node with names in its holes.
 */
export type FoldedNode = string | number | boolean | null | readonly Ref[];

/** What a hole begins with. */
export const HOLE = "¤";
/** Which hole it is. */
export const SIGNS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** What `[…]` begins with that is no object. */
export const LIST = 0;
export const NAMED = -1;

/** Reads values back, each when it is asked for; what has no holes is made once. */
export function unfolder({ shapes, nodes }: Folded): (ref: Ref) => unknown {
  const made = new Map<Ref, unknown>();
  const open = new Map<Ref, boolean>();

  function isOpen(ref: Ref): boolean {
    const known = open.get(ref);
    if (known !== undefined) return known;
    const node = nodes[ref];
    const found =
      typeof node === "string"
        ? node.replaceAll(HOLE + HOLE, "").includes(HOLE)
        : Array.isArray(node) && node[0] !== NAMED && (node as readonly Ref[]).slice(1).some(isOpen);
    open.set(ref, found);
    return found;
  }

  function value(ref: Ref, names: readonly string[]): unknown {
    if (isOpen(ref)) return make(ref, names);
    if (!made.has(ref)) made.set(ref, make(ref, []));
    return made.get(ref);
  }

  function make(ref: Ref, names: readonly string[]): unknown {
    const node = nodes[ref] as FoldedNode;
    if (typeof node === "string") return filled(node, names);
    if (typeof node !== "object" || node === null) return node;
    const [kind, ...rest] = node as readonly [number, ...Ref[]];
    if (kind === NAMED) return value(rest[0] as Ref, value(rest[1] as Ref, []) as readonly string[]);
    const values = rest.map((each) => value(each, names));
    if (kind === LIST) return values;
    const keys = shapes[kind - 1] as readonly string[];
    return Object.fromEntries(keys.map((key, index) => [key, values[index]]));
  }

  return (ref) => value(ref, []);
}

function filled(text: string, names: readonly string[]): string {
  if (!text.includes(HOLE)) return text;
  return text.replace(/¤(.)/g, (_, sign: string) =>
    sign === HOLE ? HOLE : (names[SIGNS.indexOf(sign)] ?? ""),
  );
}
