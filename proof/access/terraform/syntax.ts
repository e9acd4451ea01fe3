import { parseHcl } from "../hcl";
import type { ReadFailure, TextFile } from "../text-file";

/** The blocks of a file as Terraform's JSON syntax has them, whichever syntax it is written in. */
export type RawObject = { readonly [key: string]: unknown };

/** A block with the place at which it starts. */
export interface Block {
  readonly file: string;
  readonly line?: number;
  readonly body: RawObject;
}

/** What a resource is. */
export type Mode = "managed" | "data" | "ephemeral";

/** A block with a type and a name; `action` is something that Terraform does, from 1.14 on, and keeps no state of. */
export interface TypedBlock<M extends Mode | "action" = Mode | "action"> extends Block {
  readonly mode: M;
  readonly type: string;
  readonly name: string;
}

/** What one file says. */
export interface Syntax {
  readonly resources: readonly TypedBlock<Mode>[];
  readonly actions: readonly TypedBlock<"action">[];
  readonly modules: readonly (Block & { name: string })[];
  readonly variables: readonly (Block & { name: string })[];
  readonly outputs: readonly (Block & { name: string })[];
  readonly providers: readonly (Block & { name: string })[];
  readonly locals: readonly Block[];
  readonly imports: readonly Block[];
  /** Blocks `terraform`. */
  readonly settings: readonly Block[];
  /** Blocks that nothing reads. */
  readonly others: readonly (Block & { name: string })[];
}

/** Blocks that are read, and what CDKTF writes for itself. */
const READ = new Set([
  "//",
  "resource",
  "data",
  "ephemeral",
  "action",
  "check",
  "module",
  "variable",
  "output",
  "provider",
  "locals",
  "import",
  "terraform",
]);

/** Reads a file of Terraform. */
export async function readSyntax(file: TextFile): Promise<Syntax | ReadFailure> {
  const document = await readDocument(file);
  if (isFailure(document)) return document;
  const line = file.file.endsWith(".json") ? () => undefined : lineFinder(file.text);
  const named = (keyword: string) =>
    entries(document[keyword]).flatMap(([name, value]) =>
      bodies(value).map((body, index) => ({
        name,
        body,
        file: file.file,
        line: line(`${keyword} "${name}"`, index),
      })),
    );
  const typed = <M extends TypedBlock["mode"]>(keyword: string, mode: M) =>
    typedIn(document[keyword], keyword, mode);
  const checked = (data: unknown) => typedIn(data, "data", "data");
  const typedIn = <M extends TypedBlock["mode"]>(written: unknown, keyword: string, mode: M) =>
    entries(written).flatMap(([type, names]) =>
      bodies(names).flatMap((byName) =>
        entries(byName).flatMap(([name, value]) =>
          bodies(value).map((body) => ({
            mode,
            type,
            name,
            body,
            file: file.file,
            line: line(`${keyword} "${type}" "${name}"`, 0),
          })),
        ),
      ),
    );
  return {
    resources: [
      ...typed("resource", "managed"),
      ...typed("data", "data"),
      ...typed("ephemeral", "ephemeral"),
      ...entries(document.check).flatMap(([, check]) => bodies(check).flatMap(({ data }) => checked(data))),
    ],
    actions: typed("action", "action"),
    modules: named("module"),
    variables: named("variable"),
    outputs: named("output"),
    providers: named("provider"),
    locals: bodies(document.locals).map((body) => ({ body, file: file.file })),
    imports: bodies(document.import).map((body) => ({ body, file: file.file })),
    others: Object.keys(document)
      .filter((name) => !READ.has(name))
      .map((name) => ({ name, body: {}, file: file.file })),
    settings: bodies(document.terraform).map((body) => ({ body, file: file.file })),
  };
}

/** The assignments of a file of variables. */
export async function readAssignments(file: TextFile): Promise<RawObject | ReadFailure> {
  return readDocument(file);
}

/** The whole of a file as an object, or why it cannot be read. */
async function readDocument({ file, text }: TextFile): Promise<RawObject | ReadFailure> {
  if (/^(\ufffe|\ufeff?\0|[^\0]\0|\ufffd\ufffd)/.test(text) || text.slice(0, 200).includes("\0")) {
    return { file, line: 1, message: "this is no UTF-8, as Terraform reads it; UTF-16 has to be converted" };
  }
  try {
    if (file.endsWith(".json")) return objectOf(JSON.parse(text));
    return text.trim() === "" ? {} : ((await parseHcl(file, text)) as RawObject);
  } catch (error) {
    return syntaxFailure(file, text, error);
  }
}

function objectOf(document: unknown): RawObject {
  if (bodies(document).length === 0 || Array.isArray(document)) throw new SyntaxError("no object");
  return document as RawObject;
}

export function isFailure(value: RawObject | Syntax | ReadFailure): value is ReadFailure {
  return (
    "message" in value && typeof value.message === "string" && typeof (value as ReadFailure).file === "string"
  );
}

/** The parsers quote what they could not read, and that could be a secret; so only the place is taken over. */
export function syntaxFailure(file: string, text: string, error: unknown): ReadFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (file.endsWith(".json")) {
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
    return { file, line: text.slice(0, position).split("\n").length, message: "this is no JSON" };
  }
  const [, line, reason] = /:(\d+),\d+(?:-[\d,]+)?: ([^;]+)/.exec(message) ?? [];
  return {
    file,
    ...(line !== undefined && { line: Number(line) }),
    message: `this is no HCL: ${reason ?? "it cannot be parsed"}`,
  };
}

/** The line on which a block starts; a comment or a heredoc that looks like one would be found first. */
function lineFinder(text: string): (head: string, index: number) => number | undefined {
  const found = new Map<string, number[]>();
  text.split("\n").forEach((line, index) => {
    const [, keyword, type = "", name] =
      /^\s*(resource|data|ephemeral|action|module|variable|output|provider)\s+"?([\w-]+)"?(?:\s+"?([\w-]+)"?)?\s*\{/.exec(
        line,
      ) ?? [];
    if (keyword === undefined) return;
    const head = name === undefined ? `${keyword} "${type}"` : `${keyword} "${type}" "${name}"`;
    found.set(head, [...(found.get(head) ?? []), index + 1]);
  });
  return (head, index) => found.get(head)?.[index];
}

export function entries(value: unknown): [string, unknown][] {
  return bodies(value).flatMap((body) => Object.entries(body).filter(([key]) => key !== "//"));
}

/** A block, or the blocks of a list. */
export function bodies(value: unknown): RawObject[] {
  return (Array.isArray(value) ? value : [value]).filter(
    (each): each is RawObject => typeof each === "object" && each !== null && !Array.isArray(each),
  );
}
