import { isObject, isUnknown, type Value, type ValueObject } from "../../../access";
import { resolved, type Definition } from "./schema";

/** Who wrote an object: Kubernetes' own YAML, or the arguments of Terraform's provider. */
export type Writer = "kubernetes" | "provider";

/** What stands for each text that may be any. */
const ANY_TEXT = "";

/**
 * The object that the API server is sent, as far as it matters to the schema: a text that may be any is left empty,
 * and an entry whose key and value may be any is left out. So two that differ in nothing but names have one outline,
 * and the schema takes it if and only if it takes each of them.
 */
export function outline(definition: Definition, value: Value, writer: Writer): Value {
  const known = resolved(definition);
  if (isUnknown(value) || value === null) return value;
  if (known.properties !== undefined) return ofObject(known.properties, value, writer);
  if (typeof known.additionalProperties === "object") return ofMap(known.additionalProperties, value, writer);
  if (known.items !== undefined) return ofList(known.items, value, writer);
  return ofPlain(known, writer === "provider" ? converted(known, value) : value);
}

/** The arguments of a resource that are fields of the object; what the others do Terraform and its provider know. */
export function fieldsOf(definition: Definition, body: ValueObject): ValueObject {
  const { properties = {} } = resolved(definition);
  return Object.fromEntries(
    Object.entries(body).filter(([argument]) => Object.hasOwn(properties, fieldOf(properties, argument))),
  );
}

function ofObject(properties: Readonly<Record<string, Definition>>, value: Value, writer: Writer): Value {
  // A block that may be there once is an object to some of the provider's readers and writers, and a list to others.
  const single = writer === "provider" && isList(value) && value.length === 1 ? value[0] : value;
  if (!isObject(single)) return single ?? null;
  return Object.fromEntries(
    Object.entries(single)
      // What is null is not sent.
      .filter(([, entry]) => entry !== null)
      .map(([written, entry]) => {
        const name = writer === "provider" ? fieldOf(properties, written) : written;
        const definition = Object.hasOwn(properties, name) ? properties[name] : undefined;
        return [name, definition === undefined ? ANY_TEXT : outline(definition, entry, writer)];
      }),
  );
}

function ofMap(definition: Definition, value: Value, writer: Writer): Value {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, entry]) => [key, outline(definition, entry, writer)] as const)
      .filter(([, entry]) => entry !== ANY_TEXT),
  );
}

function ofList(items: Definition, value: Value, writer: Writer): Value {
  const list = writer === "provider" && !isList(value) ? [value] : value;
  return isList(list) ? list.map((each) => outline(items, each, writer)) : list;
}

function ofPlain({ type, enum: values, format, oneOf }: Definition, value: Value): Value {
  const isAnyText =
    (type === "string" && values === undefined && format === undefined) ||
    oneOf?.some((each) => each.type === "string");
  if (isAnyText === true && typeof value === "string") return ANY_TEXT;
  // Fields of no type are nobody's.
  return type === "object" ? {} : value;
}

/** As Terraform and the provider convert what is written: `"8080"` where a number is asked for. */
function converted({ type, oneOf = [] }: Definition, value: Value): Value {
  if (type === "string") return typeof value === "object" ? value : String(value);
  if (typeof value !== "string") return value;
  if (type === "boolean" && ["true", "false"].includes(value)) return value === "true";
  // A port or a share of the pods is a number, or else a text.
  const isNumber = [type, ...oneOf.map((each) => each.type)].includes("integer") && value.trim() !== "";
  return isNumber && Number.isFinite(Number(value)) ? Number(value) : value;
}

/**
 * The field that the provider's argument is: `host_ip` is `hostIP`, each `container` one of `containers`, and the
 * `strategy` of a DaemonSet its `updateStrategy`.
 */
function fieldOf(properties: Readonly<Record<string, Definition>>, argument: string): string {
  let found = fields.get(properties);
  if (found === undefined) fields.set(properties, (found = new Map()));
  const field = found.get(argument) ?? foundField(properties, argument);
  found.set(argument, field);
  return field;
}

/** The same arguments of the same few hundred definitions come up again and again. */
const fields = new WeakMap<object, Map<string, string>>();

function foundField(properties: Readonly<Record<string, Definition>>, argument: string): string {
  const names = new Map(Object.keys(properties).map((name) => [name.toLowerCase(), name]));
  const called =
    argument === "strategy" && !Object.hasOwn(properties, argument) ? "update_strategy" : argument;
  const wanted = called.replaceAll("_", "").toLowerCase();
  return names.get(wanted) ?? names.get(`${wanted}s`) ?? argument;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
