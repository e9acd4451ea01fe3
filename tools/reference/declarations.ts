import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

/** A property that an operator may write. */
export interface Property {
  /** With the one that it stands in, where that has no name of its own: `pool.max`. */
  readonly name: string;
  readonly isOptional: boolean;
  /** As it is written in the source. */
  readonly type: string;
  readonly meaning: string;
  /** Of an optional one. */
  readonly byDefault?: string;
  /** What the default protects from. */
  readonly protects?: string;
  /** The one text that tells a variant from others, which needs no words. */
  readonly isDiscriminator: boolean;
  /** Declared types that the type names. */
  readonly names: readonly string[];
  /** Where it is declared. */
  readonly file: string;
}

/** One form of a type; most have one. */
export interface Variant {
  readonly meaning: string;
  readonly properties: readonly Property[];
}

/** An interface or a type alias. */
export interface Declared {
  readonly name: string;
  readonly meaning: string;
  readonly variants: readonly Variant[];
  /** What else it may be: types by name, or texts. */
  readonly others: readonly string[];
  /** Declared types that it leads to. */
  readonly names: readonly string[];
}

/** A construct: a class with props. */
export interface ConstructClass {
  readonly name: string;
  readonly meaning: string;
  /** Name of the type of its props. */
  readonly props: string;
  /** What it exposes, name and meaning. */
  readonly attributes: readonly (readonly [name: string, meaning: string])[];
}

type Node = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

/** Declarations of some sources, read by the compiler's parser alone: no type is checked, so nothing of CDKTF is loaded. */
export class Declarations {
  private readonly nodes = new Map<string, Node>();
  readonly constructs: ConstructClass[] = [];

  constructor(files: readonly string[]) {
    for (const file of files) {
      const source = ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
      for (const node of source.statements) this.add(node);
    }
  }

  has(name: string): boolean {
    return this.nodes.has(name);
  }

  declared(name: string): Declared {
    const node = this.node(name);
    const type = ts.isInterfaceDeclaration(node) ? node : node.type;
    const parts = ts.isUnionTypeNode(type) ? type.types : [type];
    const written = parts.filter((part) => this.isWritten(part));
    const others = parts.filter((part) => !this.isWritten(part));
    const both = ts.isIntersectionTypeNode(type) ? type.types.filter(ts.isTypeReferenceNode) : [];
    const variants = written.map((part) => ({
      meaning: ts.isInterfaceDeclaration(part) ? "" : commentBefore(part),
      properties: this.propertiesOf(part),
    }));
    const inherited = variants.flatMap(({ properties }) => properties.flatMap(({ names }) => names));
    return {
      name,
      meaning: docOf(node).meaning,
      variants,
      others: [...others, ...both].map((part) => textOf(part)),
      names: [...new Set([...inherited, ...[...others, ...both].flatMap((part) => this.namesIn(part))])],
    };
  }

  private node(name: string): Node {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`no source declares ${name}`);
    return node;
  }

  private add(node: ts.Statement): void {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
      this.nodes.set(node.name.text, node);
    if (!ts.isClassDeclaration(node) || !isExported(node)) return;
    if (node.heritageClauses?.[0]?.types[0]?.expression.getText() !== "Construct") return;
    const props = node.members.find(ts.isConstructorDeclaration)?.parameters[2]?.type;
    if (!node.name || !props) return;
    this.constructs.push({
      name: node.name.text,
      meaning: docOf(node).meaning,
      props: props.getText(),
      attributes: node.members
        .filter((member) => ts.isPropertyDeclaration(member) && !isPrivate(member))
        .map((member) => [member.name?.getText() ?? "", docOf(member).meaning] as const),
    });
  }

  private isWritten(part: ts.Node): boolean {
    return ts.isTypeLiteralNode(part) || ts.isInterfaceDeclaration(part) || ts.isIntersectionTypeNode(part);
  }

  private propertiesOf(node: ts.Node): Property[] {
    if (ts.isIntersectionTypeNode(node))
      return node.types.filter(ts.isTypeLiteralNode).flatMap((type) => this.propertiesOf(type));
    if (ts.isTypeLiteralNode(node)) return node.members.flatMap((member) => this.property(member));
    if (!ts.isInterfaceDeclaration(node)) return [];
    const above = (node.heritageClauses ?? []).flatMap(({ types }) => [...types]);
    return [
      ...above.flatMap((type) => this.inherited(type)),
      ...node.members.flatMap((member) => this.property(member)),
    ];
  }

  private inherited({ expression, typeArguments }: ts.ExpressionWithTypeArguments): Property[] {
    const way = expression.getText();
    if (way !== "Pick" && way !== "Omit") return this.propertiesOf(this.node(way));
    const [from, keys] = typeArguments ?? [];
    if (!from || !keys) return [];
    const named = (ts.isUnionTypeNode(keys) ? [...keys.types] : [keys]).map((key) =>
      key.getText().slice(1, -1),
    );
    return this.propertiesOf(this.node(from.getText())).filter(
      ({ name }) => named.includes(name) === (way === "Pick"),
    );
  }

  /** A property, and those of an object without a name that it holds. */
  private property(member: ts.TypeElement): Property[] {
    if (!ts.isPropertySignature(member) || !member.type || member.type.kind === ts.SyntaxKind.NeverKeyword)
      return [];
    const name = member.name.getText();
    const { meaning, byDefault, protects } = docOf(member);
    const type = this.resolved(member.type);
    const inner = ts.isTypeLiteralNode(type) ? this.propertiesOf(type) : [];
    const own: Property = {
      name,
      isOptional: member.questionToken !== undefined,
      type: inner.length > 0 ? "object" : textOf(type),
      meaning,
      byDefault,
      protects,
      isDiscriminator: ts.isLiteralTypeNode(type),
      names: this.namesIn(type),
      file: path.relative("", member.getSourceFile().fileName),
    };
    return [own, ...inner.map((each) => ({ ...each, name: `${name}.${each.name}` }))];
  }

  /** `Props["reviewer"]` is the type of that property. */
  private resolved(type: ts.TypeNode): ts.TypeNode {
    if (!ts.isIndexedAccessTypeNode(type)) return type;
    const from = this.nodes.get(type.objectType.getText());
    const key = type.indexType.getText().slice(1, -1);
    const members = from && ts.isInterfaceDeclaration(from) ? from.members : [];
    const found = members.find((member) => member.name?.getText() === key);
    return found && ts.isPropertySignature(found) && found.type ? this.resolved(found.type) : type;
  }

  private namesIn(node: ts.Node): string[] {
    const found: string[] = [];
    const look = (each: ts.Node): void => {
      const named = ts.isTypeReferenceNode(each) ? each.typeName : undefined;
      if (named && this.has(named.getText())) found.push(named.getText());
      ts.forEachChild(each, look);
    };
    look(node);
    return [...new Set(found)];
  }
}

function docOf(node: ts.Node): { meaning: string; byDefault?: string; protects?: string } {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const tag = (name: string) => {
    const found = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === name);
    return found && plain(ts.getTextOfJSDocComment(found.comment) ?? "");
  };
  return {
    meaning: plain(ts.getTextOfJSDocComment(docs.at(-1)?.comment) ?? ""),
    byDefault: defaultOf(node, tag("default")),
    protects: tag("protects"),
  };
}

/** The parser takes `{ kind: "fail" }` for the type of a tag, so the text is read as it is written. */
function defaultOf(node: ts.Node, told: string | undefined): string | undefined {
  if (told === undefined) return undefined;
  const text = ts
    .getJSDocCommentsAndTags(node)
    .map((doc) => doc.getText())
    .join("\n");
  const [, written = told] = /@default\s+([^]*?)(?=\n\s*\*\s*@|\s*\*\/)/.exec(text) ?? [];
  return plain(written.replace(/\n\s*\*/g, " "));
}

/** The comment before a member of a union, which the parser gives to nobody: it stands before the bar. */
function commentBefore(node: ts.Node): string {
  const siblings = ts.isUnionTypeNode(node.parent) ? node.parent.types : undefined;
  const before = siblings?.[siblings.indexOf(node as ts.TypeNode) - 1];
  const start = before?.end ?? node.parent.getFullStart();
  const between = node.getSourceFile().text.slice(start, node.getStart());
  const [, comment = ""] = /\/\*\*([^]*?)\*\//.exec(between) ?? [];
  return plain(comment.replace(/\n\s*\*/g, " "));
}

function plain(text: string): string {
  return text
    .replace(/\{@link ([\w.]+)\}/g, "`$1`")
    .replace(/\s+/g, " ")
    .trim();
}

function textOf(node: ts.Node): string {
  return node
    .getText()
    .replace(/\/\*\*[^]*?\*\//g, "")
    .replace(/\breadonly /g, "")
    .replace(/\s+/g, " ")
    .replace(/^\| /, "");
}

function isExported(node: ts.ClassDeclaration): boolean {
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export) !== 0;
}

function isPrivate(node: ts.Declaration): boolean {
  return (ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;
}
