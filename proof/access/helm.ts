import { parse } from "yaml";
import { parseConfiguration } from "./hcl";
import type { Origin } from "./origin";
import { ownValue } from "./own";
import { asList, asObject, asObjects, asText, isObject, type ValueObject } from "./read";
import type { TerraformResource } from "./terraform/configuration";
import { syntaxFailure } from "./terraform/syntax";
import type { ReadFailure } from "./text-file";
import { isUnknown, known, type Known, type Value } from "./value";
import { preventsDestroy } from "./vault-nodes";

/** A chart that Terraform installs, with the values that it gives. */
export interface HelmRelease {
  readonly origin: Origin;
  readonly name: Known<string>;
  /** Absent: `default`. */
  readonly namespace: Known<string>;
  readonly chart: Known<string>;
  readonly version: Known<string>;
  /** The values of all layers, the last one first; what the chart itself says is not among them. */
  readonly values: ValueObject;
  /** Whether Terraform refuses to destroy it. */
  readonly preventDestroy: boolean;
  /** Whether a layer is not known. */
  readonly incomplete: boolean;
  /** What the servers' own configuration says; absent where there is none, or where it is not known. */
  readonly serverConfig?: ValueObject;
}

/** The release that a resource describes. */
export function readHelmRelease(resource: TerraformResource): HelmRelease {
  const { origin, body } = resource;
  const layers = asList(body.values).map(parseLayer);
  const sets = asObjects(body.set).map(({ name, value }) => single(asText(name), value ?? null));
  return {
    origin,
    name: asText(body.name),
    namespace: asText(body.namespace),
    chart: asText(body.chart),
    version: asText(body.version),
    values: [...layers, ...sets].reduce<ValueObject>((all, layer) => merged(all, layer ?? {}), {}),
    preventDestroy: preventsDestroy(body),
    incomplete: isUnknown(body.values) || [...layers, ...sets].includes(undefined),
  };
}

/** Where the chart takes the servers' configuration from, the first that is there. */
const CONFIGURATIONS = ["server.ha.raft.config", "server.ha.config", "server.standalone.config"];

/** The releases with their servers' configuration, which is HCL or JSON inside of the values. */
export async function withServerConfigs(
  releases: readonly HelmRelease[],
  failures: ReadFailure[],
): Promise<HelmRelease[]> {
  return Promise.all(
    releases.map(async (release) => {
      const text = CONFIGURATIONS.map((path) => helmValue(release, path)).find((each) => each !== undefined);
      if (typeof text !== "string" || text.trim() === "") return release;
      try {
        return { ...release, serverConfig: await parseConfiguration("vault.hcl", text) };
      } catch (error) {
        const { origin } = release;
        const { message: reason } = syntaxFailure("vault.hcl", text, error);
        const message = `the configuration of the servers of ${origin.address} cannot be read: ${reason}`;
        failures.push({ file: origin.file, line: origin.line, message });
        return release;
      }
    }),
  );
}

/** A layer of values; nothing where it cannot be read before apply. */
function parseLayer(layer: Value): ValueObject | undefined {
  if (typeof layer !== "string") return undefined;
  try {
    return asObject(parse(layer, { merge: true }) as Value);
  } catch {
    return undefined;
  }
}

/** `a.b[0]` and a value, as `helm --set` reads it; indexes are not looked at by any rule. */
function single(name: Known<string>, value: Value): ValueObject | undefined {
  if (typeof name !== "string") return undefined;
  const keys = name.split(/(?<!\\)\./).map((key) => key.replaceAll("\\.", "."));
  return asObject(keys.reduceRight<Value>((inner, key) => ({ [key]: inner }), scalar(value)));
}

function scalar(value: Value): Value {
  if (value === "true") return true;
  return value === "false" ? false : value;
}

/** As Helm merges: objects by key, everything else as a whole. */
function merged(below: ValueObject, above: ValueObject): ValueObject {
  const entries = Object.entries(above).map(([key, value]) => {
    const old = ownValue(below, key);
    return [key, isObject(value) && isObject(old) ? merged(old, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(entries) };
}

/** The value at a path such as `server.ha.replicas`; absent where no layer sets it. */
export function helmValue({ values }: HelmRelease, path: string): Value | undefined {
  return path
    .split(".")
    .reduce<Value | undefined>((value, key) => (isObject(value) ? ownValue(value, key) : undefined), values);
}

/** Where the agents of an installed injector log in, unless their pods say it; nothing where nobody knows. */
export function injectorAuthPath(releases: readonly HelmRelease[]): string | undefined {
  const paths = releases
    .filter(({ chart }) => /(^|\/)vault$/.test(known(chart) ?? ""))
    .map((release) => helmValue(release, "injector.authPath"));
  const [first] = paths;
  return paths.length === 1 && typeof first === "string" && first !== "" ? first : undefined;
}
