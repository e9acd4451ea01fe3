import path from "node:path";
import type { ReadFailure, TextFile } from "../text-file";
import type { Value } from "../value";
import type { TerraformConfiguration } from "./configuration";
import { evaluate } from "./evaluate";
import { evaluateModule, type FileReader } from "./module";
import { Order } from "./order";
import { readPlan } from "./plan";
import { isFailure, readAssignments } from "./syntax";

export type { FileReader } from "./module";

/** A folder in which Terraform is run. */
export interface TerraformRoot {
  readonly directory: string;
  /** Its files, by names that people are shown; `.tf`, `.tf.json` and files of variables. */
  readonly files: readonly TextFile[];
}

/** Configurations that are judged as one. */
export interface TerraformInput {
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
  for (const root of roots) {
    const { inputs, failures: unread } = await variablesOf(root);
    const { failures: unparsed, ...module } = await evaluateModule(
      {
        directory: root.directory,
        files: root.files.filter(({ file }) => /\.tf(\.json)?$/.test(file)),
        inputs,
        prefix: "",
        installed: installedModules(root.directory, reader),
        key: "",
        order: new Order(),
      },
      reader,
    );
    configurations.push(module);
    failures.push(...unread, ...unparsed);
  }
  for (const plan of plans.map(readPlan)) {
    if ("message" in plan) failures.push(plan);
    else configurations.push(plan);
  }
  return {
    failures,
    configuration: {
      resources: configurations.flatMap(({ resources }) => resources),
      variables: configurations.flatMap(({ variables }) => variables),
      outputs: configurations.flatMap(({ outputs }) => outputs),
      providers: configurations.flatMap(({ providers }) => providers),
      unresolvedModules: configurations.flatMap(({ unresolvedModules }) => unresolvedModules),
    },
  };
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
  const { Modules: modules = [] } = JSON.parse(text) as { Modules?: { Key: string; Dir: string }[] };
  return new Map(modules.map(({ Key: key, Dir: dir }) => [key, path.join(directory, dir)]));
}
