import { parse } from "yaml";
import type { Origin } from "./origin";
import { ownValue } from "./own";
import { asList, asObject, asObjects, asText, isObject, type ValueObject } from "./read";
import type { TerraformResource } from "./terraform/configuration";
import { isUnknown, known, type Known, type Value } from "./value";

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
  /** Whether a layer is not known. */
  readonly incomplete: boolean;
}

/** The release that a resource describes. */
export function readHelmRelease({ origin, body }: TerraformResource): HelmRelease {
  const layers = asList(body.values).map(parseLayer);
  const sets = asObjects(body.set).map(({ name, value }) => single(asText(name), value ?? null));
  return {
    origin,
    name: asText(body.name),
    namespace: asText(body.namespace),
    chart: asText(body.chart),
    version: asText(body.version),
    values: [...layers, ...sets].reduce<ValueObject>((all, layer) => merged(all, layer ?? {}), {}),
    incomplete: isUnknown(body.values) || [...layers, ...sets].includes(undefined),
  };
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
