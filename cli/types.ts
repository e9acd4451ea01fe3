import { working } from "@leasehold/proof/cli";
import { ExpectedError } from "@leasehold/proof/core";
import { packageOf, type Package } from "@leasehold/proof/input";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type * as TypeScript from "typescript";
import { compilerOf, optionsOf, typescriptOf } from "./compiler";
import { cacheOf } from "./load";
import { ENVIRONMENTS, MAIN } from "./project";

/** A project is refused by the compiler. */
export class UncompiledError extends ExpectedError {}

/** Folders that hold no source of the project's own. */
const FOREIGN = /^(node_modules|cdktf\.out.*|dist|coverage|\..*)$/;
const SOURCES = /\.([mc]?tsx?|json)$/;

/** What was found right, and what of it lies where no look into the project's folders finds it. */
interface Checked {
  readonly fingerprint: string;
  readonly elsewhere: readonly string[];
}

/**
 * Checks the types of what a project declares: a misspelt key must not be left out in silence. What has not changed
 * since it was last found right, in any file, package or compiler, is not looked at again.
 *
 * @throws UncompiledError with what the compiler says
 */
export async function checkTypes(project: string): Promise<void> {
  const cache = cacheOf(project);
  const record = path.join(cache, "types.json");
  const before = readChecked(record);
  if (before !== undefined && fingerprint(project, before.elsewhere) === before.fingerprint) return;
  refuseTwoConstructs(project);
  const { problems, read } = await working("checking the types", async () => compile(project, cache));
  if (problems !== "") throw new UncompiledError(`the project does not compile:\n\n${problems}`);
  const inside = new Set(sourcesOf(project));
  const elsewhere = read.filter((file) => !inside.has(file));
  keep(record, { fingerprint: fingerprint(project, elsewhere), elsewhere });
}

/** Nothing where there is no such record, or it is not ours. */
function readChecked(record: string): Checked | undefined {
  try {
    const { fingerprint, elsewhere } = JSON.parse(fs.readFileSync(record, "utf8")) as Partial<Checked>;
    return fingerprint === undefined || elsewhere === undefined ? undefined : { fingerprint, elsewhere };
  } catch {
    return undefined;
  }
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
function keep(record: string, checked: Checked): void {
  if (!fs.existsSync(path.dirname(path.dirname(path.dirname(record))))) return;
  try {
    fs.mkdirSync(path.dirname(record), { recursive: true });
    fs.writeFileSync(record, JSON.stringify(checked));
  } catch {
    // It is only slower.
  }
}

/** What is wrong, and the files that were read for it; of the sources of packages it is known what is installed. */
function compile(project: string, cache: string): { problems: string; read: string[] } {
  // It takes longer to load than all the rest, and is needed after a change only.
  const typescript = typescriptOf(project);
  const host: TypeScript.FormatDiagnosticsHost = {
    getCurrentDirectory: () => process.cwd(),
    getCanonicalFileName: (file) => file,
    getNewLine: () => "\n",
  };
  const { options, errors, extended } = optionsOf(typescript, project);
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
  const sources = program.getSourceFiles().map(({ fileName }) => fileName);
  const own = sources.filter((file) => !/[\\/]node_modules[\\/]/.test(file));
  return {
    problems: typescript.formatDiagnostics(found, host),
    read: [...own, ...extended].map((file) => path.resolve(file)),
  };
}

/** Of everything that decides what the compiler says; of what is gone, that it is gone. */
function fingerprint(project: string, elsewhere: readonly string[]): string {
  const hash = createHash("sha256");
  const add = (name: string, text: string | Buffer) => hash.update(`${name}\0${text.length}\0`).update(text);
  add("compiler", fs.readFileSync(path.join(compilerOf(project), "..", "..", "package.json")));
  for (const file of [...sourcesOf(project), ...packagesOf(project), ...elsewhere])
    add(path.relative(project, file), fs.existsSync(file) ? fs.readFileSync(file) : "");
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

/** What npm, pnpm and yarn have installed, as they keep it in `node_modules`. */
const INSTALLED = [".package-lock.json", ".pnpm/lock.yaml", ".yarn-state.yml", ".yarn-integrity"];

/** What was installed, for the project or for a repository that it is in; and leasehold itself, which may be a link to somewhere else. */
export function packagesOf(project: string): string[] {
  const { folder } = packageOf(__dirname);
  return [
    ...above(project).flatMap((each) => INSTALLED.map((name) => path.join(each, "node_modules", name))),
    path.join(folder, "dist", ".tsbuildinfo"),
    path.join(folder, "package.json"),
  ].filter((file) => fs.existsSync(file));
}

/** A folder, and every one that it is in. */
function above(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...above(parent)];
}
