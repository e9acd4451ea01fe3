import fs from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import {
  countedByKind,
  isKustomization,
  type ConfigurationFiles,
  type FileReader,
  type NotJudged,
  type ReadFailure,
  type TextFile,
} from "../access";
import { ExpectedError } from "../core";
import { namesIn, readText, shown, statOf, UnreadableError } from "./input";

const TERRAFORM = [".tf", ".tf.json", ".tofu", ".tofu.json", ".tfvars", ".tfvars.json"];
const YAML = [".yaml", ".yml"];

/** Folders that hold no configuration of the people who call us. */
const FOREIGN = new Set([".git", ".terraform", "node_modules"]);

/** What is judged, and what was seen there and could not be read; known once everything is read. */
export interface Project extends ConfigurationFiles {
  readonly failures: readonly ReadFailure[];
  /** Files of kinds that are not read. */
  readonly notJudged: readonly NotJudged[];
}

/**
 * Everything below some paths that can be judged.
 *
 * @throws ExpectedError where a path is not there, or nothing below it can be judged
 */
export function readProject(paths: readonly string[]): Project {
  const missing = paths.filter((each) => !isThere(each));
  if (missing.length > 0) throw new ExpectedError(`there is no ${missing.map(shown).join(", ")}`);
  const disk = new Disk();
  const below = new Map(paths.map((each) => [each, disk.filesBelow(each)]));
  const files = [...new Set([...below.values()].flat())].sort();
  const of = (...endings: string[]) =>
    files
      .filter((file) => endings.some((ending) => file.endsWith(ending)))
      .flatMap((file) => disk.text(file));
  const terraform = of(...TERRAFORM);
  const json = of(".json").filter(({ file }) => !TERRAFORM.some((ending) => file.endsWith(ending)));
  const plans = json.filter(isPlan);
  const manifests = [
    ...of(...YAML).filter((each) => isManifest(each) || isKustomization(each.file)),
    ...json.filter((file) => !isPlan(file) && isManifestInJson(file)),
  ];
  const sql = of(".sql");
  const judged = new Set([...terraform, ...manifests, ...plans, ...sql].map(({ file }) => file));
  if (terraform.length + manifests.length + plans.length + disk.failures.length === 0) {
    throw new ExpectedError(
      `there is nothing to judge in ${paths.map(shown).join(", ")}: no .tf, .tf.json, plan in JSON or Kubernetes YAML${seen(files)}`,
    );
  }
  for (const [given, inIt] of below) {
    const isRead = inIt.some((file) => judged.has(file) || disk.failures.some((each) => each.file === file));
    if (!isRead) disk.fail(given, `holds nothing that is judged${seen(inIt)}`);
  }
  const passed = [...disk.passed, ...files.flatMap(passedOver)];
  const roots = rootsOf(terraform);
  return {
    terraform: { roots, plans, reader: disk },
    manifests,
    sql,
    failures: disk.failures,
    notJudged: countedByKind(passed),
  };
}

/** A file that says more of the configuration, to those who are told to read it. */
function passedOver(file: string): (readonly [what: string, place: string])[] {
  if (file.endsWith(".hcl") && path.basename(file) === "terragrunt.hcl")
    return [["file of Terragrunt", file]];
  const isTaken = /(^|\/)(terraform|[^/]*\.auto)\.tfvars(\.json)?$/.test(file);
  return /\.tfvars(\.json)?$/.test(file) && !isTaken ? [["file of variables", file]] : [];
}

/** Also where it is a link that leads nowhere: that is another mistake than a name that is not there. */
function isThere(given: string): boolean {
  if (fs.existsSync(given)) return true;
  try {
    return fs.lstatSync(given).isSymbolicLink();
  } catch {
    return false;
  }
}

/** What there is instead, by how the names end. */
function seen(files: readonly string[]): string {
  if (files.length === 0) return "; there are no files";
  const counts = new Map<string, number>();
  for (const ending of files.map((file) => path.extname(file) || path.basename(file)))
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, 6);
  const others = counts.size > most.length ? " and others" : "";
  return `; seen and not read: ${most.map(([ending, count]) => `${count} of ${shown(ending)}`).join(", ")}${others}`;
}

/** A file of Terraform belongs to the folder in which it is; which of these are roots is for the reader to say. */
function rootsOf(texts: readonly TextFile[]) {
  const directories = [...new Set(texts.map(({ file }) => path.dirname(file)))];
  return directories.map((directory) => ({
    directory,
    files: texts.filter(({ file }) => path.dirname(file) === directory),
  }));
}

/** YAML that names the kind of an object; other YAML is somebody else's. What cannot be parsed is judged to be one. */
function isManifest({ text }: TextFile): boolean {
  return /^\s*(- )?kind:\s*\S/m.test(text) && (/^\s*(- )?apiVersion:\s*\S/m.test(text) || broken(text));
}

function isManifestInJson({ text }: TextFile): boolean {
  return /"kind"\s*:\s*"/.test(text) && /"apiVersion"\s*:\s*"/.test(text);
}

function broken(text: string): boolean {
  return parseAllDocuments(text).some(({ errors }) => errors.length > 0);
}

/** What `terraform show -json` prints of a plan or a state. */
function isPlan({ text }: TextFile): boolean {
  return (
    text.includes('"format_version"') && (text.includes('"planned_values"') || text.includes('"values"'))
  );
}

/** Reads files, and keeps what of them cannot be read: that is told, and the rest is judged. */
class Disk implements FileReader {
  readonly failures: ReadFailure[] = [];
  /** What of the folders is no input of ours though it may matter, and where. */
  readonly passed: (readonly [what: string, place: string])[] = [];

  fail(file: string, message: string): void {
    if (!this.failures.some((each) => each.file === file)) this.failures.push({ file, message });
  }

  /** A file that is judged; nothing where it cannot be read, which is told. */
  text(file: string): TextFile[] {
    const text = this.attempt(file, () => readText(file));
    return text === undefined ? [] : [{ file, text }];
  }

  /** A file that a configuration names. One that is no text is its to know of; a module must be read. */
  read(file: string): string | undefined {
    if (TERRAFORM.some((ending) => file.endsWith(ending))) return this.text(file)[0]?.text;
    return isThere(file) ? attempt(() => readText(file)) : undefined;
  }

  list(directory: string): string[] {
    if (!isThere(directory)) return [];
    return this.attempt(directory, () => namesIn(directory)) ?? [];
  }

  realPath(directory: string): string {
    return fs.existsSync(directory) ? fs.realpathSync(directory) : path.resolve(directory);
  }

  /** Every file below a path, also behind links; none twice on one way, where a link leads back. */
  filesBelow(given: string, above: readonly string[] = []): string[] {
    const file = path.relative("", given) || ".";
    const isAsked = above.length === 0;
    const stat =
      isAsked || isJudged(file) ? this.attempt(file, () => statOf(file)) : attempt(() => statOf(file));
    if (stat === undefined) return [];
    if (!stat.isDirectory()) return [file];
    const real = fs.realpathSync(file);
    if (above.includes(real)) return [];
    const names = this.list(file);
    // The templates of a chart are not YAML before Helm has rendered them.
    const isChart = names.includes("Chart.yaml");
    if (isChart) this.passChart(file, names);
    return names
      .filter((name) => !FOREIGN.has(name) && !(isChart && name === "templates"))
      .flatMap((name) => this.filesBelow(path.join(file, name), [...above, real]));
  }

  /** Templates and values of a chart are objects only after Helm has rendered them. */
  private passChart(folder: string, names: readonly string[]): void {
    const values = names.filter((name) => /^values.*\.ya?ml$/.test(name));
    this.passed.push(...values.map((name) => ["file of Helm values", path.join(folder, name)] as const));
    if (!names.includes("templates")) return;
    const templates = path.join(folder, "templates");
    const inIt = this.list(templates).filter((name) => /\.(ya?ml|json)$/.test(name));
    this.passed.push(...inIt.map(() => ["Helm template", templates] as const));
  }

  private attempt<T>(file: string, read: () => T): T | undefined {
    return attempt(read, ({ reason }) => this.fail(file, reason));
  }
}

function isJudged(file: string): boolean {
  return [...TERRAFORM, ...YAML, ".json", ".sql"].some((ending) => file.endsWith(ending));
}

function attempt<T>(read: () => T, told: (failure: UnreadableError) => void = () => {}): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    told(error);
    return undefined;
  }
}
