import fs from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import type { ConfigurationFiles, FileReader, TextFile } from "../lib/access";
import { UsageError } from "./failure";

const TERRAFORM = [".tf", ".tf.json", ".tofu", ".tofu.json", ".tfvars", ".tfvars.json"];
const YAML = [".yaml", ".yml"];

/** Folders that hold no configuration of the people who call us. */
const FOREIGN = new Set([".git", ".terraform", "node_modules"]);

/**
 * Everything below some paths that can be judged.
 *
 * @throws UsageError where a path is not there, or nothing below it can be judged
 */
export function readProject(paths: readonly string[]): ConfigurationFiles {
  const missing = paths.filter((each) => !fs.existsSync(each));
  if (missing.length > 0) throw new UsageError(`there is no ${missing.join(", ")}`);
  const files = [...new Set(paths.flatMap((each) => filesBelow(each)))].sort();
  const of = (...endings: string[]) =>
    files.filter((file) => endings.some((ending) => file.endsWith(ending)));
  const json = of(".json")
    .filter((file) => !TERRAFORM.some((ending) => file.endsWith(ending)))
    .map(read);
  const plans = json.filter(isPlan);
  const manifests = [
    ...of(...YAML)
      .map(read)
      .filter(isManifest),
    ...json.filter((file) => !isPlan(file) && isManifestInJson(file)),
  ];
  const roots = rootsOf(of(...TERRAFORM));
  const sql = of(".sql").map(read);
  if (roots.length + manifests.length + plans.length === 0) {
    throw new UsageError(
      `there is nothing to judge in ${paths.join(", ")}: no .tf, .tf.json, plan in JSON or Kubernetes YAML`,
    );
  }
  return { terraform: { roots, plans, reader: diskReader }, manifests, sql };
}

/** A link to a folder that it is in leads to nothing new. */
function filesBelow(given: string, within: readonly string[] = []): string[] {
  const file = path.relative("", given) || ".";
  if (!fs.statSync(file).isDirectory()) return [file];
  const real = fs.realpathSync(file);
  if (within.includes(real)) return [];
  // The templates of a chart are not YAML before Helm has rendered them.
  const isChart = fs.existsSync(path.join(file, "Chart.yaml"));
  return fs.readdirSync(file, { withFileTypes: true }).flatMap((entry) => {
    if (FOREIGN.has(entry.name) || (isChart && entry.name === "templates")) return [];
    return filesBelow(path.join(file, entry.name), [...within, real]);
  });
}

function read(file: string): TextFile {
  return { file, text: fs.readFileSync(file, "utf8") };
}

/** A file of Terraform belongs to the folder in which it is; which of these are roots is for the reader to say. */
function rootsOf(files: readonly string[]) {
  const directories = [...new Set(files.map((file) => path.dirname(file)))];
  const texts = files.map(read);
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

const diskReader: FileReader = {
  read: (file) =>
    fs.existsSync(file) && fs.statSync(file).isFile() ? fs.readFileSync(file, "utf8") : undefined,
  list: (directory) => (fs.existsSync(directory) ? fs.readdirSync(directory).sort() : []),
  realPath: (directory) => (fs.existsSync(directory) ? fs.realpathSync(directory) : path.resolve(directory)),
};
