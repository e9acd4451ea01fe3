/** A template of the Vault agent, as Go's text/template reads it. */
export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipeline: Pipeline }
  | {
      readonly kind: "if" | "with" | "range";
      readonly pipeline: Pipeline;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    };

/** Commands between bars; each is given what the one before it made. */
export interface Pipeline {
  /** Variables that are set, such as `$user`. */
  readonly variables: readonly string[];
  readonly commands: readonly (readonly Operand[])[];
}

export type Operand =
  | { readonly kind: "value"; readonly value: string | number | boolean | null }
  /** `.` is an empty path. */
  | { readonly kind: "field"; readonly path: readonly string[] }
  | { readonly kind: "variable"; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "pipeline"; readonly pipeline: Pipeline; readonly path: readonly string[] };

/** The agent would not read it. */
export class TemplateError extends Error {}

/** @throws TemplateError */
export function parseTemplate(text: string): TemplateNode[] {
  const { nodes, ended } = nodesOf({ pieces: piecesOf(text), variables: new Set(["$"]) });
  if (ended !== undefined)
    throw new TemplateError(ended[0] === "end" ? "{{ end }} ends nothing" : "{{ else }} belongs to nothing");
  return nodes;
}

/** Text, or the words of an action. */
type Piece = string | readonly string[];

const WORD =
  /\s+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|:=|[|(),=]|\$\w*(?:\.\w+)*|(?:\.[A-Za-z_]\w*)+|\.(?![\w.])|[+-]?\d[\w.]*|[A-Za-z_]\w*/y;

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let rest = 0;
  let trims = false;
  const push = (until: number, cut: boolean) => {
    const raw = text.slice(rest, until);
    const begun = trims ? raw.trimStart() : raw;
    pieces.push(cut ? begun.trimEnd() : begun);
  };
  for (let at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", rest)) {
    const cuts = /^\{\{-\s/.test(text.slice(at, at + 4));
    push(at, cuts);
    const from = at + (cuts ? 3 : 2);
    const comment = /^\s*\/\*[^]*?\*\/\s*(-?)\}\}/.exec(text.slice(from));
    const words = comment === null ? wordsFrom(text, from) : undefined;
    if (words !== undefined) pieces.push(words.words);
    rest = words?.end ?? from + (comment?.[0].length ?? 0);
    trims = words?.trims ?? comment?.[1] === "-";
  }
  push(text.length, false);
  return pieces;
}

function wordsFrom(text: string, from: number): { words: string[]; end: number; trims: boolean } {
  const words: string[] = [];
  WORD.lastIndex = from;
  for (;;) {
    const here = WORD.lastIndex;
    if (text.startsWith("}}", here)) return { words, end: here + 2, trims: false };
    if (text.startsWith("-}}", here) && /\s/.test(text[here - 1] ?? ""))
      return { words, end: here + 3, trims: true };
    const word = WORD.exec(text)?.[0];
    if (word === undefined) {
      const left = text.slice(here, here + 12).trim();
      throw new TemplateError(
        left === "" ? "{{ has no }}" : `${JSON.stringify(left)} cannot be read in an action`,
      );
    }
    if (word.trim() !== "") words.push(word);
  }
}

/** What is left to read, and the variables that were set before it. */
interface Reading {
  readonly pieces: Piece[];
  readonly variables: Set<string>;
}

/** The nodes up to the end, and the words that ended them before: `end`, or `else` with what follows. */
function nodesOf(reading: Reading): { nodes: TemplateNode[]; ended?: readonly string[] } {
  const nodes: TemplateNode[] = [];
  for (let piece = reading.pieces.shift(); piece !== undefined; piece = reading.pieces.shift()) {
    if (typeof piece === "string") {
      if (piece !== "") nodes.push({ kind: "text", text: piece });
      continue;
    }
    const [word, ...rest] = piece;
    if (word === undefined) throw new TemplateError("an action is empty");
    if (["define", "block", "template", "break", "continue"].includes(word))
      throw new TemplateError(`{{ ${word} }} is not for a body that stands inside of one read`);
    if (word === "end" || word === "else") return { nodes, ended: piece };
    if (isBlock(word)) nodes.push(blockOf(word, rest, reading));
    else nodes.push({ kind: "action", pipeline: pipelineOf(piece, reading) });
  }
  return { nodes };
}

type BlockWord = "if" | "with" | "range";

function isBlock(word: string | undefined): word is BlockWord {
  return word === "if" || word === "with" || word === "range";
}

function blockOf(kind: BlockWord, words: readonly string[], around: Reading): TemplateNode {
  // A variable of a block is gone after it.
  const reading = { ...around, variables: new Set(around.variables) };
  const pipeline = pipelineOf(words, reading);
  const { nodes: body, ended: [word, next, ...more] = [] } = nodesOf(reading);
  if (word === undefined) throw new TemplateError(`{{ ${kind} }} has no {{ end }}`);
  if (word === "end") return { kind, pipeline, body, otherwise: [] };
  if (isBlock(next)) return { kind, pipeline, body, otherwise: [blockOf(next, more, reading)] };
  if (next !== undefined) throw new TemplateError("{{ else }} is not understood");
  const { nodes: otherwise, ended } = nodesOf(reading);
  if (ended?.[0] !== "end") throw new TemplateError(`{{ ${kind} }} has no {{ end }}`);
  return { kind, pipeline, body, otherwise };
}

function pipelineOf(words: readonly string[], reading: Reading): Pipeline {
  const left = [...words];
  const pipeline = readPipeline(left, reading);
  if (left.length > 0) throw new TemplateError("a bracket is closed that is not open");
  return pipeline;
}

function readPipeline(left: string[], reading: Reading): Pipeline {
  const variables = assigned(left);
  const commands: Operand[][] = [[]];
  while (left.length > 0 && left[0] !== ")") {
    const word = left.shift() as string;
    if (word === "|") commands.push([]);
    else commands.at(-1)?.push(word === "(" ? bracketed(left, reading) : operandOf(word, variables, reading));
  }
  commands.forEach(checkCommand);
  variables.forEach((name) => reading.variables.add(name));
  return { variables, commands };
}

/** The variables to which a pipeline is assigned, taken away from its words. */
function assigned(left: string[]): string[] {
  const at = left.findIndex((word) => word === ":=" || word === "=");
  const bracket = left.indexOf("(");
  if (at < 0 || (bracket >= 0 && bracket < at)) return [];
  const names = left.splice(0, at + 1).filter((word) => !["=", ":=", ","].includes(word));
  if (names.length === 0 || names.some((name) => !/^\$\w+$/.test(name)))
    throw new TemplateError("only a variable can be assigned to");
  return names;
}

function checkCommand([first, ...rest]: readonly Operand[], index: number): void {
  if (first === undefined) throw new TemplateError("a value is missing");
  if (first.kind !== "value") return;
  const shown = JSON.stringify(first.value);
  if (rest.length > 0) throw new TemplateError(`${shown} takes no arguments`);
  if (index > 0) throw new TemplateError(`${shown} cannot take what stands before the bar`);
}

function bracketed(left: string[], reading: Reading): Operand {
  const pipeline = readPipeline(left, reading);
  if (left.shift() !== ")") throw new TemplateError("a bracket is not closed");
  const path = left[0]?.startsWith(".") && left[0] !== "." ? namesOf(left.shift() as string) : [];
  return { kind: "pipeline", pipeline, path };
}

function operandOf(word: string, own: readonly string[], { variables }: Reading): Operand {
  if (word.startsWith("`")) return { kind: "value", value: word.slice(1, -1) };
  if (word.startsWith('"')) return { kind: "value", value: unquoted(word) };
  if (/^[+-]?\d/.test(word)) return { kind: "value", value: Number(word) };
  if (word === "true" || word === "false") return { kind: "value", value: word === "true" };
  if (word === "nil") return { kind: "value", value: null };
  if (word.startsWith(".")) return { kind: "field", path: namesOf(word) };
  if (word.startsWith("$")) {
    const [name = "$", ...path] = word.split(".");
    if (!variables.has(name) && !own.includes(name)) throw new TemplateError(`${name} is not defined`);
    return { kind: "variable", name, path };
  }
  if (/^[A-Za-z_]/.test(word)) return { kind: "function", name: word };
  throw new TemplateError(`${JSON.stringify(word)} cannot be read in an action`);
}

/** Go knows more escapes than JSON; a text with one of these is not read. */
function unquoted(word: string): string {
  try {
    return JSON.parse(word) as string;
  } catch {
    throw new TemplateError(`${word} cannot be read as a text`);
  }
}

/** `.Data.username` */
function namesOf(word: string): string[] {
  return word.split(".").filter((name) => name !== "");
}
