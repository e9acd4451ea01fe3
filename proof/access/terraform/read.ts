import path from "node:path";
import type { Origin } from "../origin";
import type { ReadFailure, TextFile } from "../text-file";
import type { Value } from "../value";
import type { TerraformConfiguration } from "./configuration";
import { evaluate } from "./evaluate";
import { isConfiguration, readFolder, realPathOf, type FileReader } from "./folder";
import { evaluateModule, MOST_CALLED } from "./module";
import { Order } from "./order";
import { readPlan } from "./plan";
import { isFailure, readAssignments } from "./syntax";
import { withJoinedVaults, withVault } from "./vaults";

export type { FileReader } from "./folder";

/** A folder in which Terraform is run. */
export interface TerraformRoot {
  readonly directory: string;
  /** Its files, by names that people are shown; `.tf`, `.tf.json` and files of variables. */
  readonly files: readonly TextFile[];
}

/** Configurations that are judged as one. */
export interface TerraformInput {
  /** Folders with files of Terraform; one that another one calls as a module is judged as that module. */
  readonly roots: readonly TerraformRoot[];
  /** What `terraform show -json` prints. */
  readonly plans: readonly TextFile[];
  /** @default - nothing beside the given files is read */
  readonly reader?: FileReader;
}

const NOTHING: FileReader = { read: () => undefined, list: () => [] };

/** Reads Terraform, and resolves what does not need an apply. */
export async function readTerraform({ roots, plans, reader = NOTHING }: TerraformInput): Promise<{
  configuration: TerraformConfiguration;
  failures: readonly ReadFailure[];
}> {
  const failures: ReadFailure[] = [];
  const configurations: TerraformConfiguration[] = [];
  for (const root of await withoutCalled(roots, reader)) {
    const { inputs, failures: unread } = await variablesOf(root);
    const { failures: unparsed, ...module } = await evaluateModule(
      {
        directory: root.directory,
        root: root.directory,
        files: root.files.filter(({ file }) => isConfiguration(file)),
        inputs,
        prefix: "",
        installed: installedModules(root.directory, reader),
        key: "",
        order: new Order(),
        callers: [],
        folders: { files: new Map(), read: new Map() },
        providers: {},
        budget: { left: MOST_CALLED },
      },
      reader,
    );
    const resources = module.resources.map((each) => withVault(each, module.providers, root.directory));
    const inRoot = <T extends { readonly origin: Origin }>(each: T): T => ({
      ...each,
      origin: { ...each.origin, root: root.directory },
    });
    configurations.push({
      ...module,
      resources,
      actions: module.actions.map(inRoot),
      providers: module.providers.map(inRoot),
      variables: module.variables.map(inRoot),
      settings: module.settings.map(inRoot),
    });
    failures.push(...unread, ...unparsed);
  }
  for (const plan of plans.map(readPlan)) {
    if ("message" in plan) failures.push(plan);
    else configurations.push(plan);
  }
  return {
    failures,
    configuration: {
      actions: configurations.flatMap(({ actions }) => actions),
      resources: withJoinedVaults(configurations.flatMap(({ resources }) => resources)),
      variables: configurations.flatMap(({ variables }) => variables),
      outputs: configurations.flatMap(({ outputs }) => outputs),
      providers: configurations.flatMap(({ providers }) => providers),
      settings: configurations.flatMap(({ settings }) => settings),
      others: configurations.flatMap(({ others }) => others),
      unresolvedModules: configurations.flatMap(({ unresolvedModules }) => unresolvedModules),
    },
  };
}

/** The folders that no other one calls as a module; of those that call each other the first one. */
async function withoutCalled(roots: readonly TerraformRoot[], reader: FileReader): Promise<TerraformRoot[]> {
  if (roots.length < 2) return [...roots];
  const byPath = new Map(roots.map((root) => [realPathOf(root.directory, reader), root]));
  const calls = new Map<TerraformRoot, readonly TerraformRoot[]>();
  for (const root of roots) calls.set(root, await calledBy(root, byPath, reader));
  const called = new Set([...calls].flatMap(([root, all]) => all.filter((each) => each !== root)));
  const kept = roots.filter((root) => !called.has(root));
  const reached = new Set<TerraformRoot>();
  const follow = (root: TerraformRoot): void => {
    if (reached.has(root)) return;
    reached.add(root);
    calls.get(root)?.forEach(follow);
  };
  kept.forEach(follow);
  for (const root of roots) {
    if (reached.has(root)) continue;
    kept.push(root);
    follow(root);
  }
  return kept;
}

async function calledBy(
  { directory, files }: TerraformRoot,
  byPath: ReadonlyMap<string, TerraformRoot>,
  reader: FileReader,
): Promise<TerraformRoot[]> {
  const { syntax } = await readFolder(files.filter(({ file }) => isConfiguration(file)));
  return syntax.modules.flatMap(({ body: { source } }) =>
    typeof source === "string" && /^\.{1,2}(\/|$)/.test(source)
      ? (byPath.get(realPathOf(path.join(directory, source), reader)) ?? [])
      : [],
  );
}

/** What Terraform takes over without being told: `terraform.tfvars` and `*.auto.tfvars`, the later winning. */
async function variablesOf({ files }: TerraformRoot): Promise<{
  inputs: Readonly<Record<string, Value>>;
  failures: ReadFailure[];
}> {
  const taken = files
    .filter(({ file }) => /(^|\/)(terraform|[^/]*\.auto)\.tfvars(\.json)?$/.test(file))
    .sort((a, b) => Number(a.file.includes(".auto.")) - Number(b.file.includes(".auto.")));
  const read = await Promise.all(taken.map(readAssignments));
  const scope = {
    resolve: () => ({ value: null, used: 1 }),
    files: { read: () => undefined, render: () => null },
  };
  const inputs = read
    .filter((each) => !isFailure(each))
    .flatMap((assignments) => Object.entries(assignments))
    .map(([name, raw]) => [name, evaluate(raw, scope)] as const);
  return { inputs: Object.fromEntries(inputs), failures: read.filter(isFailure) };
}

/** Modules of registries and Git that `terraform init` has put on disk. */
function installedModules(directory: string, reader: FileReader): ReadonlyMap<string, string> {
  const text = reader.read(path.join(directory, ".terraform/modules/modules.json"));
  if (text === undefined) return new Map();
  const modules = moduleList(text);
  return new Map(modules.map(({ Key: key, Dir: dir }) => [key, path.join(directory, dir)]));
}

/** Terraform's own list; what is no such list names no modules. */
function moduleList(text: string): { Key: string; Dir: string }[] {
  try {
    const { Modules: modules = [] } = JSON.parse(text) as { Modules?: { Key: string; Dir: string }[] };
    return modules;
  } catch {
    return [];
  }
}
