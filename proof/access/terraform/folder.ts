import path from "node:path";
import type { ReadFailure, TextFile } from "../text-file";
import { bodies, isFailure, readSyntax, type Block, type Syntax } from "./syntax";

/** Reads files beside those that were given: modules, templates, values. */
export interface FileReader {
  /** The text of a file; nothing where it is not there. */
  read(file: string): string | undefined;
  /** Names of the files in a folder. */
  list(directory: string): readonly string[];
  /** The one name of a folder that may have several, by links; @default - its path without `.` and `..` */
  realPath?(directory: string): string;
}

/** What the files of a folder say together. */
export interface Folder {
  readonly syntax: Syntax;
  readonly failures: readonly ReadFailure[];
}

const TERRAFORM = /\.(tf|tofu)(\.json)?$/;

/** Whether Terraform or OpenTofu reads a file as configuration. */
export function isConfiguration(file: string): boolean {
  return TERRAFORM.test(file);
}

/** The folder that a path leads to, by which a module is recognised under another name. */
export function realPathOf(directory: string, reader: FileReader): string {
  return reader.realPath?.(directory) ?? path.resolve(directory);
}

/** The files of Terraform in a folder. */
export function moduleFiles(directory: string, reader: FileReader): TextFile[] {
  return reader
    .list(directory)
    .filter(isConfiguration)
    .flatMap((name) => {
      const file = path.join(directory, name);
      const text = reader.read(file);
      return text === undefined ? [] : [{ file, text }];
    });
}

/** Reads the files of a folder: overrides are laid upon what they override, as Terraform does it. */
export async function readFolder(files: readonly TextFile[]): Promise<Folder> {
  const read = await Promise.all(
    unshadowed(files).map(async (file) => [file, await readSyntax(file)] as const),
  );
  const failures = read.flatMap(([, syntax]) => (isFailure(syntax) ? [syntax] : []));
  const of = (override: boolean) =>
    read.flatMap(([{ file }, syntax]) =>
      isFailure(syntax) || isOverride(file) !== override ? [] : [syntax],
    );
  const base = combined(of(false));
  const syntax = of(true).reduce((all, override) => overridden(all, override, failures), base);
  return {
    syntax,
    failures: [...failures, ...syntax.imports.flatMap((each) => importsNothing(each, syntax))],
  };
}

/** What is imported is in the state, and no file says what it is. */
function importsNothing({ file, body: { to } }: Block, { resources }: Syntax): ReadFailure[] {
  const [, type, name] = /^\$\{([\w-]+)\.([\w-]+)(\[.*\])?\}$/s.exec(String(to)) ?? [];
  if (type === undefined || type === "module") return [];
  if (resources.some((each) => each.type === type && each.name === name)) return [];
  return [
    { file, message: `this imports ${type}.${name}, and no file of the folder has a resource of that name` },
  ];
}

/** Of `main.tofu` and `main.tf` OpenTofu reads the first one alone. */
function unshadowed(files: readonly TextFile[]): TextFile[] {
  const names = new Set(files.map(({ file }) => file));
  const shadow = (file: string) => file.replace(/\.tf(\.json)?$/, ".tofu$1");
  return files
    .filter(({ file }) => shadow(file) === file || !names.has(shadow(file)))
    .sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
}

function isOverride(file: string): boolean {
  return /^(.*_)?override\.(tf|tofu)(\.json)?$/.test(path.basename(file));
}

const KINDS = [
  "resources",
  "actions",
  "modules",
  "variables",
  "outputs",
  "providers",
  "locals",
  "imports",
  "settings",
  "others",
] as const;

function combined(syntaxes: readonly Syntax[]): Syntax {
  const entries = KINDS.map((kind) => [kind, syntaxes.flatMap((syntax) => syntax[kind])] as const);
  return Object.fromEntries(entries) as unknown as Syntax;
}

type AnyBlock = Block & { readonly mode?: string; readonly type?: string; readonly name?: string };

function overridden(base: Syntax, override: Syntax, failures: ReadFailure[]): Syntax {
  const entries = KINDS.map((kind) => {
    const below: readonly AnyBlock[] = base[kind];
    const above: readonly AnyBlock[] = override[kind];
    if (kind === "locals") return [kind, mergedLocals(below, above)] as const;
    if (kind === "settings") return [kind, mergedSettings(below, above)] as const;
    const merged = below.map((block) =>
      above.filter((each) => nameOf(each) === nameOf(block)).reduce(mergedBlock, block),
    );
    const names = new Set(below.map(nameOf));
    const added = above.filter((each) => !names.has(nameOf(each)));
    failures.push(...(kind === "imports" ? [] : added.map(overridesNothing)));
    return [kind, kind === "imports" ? [...merged, ...added] : merged] as const;
  });
  return Object.fromEntries(entries) as unknown as Syntax;
}

function nameOf({ mode, type, name, body }: AnyBlock): string {
  return [mode, type, name, name === undefined ? JSON.stringify(body) : "", String(body.alias ?? "")].join(
    "/",
  );
}

function overridesNothing({ file, line, type, name }: AnyBlock): ReadFailure {
  const what = [type, name].filter((part) => part !== undefined).join(".");
  return { file, line, message: `this overrides ${what}, which no other file of the folder has` };
}

/** Arguments and nested blocks of an override replace those of the same name; of `lifecycle` each argument. */
function mergedBlock(below: AnyBlock, above: AnyBlock): AnyBlock {
  const lifecycle =
    above.body.lifecycle === undefined
      ? {}
      : {
          lifecycle: Object.assign(
            {},
            ...bodies(below.body.lifecycle),
            ...bodies(above.body.lifecycle),
          ) as object,
        };
  const dynamic = Object.fromEntries(
    bodies(below.body.dynamic)
      .flatMap((each) => Object.entries(each))
      .filter(([name]) => !Object.hasOwn(above.body, name)),
  );
  const kept = below.body.dynamic === undefined ? {} : { dynamic };
  return { ...below, body: { ...below.body, ...kept, ...above.body, ...lifecycle } };
}

/** Of an override only the blocks that it has replace those of the same kind, wherever they stand. */
function mergedSettings(below: readonly AnyBlock[], above: readonly AnyBlock[]): AnyBlock[] {
  const names = new Set(above.flatMap(({ body }) => Object.keys(body)));
  const isOverridden = (name: string) => names.has(name) && name !== "required_providers";
  const left = below.map((block) => ({
    ...block,
    body: Object.fromEntries(Object.entries(block.body).filter(([name]) => !isOverridden(name))),
  }));
  return [...left, ...above];
}

function mergedLocals(below: readonly AnyBlock[], above: readonly AnyBlock[]): AnyBlock[] {
  const names = new Set(above.flatMap(({ body }) => Object.keys(body)));
  const left = below.map((block) => ({
    ...block,
    body: Object.fromEntries(Object.entries(block.body).filter(([name]) => !names.has(name))),
  }));
  return [...left, ...above];
}
