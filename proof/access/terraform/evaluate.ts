import { ownValue, put } from "../own";
import type { Value } from "../value";
import { isUnknown, Unknown } from "../value";
import { compileTemplate } from "./expression";
import { asBlock, entriesOf, withNames, type Scope } from "./scope";
import { bodies, entries, type RawObject } from "./syntax";
import { like } from "./types";

/** The value of something that is written in Terraform's JSON syntax. */
export function evaluate(raw: unknown, scope: Scope): Value {
  if (typeof raw === "string") return evaluateText(raw, scope);
  // The parser of HCL has lost the digits.
  if (typeof raw === "number" && Math.abs(raw) > Number.MAX_SAFE_INTEGER)
    return new Unknown("a large number");
  if (Array.isArray(raw)) return raw.map((each) => evaluate(each, scope));
  if (typeof raw !== "object" || raw === null) return raw as Value;
  const pairs = Object.entries(raw).map(
    ([key, value]) => [evaluateText(key, scope), evaluate(value, scope)] as const,
  );
  const unknown = pairs.map(([key]) => key).find(isUnknown);
  return unknown ?? Object.fromEntries(pairs.map(([key, value]) => [String(key), value]));
}

function evaluateText(text: string, scope: Scope): Value {
  if (!text.includes("${") && !text.includes("%{")) return text.normalize("NFC");
  try {
    return compileTemplate(text)(scope);
  } catch (error) {
    if (error instanceof SyntaxError) return new Unknown("${…}");
    throw error;
  }
}

/** Arguments that say how a block is used and not what it holds. */
const META = new Set(["//", "count", "for_each", "dynamic", "depends_on", "provider"]);

/** The arguments of a block, each evaluated when it is asked for; those that are null are not set. */
export function evaluateBlock(raw: RawObject, scope: Scope): { readonly [key: string]: Value } {
  const body: Record<string, Value> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (META.has(key) || value === null) continue;
    if (isPlain(value) && key !== "__proto__") body[key] = value as Value;
    else define(body, key, () => argument(value, scope));
  }
  for (const [name, block] of entries(raw.dynamic)) {
    const written = bodies(ownValue(raw, name));
    define(body, name, () => [
      ...written.map((each) => evaluate(each, scope)),
      ...bodies(block).flatMap((each) => dynamicBlocks(name, each, scope)),
    ]);
  }
  return body;
}

/** Whether there is nothing to evaluate, which is so for most of what CDKTF writes. */
function isPlain(value: unknown): boolean {
  return typeof value === "string"
    ? !value.includes("${") && !value.includes("%{")
    : typeof value === "boolean" || Number.isSafeInteger(value);
}

function dynamicBlocks(name: string, block: RawObject, scope: Scope): Value[] {
  const list = evaluate(block.for_each, scope);
  const iterator = typeof block.iterator === "string" ? block.iterator.replace(/^\$\{|\}$/g, "") : name;
  const all = isUnknown(list) ? [[list, list] as const] : elements(list);
  return all.flatMap(([key, value]) => {
    const inner = withNames(scope, { [iterator]: { key, value } });
    return bodies(block.content).map((content) => evaluateBlock(content, inner));
  });
}

/** Keys and values of what a `for_each` runs over; of a set each element is its own key. */
export function elements(value: Value): (readonly [Value, Value])[] {
  return value === null || typeof value !== "object" ? [] : entriesOf(value);
}

/** The value of an argument, from what is written. */
function argument(raw: unknown, scope: Scope): Value {
  if (Array.isArray(raw)) return raw.map((each) => argument(each, scope));
  if (isPlain(raw)) return (typeof raw === "string" ? raw.normalize("NFC") : raw) as Value;
  if (typeof raw !== "object" || raw === null) return asArgument(evaluate(raw, scope), raw);
  const block: Record<string, Value> = {};
  for (const [written, value] of Object.entries(raw)) {
    const key = evaluateText(written, scope);
    if (isUnknown(key)) return key;
    const name = String(key);
    const each =
      name === written
        ? argument(value, scope)
        : asArgument(evaluate(value, scope), ownValue(raw as RawObject, name));
    if (each !== null) put(block, name, each);
  }
  return asBlock(block);
}

/** A value as an argument has it: nothing that is null, and blocks with the attributes that a provider adds. */
function asArgument(value: Value, raw: unknown): Value {
  if (Array.isArray(value)) {
    const written = Array.isArray(raw) ? (raw as readonly unknown[]) : [];
    return like(
      value,
      (value as readonly Value[]).map((each, index) => asArgument(each, written[index])),
    );
  }
  if (typeof value !== "object" || value === null || isUnknown(value)) return value;
  const isWritten = typeof raw === "object" && raw !== null;
  const written = (isWritten ? raw : {}) as RawObject;
  const argument = Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([key, each]) => [key, asArgument(each as Value, ownValue(written, key))]),
  );
  return isWritten ? asBlock(argument) : like(value as never, argument);
}

/** A property that is computed once, when it is asked for; asked for within itself it is unknown. */
export function define(target: object, key: string, compute: () => Value): void {
  let state: "new" | "running" | "done" = "new";
  let value: Value = null;
  Object.defineProperty(target, key, {
    enumerable: true,
    configurable: true,
    get() {
      if (state === "running") return new Unknown(`\${${key}}`);
      if (state === "new") {
        state = "running";
        value = compute();
        state = "done";
      }
      return value;
    },
  });
}
