import { type RawObject, type Syntax, type TypedBlock } from "./syntax";

/** What a module's blocks wait for is taken from: its own blocks, and the modules that it calls. */
type ModuleSyntax = Pick<Syntax, "resources" | "modules" | "locals" | "outputs">;

/** Where a resource stands in the order of its root. */
export interface Place {
  readonly order: Order;
  /** Address without keys: all instances of a block wait for the same. */
  readonly block: string;
}

/** In which order Terraform makes the blocks of one root; at destroy it goes the other way. */
export class Order {
  private readonly modules = new Map<string, { syntax: ModuleSyntax; call?: RawObject; onDisk: boolean }>();
  private edges?: ReadonlyMap<string, readonly string[]>;

  /** Adds a module by its address without keys, empty for the root, with the block that calls it. */
  add(module: string, syntax: ModuleSyntax | undefined, call?: RawObject): void {
    const nothing = { resources: [], modules: [], locals: [], outputs: [] };
    this.modules.set(module, {
      syntax: syntax ?? nothing,
      onDisk: syntax !== undefined,
      ...(call && { call }),
    });
  }

  /** All that a block waits for, directly or through others; not complete where a module is not on disk. */
  waitsFor(block: string): { blocks: ReadonlySet<string>; isComplete: boolean } {
    this.edges ??= this.read();
    const blocks = new Set(this.edges.get(block));
    for (const each of blocks) this.edges.get(each)?.forEach((next) => blocks.add(next));
    return { blocks, isComplete: !blocks.has(UNKNOWN) };
  }

  private read(): ReadonlyMap<string, readonly string[]> {
    const edges = new Map<string, string[]>();
    const add = (from: string, to: readonly string[]) => {
      const known = edges.get(from);
      if (known === undefined) edges.set(from, [...to]);
      else known.push(...to);
    };
    for (const [module, { syntax, call, onDisk }] of this.modules) {
      const inside = (name: string) => joined(module, name);
      const references = (raw: unknown) => namesIn(raw).map((names) => this.blockOf(module, names));
      const outside = (raw: unknown) => namesIn(raw).map((names) => this.blockOf(parentOf(module), names));
      if (!onDisk) add(inside(EVERYTHING), [UNKNOWN]);
      if (call !== undefined) {
        const { depends_on: waitsFor, count, for_each: forEach, ...inputs } = call;
        add(inside(CALL), [
          joined(parentOf(module), CALL),
          ...outside({ depends_on: waitsFor, count, forEach }),
        ]);
        for (const [name, value] of Object.entries(inputs)) add(inside(`var.${name}`), outside(value));
      }
      for (const block of syntax.resources) {
        const address = inside(addressOf(block));
        add(address, [inside(CALL), ...references(block.body)]);
        add(inside(EVERYTHING), [address]);
      }
      for (const { name } of syntax.modules)
        add(inside(EVERYTHING), [inside(`module.${name}.${EVERYTHING}`)]);
      for (const { name, body } of syntax.outputs) add(inside(`output.${name}`), references(body));
      for (const { body } of syntax.locals)
        for (const [name, value] of Object.entries(body)) add(inside(`local.${name}`), references(value));
    }
    return edges;
  }

  /** The block that a reference in a module means, or all of a module. */
  private blockOf(module: string, [first = "", second = "", third = ""]: readonly string[]): string {
    if (first !== "module") {
      const names = first === "data" || first === "ephemeral" ? [first, second, third] : [first, second];
      return joined(module, names.join("."));
    }
    const called = joined(module, `module.${second}`);
    const outputs = this.modules.get(called)?.syntax.outputs ?? [];
    return joined(called, outputs.some(({ name }) => name === third) ? `output.${third}` : EVERYTHING);
  }
}

/** All of a module's blocks, the call of a module, and what a module that is not on disk may hold. */
const EVERYTHING = "*";
const CALL = "(call)";
const UNKNOWN = "(unknown)";

function joined(module: string, name: string): string {
  return module === "" ? name : `${module}.${name}`;
}

function parentOf(module: string): string {
  return module.split(".").slice(0, -2).join(".");
}

/** Address of a resource in its module, without keys. */
export function addressOf({ mode, type, name }: Pick<TypedBlock, "mode" | "type" | "name">): string {
  return `${mode === "managed" ? "" : `${mode}.`}${type}.${name}`;
}

/** Arguments whose texts are references in Terraform's JSON syntax as well. */
const PLAIN_REFERENCES = new Set(["depends_on", "replace_triggered_by"]);

/** The references in something that is written, each as its names without indexes. One too many does no harm. */
function namesIn(raw: unknown, isReference = false, found: string[][] = []): string[][] {
  if (typeof raw === "string") {
    if (isReference || raw.includes("${") || raw.includes("%{")) found.push(...traversals(raw));
  } else if (Array.isArray(raw)) {
    for (const each of raw as readonly unknown[]) namesIn(each, isReference, found);
  } else if (typeof raw === "object" && raw !== null) {
    for (const [key, value] of Object.entries(raw)) {
      if (key === "//") continue;
      namesIn(key, false, found);
      namesIn(value, isReference || PLAIN_REFERENCES.has(key), found);
    }
  }
  return found;
}

function traversals(text: string): string[][] {
  const paths = text.match(/(?<![\w.-])[A-Za-z_][\w-]*(?:\[[^[\]]*\]|\.[A-Za-z_*][\w-]*)+/g) ?? [];
  return [
    ...paths.map((path) => path.replace(/\[[^[\]]*\]/g, "").split(".")),
    // What stands between brackets refers as well.
    ...paths.flatMap((path) =>
      (path.match(/\[[^[\]]*\]/g) ?? []).flatMap((index) => traversals(index.slice(1, -1))),
    ),
  ];
}
