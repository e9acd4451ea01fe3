import {
  isMap,
  isScalar,
  parseAllDocuments,
  Scalar,
  visit,
  YAMLParseError,
  type Document,
  type Node,
  type Pair,
  type ParsedNode,
} from "yaml";
import type { ReadFailure } from "../text-file";
import { Unknown, type Value } from "../value";

/** One document of a text in YAML or JSON. */
export interface YamlDocument {
  readonly body: Value;
  /** Where it starts in the text. */
  readonly offset: number;
}

/** A document that cannot be read; its message repeats nothing of the text. */
class YamlError extends Error {}

/**
 * The documents of a text, with merge keys as kubectl reads them. What stands in a template's double braces is
 * not known.
 *
 * @throws what {@link yamlFailure} tells
 */
export function yamlDocuments(text: string): YamlDocument[] {
  return parseAllDocuments(text, { merge: true }).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    replaceTemplates(document as Document<ParsedNode>, text);
    return { body: valueOf(document as Document<ParsedNode>), offset: document.range?.[0] ?? 0 };
  });
}

function valueOf(document: Document<ParsedNode>): Value {
  try {
    return document.toJS() as Value;
  } catch {
    throw new YamlError("an alias names no anchor before it, or is used too often");
  }
}

/** Kubernetes' keys are texts; a map as a key is `{{ .Values.name }}`, which nobody has rendered. */
function replaceTemplates(document: Document<ParsedNode>, text: string): void {
  visit(document, {
    Map: (_key, node) => (isTemplate(node) ? new Scalar(new Unknown(written(node, text))) : undefined),
    Pair: (_key, pair) => {
      const { key } = pair as Pair<Node | null>;
      if (key === null || isScalar(key)) return undefined;
      pair.key = new Scalar(written(key, text));
      return undefined;
    },
  });
}

function isTemplate(node: Node): boolean {
  return isMap(node) && node.flow === true && node.items.length === 1 && isMap(node.items[0]?.key);
}

function written({ range }: Node, text: string): string {
  return range ? text.slice(range[0], range[1]) : "{{ … }}";
}

/** Why a text cannot be read. Parsers quote it after a colon, and that could be a secret. */
export function yamlFailure(file: string, error: unknown): ReadFailure {
  if (error instanceof YamlError) return { file, message: error.message };
  if (!(error instanceof YAMLParseError)) throw error;
  const line = error.linePos?.[0].line;
  const [said = ""] = error.message.split("\n");
  const reason = said.replace(/ at line \d+, column \d+:?$/, "").split(/: |"/)[0];
  return { file, line, message: `this is no YAML: ${reason}` };
}
