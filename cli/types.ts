import { working } from "@leasehold/proof/cli";
import { ExpectedError } from "@leasehold/proof/core";
import { packageOf, type Package } from "@leasehold/proof/input";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type * as TypeScript from "typescript";
import { cacheOf } from "./load";
import { ENVIRONMENTS, MAIN } from "./project";

/** A project is refused by the compiler. */
export class UncompiledError extends ExpectedError {}

/** Folders that hold no source of the project's own. */
const FOREIGN = /^(node_modules|cdktf\.out.*|dist|coverage|\..*)$/;
const SOURCES = /\.[mc]?tsx?$|^(tsconfig.*|package)\.json$/;

/**
 * Checks the types of what a project declares: a misspelt key must not be left out in silence. What has not changed
 * since it was last found right, in any file, package or compiler, is not looked at again.
 *
 * @throws UncompiledError with what the compiler says
 */
export async function checkTypes(project: string): Promise<void> {
  const cache = cacheOf(project);
  const record = path.join(cache, "types.json");
  const now = fingerprint(project);
  if (fs.existsSync(record) && fs.readFileSync(record, "utf8") === now) return;
  refuseTwoConstructs(project);
  const problems = await working("checking the types", async () => compile(project, cache));
  if (problems !== "") throw new UncompiledError(`the project does not compile:\n\n${problems}`);
  keep(record, now);
}

/**
 * Constructs of one copy of the package are no constructs to another, which the compiler says in hundreds of words.
 *
 * @throws UncompiledError
 */
function refuseTwoConstructs(project: string): void {
  const [theirs, ours] = [path.join(project, MAIN), __filename].map((file) => constructsFor(file));
  if (theirs === undefined || ours === undefined || theirs.folder === ours.folder) return;
  throw new UncompiledError(
    `there are two copies of the package constructs, ${theirs.version} of the project and ${ours.version} of leasehold, and a construct of one is none to the other; install one: npm install constructs@${ours.version}`,
  );
}

function constructsFor(file: string): Package | undefined {
  try {
    return packageOf(path.dirname(createRequire(file).resolve("constructs")));
  } catch {
    return undefined;
  }
}

/** A project whose packages cannot be written to is looked at each time. */
function keep(record: string, fingerprint: string): void {
  if (!fs.existsSync(path.dirname(path.dirname(path.dirname(record))))) return;
  try {
    fs.mkdirSync(path.dirname(record), { recursive: true });
    fs.writeFileSync(record, fingerprint);
  } catch {
    // It is only slower.
  }
}

function compile(project: string, cache: string): string {
  // It takes longer to load than all the rest, and is needed after a change only.
  const typescript = createRequire(path.join(project, MAIN))(compilerOf(project)) as typeof TypeScript;
  const host: TypeScript.FormatDiagnosticsHost = {
    getCurrentDirectory: () => process.cwd(),
    getCanonicalFileName: (file) => file,
    getNewLine: () => "\n",
  };
  const { options, errors } = optionsOf(typescript, project);
  const rootNames = [ENVIRONMENTS, MAIN]
    .map((file) => path.join(project, file))
    .filter((file) => fs.existsSync(file));
  const program = typescript.createIncrementalProgram({
    rootNames,
    options: {
      ...options,
      noEmit: true,
      incremental: true,
      tsBuildInfoFile: path.join(cache, "types.tsbuildinfo"),
    },
  });
  const found = [...errors, ...typescript.getPreEmitDiagnostics(program.getProgram())];
  if (found.length === 0 && fs.existsSync(path.join(project, "node_modules"))) program.emit();
  return typescript.formatDiagnostics(found, host);
}

function optionsOf(typescript: typeof TypeScript, project: string) {
  const file = path.join(project, "tsconfig.json");
  if (!fs.existsSync(file)) {
    const { ModuleKind, ModuleResolutionKind, ScriptTarget } = typescript;
    const [module, moduleResolution] = [ModuleKind.Node16, ModuleResolutionKind.Node16];
    const options = {
      module,
      moduleResolution,
      target: ScriptTarget.ES2022,
      strict: true,
      skipLibCheck: true,
    };
    return { options, errors: [] };
  }
  const { config, error } = typescript.readConfigFile(file, typescript.sys.readFile);
  if (error !== undefined) return { options: {}, errors: [error] };
  const { options, errors } = typescript.parseJsonConfigFileContent(
    { ...config, files: [], include: [] },
    typescript.sys,
    project,
  );
  // In a checkout of leasehold these lead to its sources, which its build has checked.
  const paths = Object.entries(options.paths ?? {}).filter(([name]) => !/^@?leasehold(\/|$)/.test(name));
  // That there are no files is what was asked for.
  const wrong = errors.filter(({ code }) => code !== 18002 && code !== 18003);
  return { options: { ...options, paths: Object.fromEntries(paths) }, errors: wrong };
}

/** The project's own compiler, or the one that leasehold brings. */
function compilerOf(project: string): string {
  try {
    return createRequire(path.join(project, MAIN)).resolve("typescript");
  } catch {
    return require.resolve("typescript");
  }
}

/** Of everything that decides what the compiler says. */
function fingerprint(project: string): string {
  const hash = createHash("sha256");
  const add = (name: string, text: string | Buffer) => hash.update(`${name}\0${text.length}\0`).update(text);
  add("compiler", fs.readFileSync(path.join(compilerOf(project), "..", "..", "package.json")));
  for (const file of [...sourcesOf(project), ...packagesOf(project)])
    add(path.relative(project, file), fs.readFileSync(file));
  return hash.digest("hex");
}

function sourcesOf(folder: string): string[] {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return FOREIGN.test(entry.name) ? [] : sourcesOf(file);
      return entry.isFile() && SOURCES.test(entry.name) ? [file] : [];
    });
}

/** What npm installed, and leasehold itself, which may be a link to somewhere else. */
function packagesOf(project: string): string[] {
  const { folder } = packageOf(__dirname);
  return [
    path.join(project, "node_modules", ".package-lock.json"),
    path.join(folder, "dist", ".tsbuildinfo"),
    path.join(folder, "package.json"),
  ].filter((file) => fs.existsSync(file));
}
