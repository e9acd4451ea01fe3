import path from "node:path";
import type { ReadFailure, TextFile } from "../text-file";
import { known, Unknown, type Value } from "../value";
import type {
  TerraformOutput,
  TerraformProvider,
  TerraformResource,
  TerraformVariable,
  UnresolvedModule,
} from "./configuration";
import { define, evaluate, evaluateBlock } from "./evaluate";
import { compileTemplate } from "./expression";
import { byKey, Instances, keysOf, originOf } from "./instances";
import type { Order } from "./order";
import type { Scope } from "./scope";
import type { Files } from "./functions";
import { isFailure, readSyntax, type Block, type RawObject, type Syntax } from "./syntax";

/** Reads files beside those that were given: modules, templates, values. */
export interface FileReader {
  /** The text of a file; nothing where it is not there. */
  read(file: string): string | undefined;
  /** Names of the files in a folder. */
  list(directory: string): readonly string[];
}

/** What a module is called with. */
export interface ModuleCall {
  readonly directory: string;
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
}

/** Everything that a module says, with the modules in it. */
export interface EvaluatedModule {
  readonly resources: TerraformResource[];
  readonly variables: TerraformVariable[];
  readonly outputs: TerraformOutput[];
  readonly providers: TerraformProvider[];
  readonly unresolvedModules: UnresolvedModule[];
  readonly failures: ReadFailure[];
  readonly outputValues: Readonly<Record<string, Value>>;
}

/** Evaluates the files of a module, and of the modules that it calls as far as they are on disk. */
export async function evaluateModule(call: ModuleCall, reader: FileReader): Promise<EvaluatedModule> {
  const syntaxes = await Promise.all(call.files.map(readSyntax));
  const failures = syntaxes.filter(isFailure);
  const read = syntaxes.filter((syntax): syntax is Syntax => !isFailure(syntax));
  const all = <K extends keyof Syntax>(key: K) =>
    read.flatMap((syntax) => syntax[key] as Syntax[K][number][]);

  const names: Record<string, Record<string, Value>> = { var: {}, local: {}, module: {} };
  const managed: Record<string, Record<string, Value>> = {};
  const data: Record<string, Record<string, Value>> = {};
  const scope = moduleScope(call, reader, { names, managed, data });

  for (const variable of all("variables")) declareVariable(variable, call, names.var as object, scope);
  for (const { body } of all("locals")) {
    for (const [name, raw] of Object.entries(body)) {
      if (name !== "//") define(names.local as object, name, () => evaluate(raw, scope));
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
    const ofType = (space[block.type] ??= {});
    const instances = new Instances(block, { prefix, address, order }, scope);
    define(ofType, block.name, () => instances.value());
    return instances;
  });
  const modules = await Promise.all(
    all("modules").map((block) => callModule(block, call, scope, reader, names.module as object)),
  );
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
    unresolvedModules: [
      ...modules.flatMap(({ unresolved }) => unresolved ?? []),
      ...inner.flatMap(({ unresolvedModules }) => unresolvedModules),
    ],
    failures: [...failures, ...inner.flatMap((module) => module.failures)],
    outputValues: Object.fromEntries(
      outputs.map(({ name, sensitive, value }) => [
        name,
        sensitive ? new Unknown(`\${output.${name}}`) : value,
      ]),
    ),
  };
}

interface Names {
  readonly names: Readonly<Record<string, Readonly<Record<string, Value>>>>;
  readonly managed: Readonly<Record<string, Readonly<Record<string, Value>>>>;
  readonly data: Readonly<Record<string, Readonly<Record<string, Value>>>>;
}

function moduleScope(call: ModuleCall, reader: FileReader, { names, managed, data }: Names): Scope {
  const resolved = (value: Value | undefined, path: readonly string[], used: number) => ({
    value: value ?? new Unknown(`\${${path.slice(0, used).join(".")}}`),
    used,
  });
  const scope: Scope = {
    files: filesOf(reader, () => scope),
    resolve(path) {
      const [first = "", second = "", third = ""] = path;
      if (first in names) return resolved(names[first]?.[second], path, 2);
      if (first === "path") {
        const value =
          second === "module" || second === "root" || second === "cwd" ? call.directory : undefined;
        return resolved(value, path, 2);
      }
      if (first === "terraform") return { value: "default", used: 2 };
      if (first === "data" || first === "ephemeral") return resolved(data[second]?.[third], path, 3);
      if (managed[first]?.[second] !== undefined) return resolved(managed[first][second], path, 2);
      return { value: new Unknown(`\${${path.join(".")}}`), used: path.length };
    },
  };
  return scope;
}

function filesOf(reader: FileReader, scope: () => Scope): Files {
  return {
    read: (file) => reader.read(path.normalize(file)),
    render: (template, variables) =>
      compileTemplate(template)({
        files: scope().files,
        resolve: (names) => ({
          value: variables[names[0] ?? ""] ?? new Unknown(`\${${names[0] ?? ""}}`),
          used: 1,
        }),
      }),
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
    if (inputs[name] !== undefined) return inputs[name];
    return body.default === undefined ? unknown : evaluate(body.default, scope);
  });
}

function variableOf(block: Block & { name: string }, prefix: string, scope: Scope): TerraformVariable {
  const { name, body } = block;
  return {
    origin: originOf(block, `${prefix}var.${name}`),
    name,
    sensitive: body.sensitive === true,
    ephemeral: body.ephemeral === true,
    ...(body.default !== undefined && { default: evaluate(body.default, scope) }),
  };
}

interface CalledModule {
  readonly evaluated: readonly EvaluatedModule[];
  readonly unresolved?: UnresolvedModule;
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
  const files = directory === undefined ? [] : moduleFiles(directory, reader);
  if (directory === undefined || files.length === 0) {
    define(target, name, () => new Unknown(`\${module.${name}}`));
    call.order.add(moduleAddress(key), undefined, body);
    const origin = originOf(block, `${call.prefix}module.${name}`);
    return { evaluated: [], unresolved: { origin, source: String(known(body.source as string)) } };
  }
  const { keys, repeated } = keysOf(body, scope);
  const evaluated: EvaluatedModule[] = [];
  for (const { suffix, scope: inner } of keys) {
    const inputs = evaluateBlock(body, inner);
    const prefix = `${call.prefix}module.${name}${suffix}.`;
    const { installed, order } = call;
    const called = { directory, files, inputs, prefix, installed, key, order, block: body };
    evaluated.push(await evaluateModule(called, reader));
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

/** The files of Terraform in a folder. */
export function moduleFiles(directory: string, reader: FileReader): TextFile[] {
  return reader
    .list(directory)
    .filter((name) => /\.tf(\.json)?$/.test(name))
    .flatMap((name) => {
      const file = path.join(directory, name);
      const text = reader.read(file);
      return text === undefined ? [] : [{ file, text }];
    });
}
