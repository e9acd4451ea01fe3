import type { Value } from "../value";
import { isUnknown, Unknown } from "../value";
import { compileTemplate } from "./expression";
import type { Scope } from "./scope";
import { bodies, entries, type RawObject } from "./syntax";

/** The value of something that is written in Terraform's JSON syntax. */
export function evaluate(raw: unknown, scope: Scope): Value {
  if (typeof raw === "string") return evaluateText(raw, scope);
  if (Array.isArray(raw)) return raw.map((each) => evaluate(each, scope));
  if (typeof raw !== "object" || raw === null) return raw as Value;
  const pairs = Object.entries(raw).map(
    ([key, value]) => [evaluateText(key, scope), evaluate(value, scope)] as const,
  );
  const unknown = pairs.map(([key]) => key).find(isUnknown);
  return unknown ?? Object.fromEntries(pairs.map(([key, value]) => [String(key), value]));
}

function evaluateText(text: string, scope: Scope): Value {
  if (!text.includes("${") && !text.includes("%{")) return text;
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
    if (isPlain(value)) body[key] = value as Value;
    else define(body, key, () => withoutNulls(evaluate(value, scope)));
  }
  for (const [name, block] of entries(raw.dynamic)) {
    const written = bodies(raw[name]);
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
    : typeof value !== "object";
}

function dynamicBlocks(name: string, block: RawObject, scope: Scope): Value[] {
  const list = evaluate(block.for_each, scope);
  const iterator = typeof block.iterator === "string" ? block.iterator.replace(/^\$\{|\}$/g, "") : name;
  const all = isUnknown(list) ? [[list, list] as const] : elements(list);
  return all.flatMap(([key, value]) => {
    const inner: Scope = {
      files: scope.files,
      resolve: (names) => (names[0] === iterator ? { value: { key, value }, used: 1 } : scope.resolve(names)),
    };
    return bodies(block.content).map((content) => evaluateBlock(content, inner));
  });
}

/** Keys and values of what a `for_each` runs over; of a set each element is its own key. */
export function elements(value: Value): (readonly [Value, Value])[] {
  if (Array.isArray(value)) return (value as readonly Value[]).map((each) => [each, each] as const);
  return Object.entries((value ?? {}) as Readonly<Record<string, Value>>);
}

function withoutNulls(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(withoutNulls);
  if (typeof value !== "object" || value === null || isUnknown(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([key, each]) => [key, withoutNulls(each as Value)]),
  );
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
