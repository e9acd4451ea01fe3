import path from "node:path";
import type * as TypeScript from "typescript";
import { optionsOf, typescriptOf } from "../compiler";
import { ENVIRONMENTS } from "../project";
import { Sources } from "./source";

type Literal = TypeScript.ObjectLiteralExpression;

/** Properties by which an entry of a list is known, such as its name. */
export type Keys = Readonly<Record<string, string>>;

/** What is looked for in an environment: a property, or one entry of it. */
export interface Part {
  readonly property: string;
  /** @default - the property itself */
  readonly keys?: Keys;
}

/** Where something is written. */
export interface Place {
  /** Absolute. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/**
 * The literals of a project that declare its environments, found without running anything: names, spreads, functions
 * and imports are followed to whatever literals they lead to. Where two could be meant, or a name is computed, nothing
 * is said.
 */
export class Literals {
  private readonly sources: Sources;

  constructor(
    private readonly project: string,
    private readonly typescript: typeof TypeScript = typescriptOf(project),
  ) {
    this.sources = new Sources(typescript, optionsOf(typescript, project).options);
  }

  /** Where an environment is named, or a part of it is. */
  place(environment: string, part?: Part): Place | undefined {
    const named = this.environments(environment);
    if (part === undefined) return this.only(named, { name: environment });
    // One whose name is computed may be any, so each of them is looked into.
    const owners = named.length > 0 ? named : this.environments(undefined);
    const { property, keys } = part;
    if (keys === undefined)
      return owners.length === 1 ? this.line(this.own(owners[0]!, property)) : undefined;
    const entries = owners
      .flatMap((each) => this.values(each, property))
      .flatMap((each) => this.entries(each, keys));
    return this.only(
      [...new Set(entries)].filter((each) => this.isKnownBy(each, keys)),
      keys,
    );
  }

  /** Those of one name, or those whose name is computed. */
  private environments(name: string | undefined): Literal[] {
    const file = this.sources.file(path.join(this.project, ENVIRONMENTS));
    const list = file && this.sources.exported(file, "environments");
    const all = list === undefined ? [] : [...new Set(this.entries(list, { name: "" }))];
    return all.filter((each) => this.own(each, "name") && this.text(each, "name") === name);
  }

  private only(found: readonly Literal[], keys: Keys): Place | undefined {
    const [literal] = found;
    const [key = ""] = Object.keys(keys);
    return literal && found.length === 1 ? this.line(this.own(literal, key)) : undefined;
  }

  private isKnownBy(literal: Literal, keys: Keys): boolean {
    return Object.entries(keys).every(([key, value]) => this.text(literal, key) === value);
  }

  private line(node: TypeScript.Node | undefined): Place | undefined {
    if (node === undefined) return undefined;
    const file = node.getSourceFile();
    return { file: file.fileName, line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1 };
  }

  /** A property that a literal has itself, and not by a spread. */
  private own(literal: Literal, property: string): TypeScript.ObjectLiteralElementLike | undefined {
    const { typescript: ts } = this;
    const isIt = ({ name }: TypeScript.ObjectLiteralElementLike) =>
      name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteral(name)) && name.text === property;
    return literal.properties.filter(isIt).at(-1);
  }

  /** What a property may come to: the literal's own value, or those of what it spreads. */
  private values(literal: Literal, property: string, seen = new Set<TypeScript.Node>()): TypeScript.Node[] {
    const own = this.own(literal, property);
    if (own !== undefined) return [own];
    const spread = literal.properties.filter((each) => this.typescript.isSpreadAssignment(each));
    return spread
      .flatMap(({ expression }) => this.entries(expression, {}, seen))
      .flatMap((each) => this.values(each, property, seen));
  }

  /** The text of a property; nothing where it is computed. */
  private text(literal: Literal, property: string): string | undefined {
    const { typescript: ts } = this;
    const own = this.own(literal, property);
    const value = own && ts.isPropertyAssignment(own) ? own.initializer : undefined;
    const named =
      value && ts.isIdentifier(value) ? this.sources.named(value.getSourceFile(), value.text) : value;
    return named && ts.isStringLiteralLike(named) ? named.text : undefined;
  }

  /**
   * The literals that an expression may hold as entries. What is inside of one that has a key is a matter of its own.
   *
   * @param keys whoever has one of these is an entry; where there are none, every literal is
   */
  private entries(node: TypeScript.Node, keys: Keys, seen = new Set<TypeScript.Node>()): Literal[] {
    const { typescript: ts } = this;
    if (seen.has(node) || ts.isTypeNode(node)) return [];
    seen.add(node);
    const inside = (each: TypeScript.Node) => this.entries(each, keys, seen);
    if (ts.isObjectLiteralExpression(node)) {
      const names = Object.keys(keys);
      if (names.length === 0 || names.some((key) => this.own(node, key))) return [node];
      const spread = node.properties.filter((each) => ts.isSpreadAssignment(each));
      return (spread.length > 0 ? spread : node.properties).flatMap(inside);
    }
    if (ts.isPropertyAssignment(node)) return inside(node.initializer);
    if (ts.isShorthandPropertyAssignment(node)) return inside(node.name);
    const led = this.ledTo(node);
    if (led !== undefined) return led.flatMap(inside);
    const found: Literal[] = [];
    ts.forEachChild(node, (each) => void found.push(...inside(each)));
    return found;
  }

  /** Where a name leads, alone or behind a dot; nothing where a node is no name. */
  private ledTo(node: TypeScript.Node): TypeScript.Node[] | undefined {
    const { typescript: ts } = this;
    if (ts.isIdentifier(node)) {
      const named = this.sources.named(node.getSourceFile(), node.text);
      return named === undefined ? [] : [named];
    }
    if (!ts.isPropertyAccessExpression(node)) return undefined;
    const [target] = (ts.isIdentifier(node.expression) && this.ledTo(node.expression)) || [];
    if (target && ts.isSourceFile(target)) {
      const exported = this.sources.exported(target, node.name.text);
      return exported === undefined ? [] : [exported];
    }
    const own = target && ts.isObjectLiteralExpression(target) ? this.own(target, node.name.text) : undefined;
    return [own ?? node.expression];
  }
}
