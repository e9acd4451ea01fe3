import { HOLE, LIST, NAMED, SIGNS, type Folded, type FoldedNode, type Ref } from "../page/unfold";

/** CDKTF ends the address of each resource with a hash of its path. */
const HASH = /_[0-9A-F]{8}(?![0-9A-Za-z])/;
const HASHES = new RegExp(HASH, "g");

/** Names that texts of one thing are full of, and that texts of the next one of its kind have others for. */
export class Names {
  /** In the order of the holes that they fill. */
  readonly all: string[] = [];
  /** Of this thing alone: texts and objects come up again and again in it. */
  readonly known = new Map<unknown, Ref>();
  private readonly holes = new Map<string, string>();
  /** The longest first: one name may be the beginning of another one. */
  private readonly given: readonly string[];

  constructor(names: readonly string[]) {
    const own = [...new Set(names)].filter((name) => name.length > 2).slice(0, SIGNS.length / 2);
    own.forEach((name) => this.hole(name));
    this.given = own.sort((a, b) => b.length - a.length);
  }

  /** A text with holes in place of the names. */
  withHoles(text: string): string {
    return this.from(text, 0);
  }

  /** The same, for the names from one on: what stands between two holes has none of the names before it. */
  private from(text: string, index: number): string {
    for (let at = index; at < this.given.length; at++) {
      const name = this.given[at] as string;
      if (!text.includes(name)) continue;
      const hole = this.holes.get(name) as string;
      return text
        .split(name)
        .map((part) => this.from(part, at + 1))
        .join(hole);
    }
    return this.plain(text);
  }

  private plain(text: string): string {
    const whole = text.includes(HOLE) ? text.replaceAll(HOLE, HOLE + HOLE) : text;
    if (this.given.length === 0 || !HASH.test(whole)) return whole;
    return whole.replace(HASHES, (hash) => this.hole(hash));
  }

  private hole(found: string): string {
    const known = this.holes.get(found);
    if (known !== undefined) return known;
    const sign = SIGNS.charAt(this.all.length);
    if (sign === "") return found;
    this.all.push(found);
    this.holes.set(found, HOLE + sign);
    return HOLE + sign;
  }
}

/** What was folded already, where it stands in something else. */
export class Placed {
  constructor(readonly ref: Ref) {}
}

/** Keys of objects, and what shape each further key leads to. */
class Shape {
  number: number | undefined;
  private readonly longer = new Map<string, Shape>();

  constructor(readonly keys: readonly string[]) {}

  with(key: string): Shape {
    const known = this.longer.get(key);
    if (known !== undefined) return known;
    const made = new Shape([...this.keys, key]);
    this.longer.set(key, made);
    return made;
  }
}

/** Folds values into one table of nodes, in which nothing stands twice. */
export class Folder {
  private readonly shapes: (readonly string[])[] = [];
  private readonly noKeys = new Shape([]);
  private readonly nodes: FoldedNode[] = [];
  private readonly known = new Map<string, Ref>();
  private readonly none = new Names([]);
  /** Names that are still being collected: where the node waits for them. */
  private readonly waiting: { readonly at: Ref; readonly of: Ref; readonly names: Names }[] = [];
  private readonly named = new Map<Names, Map<Ref, Ref>>();

  /** @param names what differs between this value and others of its kind */
  fold(value: unknown, names?: Names): Ref {
    if (names === undefined) return this.put(value, this.none);
    const of = this.put(value, names);
    const own = this.named.get(names) ?? new Map<Ref, Ref>();
    this.named.set(names, own);
    const known = own.get(of);
    if (known !== undefined) return known;
    const at = this.nodes.push([]) - 1;
    this.waiting.push({ at, of, names });
    own.set(of, at);
    return at;
  }

  /** A part of a value that has names of its own. */
  placed(value: unknown, names?: Names): Placed {
    return new Placed(this.fold(value, names));
  }

  private list(refs: readonly Ref[]): Ref {
    const key = `[${refs.join()}`;
    return this.known.get(key) ?? this.add(key, [LIST, ...refs]);
  }

  folded(): Folded {
    for (const { at, of, names } of this.waiting.splice(0))
      this.nodes[at] = [NAMED, of, this.fold(names.all)];
    return { shapes: this.shapes, nodes: this.nodes };
  }

  private put(value: unknown, names: Names): Ref {
    if (value instanceof Placed) return value.ref;
    const isPart = typeof value === "string" || (typeof value === "object" && value !== null);
    const known = isPart ? names.known.get(value) : undefined;
    if (known !== undefined) return known;
    const ref = this.made(value, names);
    if (isPart) names.known.set(value, ref);
    return ref;
  }

  private made(value: unknown, names: Names): Ref {
    if (typeof value === "string") {
      const text = names.withHoles(value);
      return this.known.get(`"${text}`) ?? this.add(`"${text}`, text);
    }
    if (Array.isArray(value)) return this.list(value.map((each) => this.put(each, names)));
    if (typeof value === "object" && value !== null) return this.object(value, names);
    return this.known.get(String(value)) ?? this.add(String(value), value as FoldedNode);
  }

  private object(value: object, names: Names): Ref {
    let shape = this.noKeys;
    const refs: Ref[] = [];
    for (const [key, each] of Object.entries(value)) {
      if (each === undefined) continue;
      shape = shape.with(key);
      refs.push(this.put(each, names));
    }
    const number = (shape.number ??= this.shapes.push(shape.keys));
    const key = `${number}:${refs.join()}`;
    return this.known.get(key) ?? this.add(key, [number, ...refs]);
  }

  private add(key: string, node: FoldedNode): Ref {
    const ref = this.nodes.push(node) - 1;
    this.known.set(key, ref);
    return ref;
  }
}
