/**
 * Records which versions of the providers know what leasehold renders: `npx ts-node --transpile-only test/providers/record.ts vault=FILE …`, where
 * FILE is what `terraform providers schema -json` prints, `vault@5.10.0=FILE` where that does not say the version, and a directory where it is a package of
 * generated bindings. The arguments are looked up in each; `arguments.test.ts` compares them with what is rendered. Format the file with prettier afterwards.
 */
import fs from "node:fs";
import path from "node:path";
import { groupBy } from "../../lib/core";
import { argumentsOf, providerOf, renderedOf } from "./rendered";

/** The arguments of each type, and below a block those of it. */
type Schema = (what: string) => ReadonlySet<string>;

function main(sources: readonly string[]): void {
  const rendered = renderedOf();
  const read = sources.map((source) => {
    const [, provider = "", version = "", file = ""] = /^(\w+)@([\d.]+)=(.+)$/.exec(source) ?? [];
    if (file === "") throw new Error(`write PROVIDER@VERSION=FILE, not ${source}`);
    const schema = fs.statSync(file).isDirectory() ? ofBindings(file, provider) : ofSchema(file, provider);
    return { provider, version, schema };
  });
  const known: Record<string, string[]> = {};
  for (const each of rendered) {
    const own = read.filter(({ provider }) => provider === each.provider);
    const whole = new Set(own.flatMap(({ schema }) => [...schema(each.what)]));
    for (const argument of argumentsOf(each, (at) => whole.has(at))) {
      known[argument] = own
        .filter(({ schema }) => [...schema(each.what)].some((one) => `${one}.`.startsWith(`${argument}.`)))
        .map(({ version }) => version);
    }
  }
  const versions = groupBy(read, ({ provider }) => provider);
  const all = ([argument, of]: readonly [string, readonly string[]]) =>
    of.length === versions.get(providerOf(argument))?.length;
  const sorted = Object.entries(known).sort(([a], [b]) => (a < b ? -1 : 1));
  const record = {
    versions: Object.fromEntries(
      [...versions].map(([provider, of]) => [provider, of.map(({ version }) => version)]),
    ),
    inAll: sorted.filter(all).map(([argument]) => argument),
    inSome: Object.fromEntries(sorted.filter((each) => !all(each))),
  };
  fs.writeFileSync(path.join(__dirname, "arguments.json"), `${JSON.stringify(record, null, 2)}\n`);
}

interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, { readonly block: Block }>>;
}

interface Attribute {
  readonly computed?: boolean;
  readonly optional?: boolean;
  readonly nested_type?: { readonly attributes: Readonly<Record<string, Attribute>> };
}

/** What a provider says of itself. */
function ofSchema(file: string, provider: string): Schema {
  const { provider_schemas: schemas } = JSON.parse(fs.readFileSync(file, "utf8"));
  const [own] = Object.entries(schemas).filter(([name]) => name.endsWith(`/${provider}`));
  if (own === undefined) throw new Error(`${file} has no schema of ${provider}`);
  const [, schema] = own as [string, ProviderSchema];
  return (what) => {
    const found = new Set<string>();
    const walk = ({ attributes = {}, block_types: blocks = {} }: Block, at: string): void => {
      for (const [name, attribute] of Object.entries(attributes)) ofAttribute(attribute, `${at}.${name}`);
      for (const [name, { block }] of Object.entries(blocks)) walk(block, `${at}.${name}`);
    };
    const ofAttribute = ({ computed, optional, nested_type: nested }: Attribute, at: string): void => {
      // What is only computed can be read and not written.
      if (nested !== undefined) walk({ attributes: nested.attributes }, at);
      else if (optional === true || computed !== true) found.add(at);
    };
    const [mode, type = mode] = what.split(".");
    const block =
      mode === "provider"
        ? schema.provider.block
        : (mode === "data" ? schema.data_source_schemas : schema.resource_schemas)[type ?? ""]?.block;
    if (block !== undefined) walk(block, what);
    return found;
  };
}

interface ProviderSchema {
  readonly provider: { readonly block: Block };
  readonly resource_schemas: Readonly<Record<string, { readonly block: Block }>>;
  readonly data_source_schemas: Readonly<Record<string, { readonly block: Block }>>;
}

/** What generated bindings hand on: each argument is a line of a function that makes JSON of it. */
function ofBindings(directory: string, provider: string): Schema {
  return (what) => {
    const [mode, type = mode] = what.split(".");
    const name =
      mode === "provider"
        ? "provider"
        : `${mode === "data" ? "data-" : ""}${kebab(mode === "data" ? type : withoutPrefix(type))}`;
    const text = sourcesIn(path.join(directory, "lib", name));
    const functions = new Map(
      text.split(/^function /m).flatMap((each) => {
        const [, struct] = /^(\w+)ToTerraform\(struct\)/.exec(each) ?? [];
        const [, body = ""] = /return \{\n([^]*?)\n {4}\};/.exec(each) ?? [];
        return struct === undefined ? [] : [[struct, body] as const];
      }),
    );
    const found = new Set<string>();
    const walk = (body: string, at: string): void => {
      for (const [, key = "", made = ""] of body.matchAll(/^ +(\w+): (.*),$/gm)) {
        const struct = [...made.matchAll(/(\w+)ToTerraform/g)]
          .map(([, each = ""]) => each)
          .find((each) => functions.has(each));
        if (struct === undefined) found.add(`${at}.${key}`);
        else walk(functions.get(struct) ?? "", `${at}.${key}`);
      }
    };
    const [, body = ""] = /synthesizeAttributes\(\) \{\s+return \{\n([^]*?)\n {8}\};/.exec(text) ?? [];
    walk(body, what);
    return found;
  };

  function withoutPrefix(type = ""): string {
    return type.slice(provider.length + 1);
  }
}

const kebab = (name = ""): string => name.replaceAll("_", "-");

function sourcesIn(directory: string): string {
  if (!fs.existsSync(directory)) return "";
  return fs
    .readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .map((file) => fs.readFileSync(path.join(directory, file), "utf8"))
    .join("\n");
}

main(process.argv.slice(2));
