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

const TOKENS =
  /\s+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|:=|[|(),=]|\$\w*(?:\.\w+)*|(?:\.[A-Za-z_]\w*)+|\.(?![\w.])|[+-]?\d[\w.]*|[A-Za-z_]\w*/y;

/** Reads a body that stands inside of another action; blocks that it opens it also ends. */
export function readAgentTemplate(body: string): AgentTemplate {
  const fields = new Set<string>();
  const functions = new Set<string>();
  const open: { readonly word: string; hasElse: boolean }[] = [];
  const variables = new Set(["$"]);
  let at = body.indexOf("{{");
  while (at >= 0) {
    const action = actionAt(body, at);
    if ("error" in action) return action;
    at = body.indexOf("{{", action.end);
    if (action.tokens === undefined) continue;
    const error = block(action.tokens, open) ?? pipeline(pipelineOf(action.tokens), variables);
    if (error !== undefined) return { error };
    for (const token of pipelineOf(action.tokens)) {
      if (token.startsWith(".")) fields.add(token);
      if (isFunction(token)) functions.add(token);
    }
  }
  const left = open.at(-1);
  return left === undefined ? { fields, functions } : { error: `{{ ${left.word} }} has no {{ end }}` };
}

type Action = { readonly error: string } | { readonly end: number; readonly tokens?: readonly string[] };

/** The action at a place: its words, or none for a comment. */
function actionAt(body: string, at: number): Action {
  const start = /^\{\{-(?=\s)/.test(body.slice(at, at + 4)) ? at + 3 : at + 2;
  const comment = /^\s*\/\*[\s\S]*?\*\/\s*(?:\s-)?\}\}/.exec(body.slice(start));
  if (comment !== null) return { end: start + comment[0].length };
  const tokens: string[] = [];
  TOKENS.lastIndex = start;
  for (;;) {
    const here = TOKENS.lastIndex;
    const end = /^(?:\s-)?\}\}|^-\}\}/.exec(body.slice(here, here + 4));
    if (end !== null && (end[0] !== "-}}" || /\s/.test(body[here - 1] ?? "")))
      return { end: here + end[0].length, tokens };
    const token = TOKENS.exec(body)?.[0];
    if (token === undefined) {
      const rest = body.slice(here, here + 12).trim();
      return { error: rest === "" ? "{{ has no }}" : `${JSON.stringify(rest)} cannot be read in an action` };
    }
    if (token.trim() !== "") tokens.push(token);
  }
}

/** Words that begin an action, after which a pipeline may stand. */
const BLOCKS = ["if", "range", "with"];

function block(
  [word, second, ...rest]: readonly string[],
  open: { word: string; hasElse: boolean }[],
): string | undefined {
  const around = open.at(-1);
  if (word === undefined) return "an action is empty";
  if (["define", "block", "template", "break", "continue"].includes(word))
    return `{{ ${word} }} is not for a body that stands inside of one read`;
  if (BLOCKS.includes(word)) open.push({ word, hasElse: false });
  if (word === "end") {
    if (around === undefined || second !== undefined) return "{{ end }} ends nothing";
    open.pop();
  }
  if (word === "else") {
    if (around === undefined || around.hasElse) return "{{ else }} belongs to nothing";
    if (second !== undefined && (!BLOCKS.includes(second) || rest.length === 0))
      return "{{ else }} is not understood";
    around.hasElse = second === undefined;
  }
  return undefined;
}

/** What an action computes, without the words of its block. */
function pipelineOf(tokens: readonly string[]): readonly string[] {
  if (tokens[0] === "end") return ["end"];
  if (tokens[0] === "else") return tokens.length === 1 ? ["else"] : tokens.slice(2);
  return BLOCKS.includes(tokens[0] ?? "") ? tokens.slice(1) : tokens;
}

function isFunction(token: string): boolean {
  return /^[A-Za-z_]/.test(token) && !["true", "false", "nil", "end", "else"].includes(token);
}

/** Whether the words of a pipeline belong together. */
function pipeline(tokens: readonly string[], variables: Set<string>): string | undefined {
  if (tokens[0] === "end" || tokens[0] === "else") return undefined;
  const assignment = tokens.findIndex((token) => token === ":=" || token === "=");
  if (assignment >= 0) {
    const names = tokens.slice(0, assignment).filter((token) => token !== ",");
    if (names.length === 0 || names.some((name) => !/^\$\w+$/.test(name)))
      return "only a variable can be assigned to";
    names.forEach((name) => variables.add(name));
  }
  const words = tokens.slice(assignment + 1);
  const unknown = words.find((token) => /^\$\w+/.test(token) && !variables.has(token.split(".")[0] ?? ""));
  if (unknown !== undefined) return `${unknown} is not defined`;
  if (words.includes(",")) return '"," stands where nothing is assigned';
  return commands(words, 0)?.error;
}

/** Commands between bars; inside of brackets again. */
function commands(
  words: readonly string[],
  depth: number,
): { error?: string; rest: readonly string[] } | undefined {
  let operands: string[] = [];
  let stages = 0;
  let left = words;
  const finish = (): string | undefined => {
    const [first] = operands;
    if (first === undefined) return "a value is missing";
    if (operands.length > 1 && /^["'`\d+-]/.test(first)) return `${first} takes no arguments`;
    if (stages > 0 && /^["'`\d+-]/.test(first)) return `${first} cannot take what stands before the bar`;
    stages += 1;
    operands = [];
    return undefined;
  };
  while (left.length > 0) {
    const [word = "", ...rest] = left;
    left = rest;
    if (word === ")") {
      if (depth === 0) return { error: "a bracket is closed that is not open", rest };
      const error = finish();
      return error === undefined ? { rest } : { error, rest };
    }
    if (word === "|") {
      const error = finish();
      if (error !== undefined) return { error, rest };
    } else if (word === "(") {
      const inner = commands(rest, depth + 1);
      if (inner === undefined) return { error: "a bracket is not closed", rest };
      if (inner.error !== undefined) return inner;
      left = inner.rest;
      operands.push("()");
    } else operands.push(word);
  }
  if (depth > 0) return undefined;
  const error = finish();
  return error === undefined ? { rest: [] } : { error, rest: [] };
}
