import { ownValue } from "./own";

type Body = { [key: string]: unknown };

/**
 * HCL that is blocks and plain attributes, one a line, as leasehold writes Vault's own configuration: what
 * `parseHcl` gives for it, in the same form. Nothing for whatever else HCL can be: the parser of HCL has to say what
 * that means, and takes longer to start than all else.
 */
export function parsePlainHcl(text: string): unknown {
  const root: Body = {};
  const open = [root];
  for (const line of text.split("\n").filter((each) => each.trim() !== "")) {
    const body = open.at(-1) as Body;
    const [, name = "", labels = "", braces] = BLOCK.exec(line) ?? [];
    const [, key = "", value] = ATTRIBUTE.exec(line) ?? [];
    if (/^ *\} *$/.test(line) && open.length > 1) open.pop();
    else if (braces !== undefined) {
      const block = added(body, [name, ...(labels.match(/[^" ]+/g) ?? [])]);
      if (block === undefined) return undefined;
      if (braces === "{") open.push(block);
    } else if (value !== undefined && !Object.hasOwn(body, key)) body[key] = JSON.parse(value);
    else return undefined;
  }
  return open.length === 1 ? sorted(root) : undefined;
}

const BLOCK = /^ *([a-z][a-z0-9_]*)((?: "[a-z][a-z0-9_-]*")*) (\{\}?) *$/;
/** A text is of letters that stand for themselves: no `\\`, no `${`, no `%{`, nothing beyond ASCII. */
const ATTRIBUTE = /^ *([a-z][a-z0-9_]*) *= *("[ !#&-[\]-~]*"|0|[1-9]\d{0,14}|true|false) *$/;

/** A further block; nothing where its name or labels already stand for something else. */
function added(body: Body, names: readonly string[]): Body | undefined {
  const [last = "", ...outer] = [...names].reverse();
  let around = body;
  for (const name of outer.reverse()) {
    const inner = (around[name] ??= {});
    if (typeof inner !== "object" || Array.isArray(inner)) return undefined;
    around = inner as Body;
  }
  const blocks = ownValue(around, last) ?? (around[last] = []);
  if (!Array.isArray(blocks)) return undefined;
  const block: Body = {};
  blocks.push(block);
  return block;
}

/** As the parser has it: with keys in the order of their letters. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
