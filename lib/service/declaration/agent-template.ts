import {
  parseTemplate,
  TemplateError,
  type Operand,
  type Pipeline,
  type TemplateNode,
} from "@leasehold/proof/core";

/** What a template of the Vault agent holds, or why the agent would not read it. */
export type AgentTemplate =
  | { readonly error: string }
  | {
      readonly error?: never;
      /** Fields that actions use, such as `.Data.username`; not those in text and comments. */
      readonly fields: ReadonlySet<string>;
      readonly functions: ReadonlySet<string>;
    };

/** Functions of Go's text/template and of consul-template that read and write nothing but their arguments. */
const PURE_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    "and or not len index slice print printf println html js urlquery eq ne lt le gt ge " +
    "toJSON toJSONPretty toUnescapedJSON toUnescapedJSONPretty toYAML toTOML toLower toUpper toTitle " +
    "base64Decode base64Encode base64URLDecode base64URLEncode md5sum sha256Hex hmacSHA256Hex " +
    "trim trimPrefix trimSuffix trimSpace replaceAll regexReplaceAll regexMatch split join joinLines " +
    "splitToMap contains containsAll containsAny containsNone in indent parseBool parseFloat parseInt " +
    "parseUint parseJSON parseYAML timestamp add subtract multiply divide modulo minimum maximum"
  ).split(" "),
);

/** Whether a function can be used: others read or write elsewhere, or there are none of that name. */
export function isPureFunction(name: string): boolean {
  return PURE_FUNCTIONS.has(name);
}

/** Reads a body that stands inside of another action; blocks that it opens it also ends. */
export function readAgentTemplate(body: string): AgentTemplate {
  try {
    const fields = new Set<string>();
    const functions = new Set<string>();
    for (const operand of operandsOf(parseTemplate(body))) {
      if (operand.kind === "field") fields.add(`.${operand.path.join(".")}`);
      if (operand.kind === "function") functions.add(operand.name);
    }
    return { fields, functions };
  } catch (error) {
    if (error instanceof TemplateError) return { error: error.message };
    throw error;
  }
}

function* operandsOf(nodes: readonly TemplateNode[]): Iterable<Operand> {
  for (const node of nodes) {
    if (node.kind === "text") continue;
    yield* operandsIn(node.pipeline);
    if (node.kind === "action") continue;
    yield* operandsOf([...node.body, ...node.otherwise]);
  }
}

function* operandsIn({ commands }: Pipeline): Iterable<Operand> {
  for (const operand of commands.flat()) {
    yield operand;
    if (operand.kind === "pipeline") yield* operandsIn(operand.pipeline);
  }
}
