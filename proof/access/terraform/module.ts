import path from "node:path";
import { emptyRecord, ownValue } from "../own";
import type { ReadFailure, TextFile } from "../text-file";
import { known, Unknown, type Value } from "../value";
import { actionsOf } from "./actions";
import type {
  TerraformAction,
  TerraformOutput,
  TerraformProvider,
  TerraformResource,
  TerraformSettings,
  TerraformVariable,
  UnresolvedModule,
} from "./configuration";
import { define, evaluate, evaluateBlock } from "./evaluate";
import { byKey, Instances, keysOf, originOf } from "./instances";
import type { Order } from "./order";
import type { Scope } from "./scope";
import { endlessCall, providersOf, inputsOf } from "./calls";
import { constrained } from "./constraint";
import { moduleFiles, readFolder, realPathOf, type FileReader, type Folder } from "./folder";
import { moduleScope } from "./module-scope";
import type { Block, RawObject, Syntax } from "./syntax";

/** What a module is called with. */
export interface ModuleCall {
  readonly directory: string;
  /** The folder in which Terraform is run. */
  readonly root: string;
  readonly files: readonly TextFile[];
  /** Values of its variables; those that are absent have their defaults. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** Prefix of the addresses of what is in it: `module.access["orders"].` */
  readonly prefix: string;
  /** Folder of a module that a registry or Git gives, by its key in Terraform's own list. */
  readonly installed: ReadonlyMap<string, string>;
  /** Its own key there. */
  readonly key: string;
  /** The order of the root, to which it adds its blocks. */
  readonly order: Order;
  /** The block that calls it; the root has none. */
  readonly block?: RawObject;
  /** Its providers by their names in the root, where they are called otherwise. */
  readonly providers: Readonly<Record<string, string>>;
  /** The modules by which it is called, the root first. */
  readonly callers: readonly Caller[];
  /** How many modules a root may still call: one that calls two that each call two more never ends. */
  readonly budget: { left: number };
  /** Folders that were read before: a module may be called many times. */
  readonly folders: ReadFolders;
}

/** Files of modules by their folder, and what they say. */
export interface ReadFolders {
  readonly files: Map<string, readonly TextFile[]>;
  readonly read: Map<readonly TextFile[], Promise<Folder>>;
}

function once<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

export interface Caller {
  /** The one path of its folder. */
  readonly real: string;
  readonly directory: string;
}

/** Modules within modules; people nest three. */
export const MOST_NESTED = 40;
/** Modules that one root calls, each as often as it is called. */
export const MOST_CALLED = 5_000;

/** Everything that a module says, with the modules in it. */
export interface EvaluatedModule {
  readonly resources: TerraformResource[];
  readonly actions: TerraformAction[];
  readonly variables: TerraformVariable[];
  readonly outputs: TerraformOutput[];
  readonly providers: TerraformProvider[];
  /** Those of the root; of a module only what it requires could be said. */
  readonly settings: TerraformSettings[];
  readonly others: { origin: TerraformSettings["origin"]; name: string }[];
  readonly unresolvedModules: UnresolvedModule[];
  readonly failures: ReadFailure[];
  readonly outputValues: Readonly<Record<string, Value>>;
}

/** Evaluates the files of a module, and of the modules that it calls as far as they are on disk. */
export async function evaluateModule(call: ModuleCall, reader: FileReader): Promise<EvaluatedModule> {
  const { syntax, failures } = await once(call.folders.read, call.files, () => readFolder(call.files));
  const all = <K extends keyof Syntax>(key: K): Syntax[K] => syntax[key];

  const names = { var: emptyRecord<Value>(), local: emptyRecord<Value>(), module: emptyRecord<Value>() };
  const managed = emptyRecord<Record<string, Value>>();
  const data = emptyRecord<Record<string, Value>>();
  const scope = moduleScope(call, reader, { names, managed, data });

  for (const variable of all("variables")) declareVariable(variable, call, names.var, scope);
  for (const { body } of all("locals")) {
    for (const [name, raw] of Object.entries(body)) {
      if (name !== "//") define(names.local, name, () => evaluate(raw, scope));
    }
  }
  const { prefix, order } = call;
  const address = moduleAddress(call.key);
  order.add(
    address,
    {
      resources: all("resources"),
      modules: all("modules"),
      locals: all("locals"),
      outputs: all("outputs"),
    },
    call.block,
  );
  const resources = all("resources").map((block) => {
    const space = block.mode === "managed" ? managed : data;
    const ofType = (space[block.type] ??= emptyRecord());
    const instances = new Instances(block, { prefix, address, order }, scope, call.providers);
    define(ofType, block.name, () => instances.value());
    return instances;
  });
  const modules: CalledModule[] = [];
  for (const block of all("modules")) {
    modules.push(await callModule(block, call, scope, reader, names.module));
  }
  const inner = modules.flatMap(({ evaluated }) => evaluated);
  const outputs = all("outputs").map((block) => ({
    origin: originOf(block, `${call.prefix}output.${block.name}`),
    name: block.name,
    sensitive: block.body.sensitive === true,
    written: block.body.value,
    value: evaluate(block.body.value, scope),
  }));
  return {
    resources: [
      ...resources.flatMap((instances) => instances.resources()),
      ...inner.flatMap((module) => module.resources),
    ],
    actions: [
      ...actionsOf(
        syntax,
        (block) => new Instances(block, { prefix, address, order }, scope, call.providers),
      ),
      ...inner.flatMap(({ actions }) => actions),
    ],
    variables: [
      ...all("variables").map((block) => variableOf(block, call.prefix, scope)),
      ...inner.flatMap(({ variables }) => variables),
    ],
    outputs: [...outputs, ...inner.flatMap((module) => module.outputs)],
    providers: [
      ...all("providers").map((block) => ({
        origin: originOf(block, `${call.prefix}provider.${block.name}`),
        name: block.name,
        body: evaluateBlock(block.body, scope),
      })),
      ...inner.flatMap(({ providers }) => providers),
    ],
    others: [
      ...all("others").map((block) => ({
        origin: originOf(block, `${call.prefix}${block.name}`),
        name: block.name,
      })),
      ...inner.flatMap(({ others }) => others),
    ],
    settings: all("settings").map((block) => ({
      origin: originOf(block, `${call.prefix}terraform`),
      body: evaluateBlock(block.body, scope),
    })),
    unresolvedModules: [
      ...modules.flatMap(({ unresolved }) => unresolved ?? []),
      ...inner.flatMap(({ unresolvedModules }) => unresolvedModules),
    ],
    failures: [
      ...failures,
      ...modules.flatMap(({ failure }) => failure ?? []),
      ...inner.flatMap((module) => module.failures),
    ],
    outputValues: Object.fromEntries(
      outputs.map(({ name, sensitive, value }) => [
        name,
        sensitive ? new Unknown(`\${output.${name}}`) : value,
      ]),
    ),
  };
}

function declareVariable(
  { name, body }: Block & { name: string },
  { inputs }: ModuleCall,
  target: object,
  scope: Scope,
): void {
  const unknown = new Unknown(`\${var.${name}}`);
  define(target, name, () => {
    // What is marked as a secret is not looked at.
    if (body.sensitive === true || body.ephemeral === true) return unknown;
    const given = ownValue(inputs, name);
    const isGiven = given !== undefined && (given !== null || body.nullable !== false);
    if (!isGiven && body.default === undefined) return unknown;
    return constrained(isGiven ? given : evaluate(body.default, scope), body.type, scope);
  });
}

function variableOf(block: Block & { name: string }, prefix: string, scope: Scope): TerraformVariable {
  const { name, body } = block;
  return {
    origin: originOf(block, `${prefix}var.${name}`),
    name,
    sensitive: body.sensitive === true,
    ephemeral: body.ephemeral === true,
    body: evaluateBlock(withoutTypes(body), scope),
    ...(body.default !== undefined && { default: evaluate(body.default, scope) }),
  };
}

/** A type is no expression: in HCL it is written without quotes. */
function withoutTypes({ type, validation: _, ...rest }: RawObject): RawObject {
  return { ...rest, ...(typeof type === "string" && { type: type.replace(/^\$\{(.*)\}$/, "$1") }) };
}

interface CalledModule {
  readonly evaluated: readonly EvaluatedModule[];
  readonly unresolved?: UnresolvedModule;
  readonly failure?: ReadFailure;
}

async function callModule(
  block: Block & { name: string },
  call: ModuleCall,
  scope: Scope,
  reader: FileReader,
  target: object,
): Promise<CalledModule> {
  const { name, body } = block;
  const key = call.key === "" ? name : `${call.key}.${name}`;
  const directory = directoryOf(body.source, key, call);
  const files =
    directory === undefined ? [] : once(call.folders.files, directory, () => moduleFiles(directory, reader));
  if (directory === undefined || files.length === 0) {
    define(target, name, () => new Unknown(`\${module.${name}}`));
    call.order.add(moduleAddress(key), undefined, body);
    const origin = originOf(block, `${call.prefix}module.${name}`);
    return { evaluated: [], unresolved: { origin, source: String(known(body.source as string)) } };
  }
  const real = realPathOf(directory, reader);
  const callers = [...call.callers, { real: realPathOf(call.directory, reader), directory: call.directory }];
  const endless = endlessCall(real, directory, callers, call.budget);
  if (endless !== undefined) {
    define(target, name, () => new Unknown(`\${module.${name}}`));
    return { evaluated: [], failure: { file: block.file, line: block.line, message: endless } };
  }
  const { keys, repeated } = keysOf(body, scope);
  const evaluated: EvaluatedModule[] = [];
  for (const { suffix, scope: inner } of keys) {
    const prefix = `${call.prefix}module.${name}${suffix}.`;
    const inputs = inputsOf(body, inner);
    const next = {
      ...call,
      directory,
      files,
      inputs,
      prefix,
      key,
      callers,
      providers: providersOf(body, call),
      block: body,
    };
    evaluated.push(await evaluateModule(next, reader));
  }
  define(target, name, () =>
    byKey(
      keys,
      repeated,
      evaluated.map(({ outputValues }) => outputValues),
    ),
  );
  return { evaluated };
}

/** Address of a module without keys. */
function moduleAddress(key: string): string {
  return key === "" ? "" : `module.${key.split(".").join(".module.")}`;
}

function directoryOf(source: unknown, key: string, { directory, installed }: ModuleCall): string | undefined {
  if (typeof source === "string" && /^\.{1,2}(\/|$)/.test(source)) return path.join(directory, source);
  return installed.get(key);
}
