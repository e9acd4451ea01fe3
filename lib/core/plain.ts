import { looksSecret, Words, type Problem } from "@leasehold/proof/core";

/** A step on the way to a value: the name of a key, or the place in a list. */
export type Step = string | number;

/** What somebody wrote, as data that cannot change or throw any more; a value that is no data is a problem. */
export interface PlainData {
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

/** The deepest literal has eight levels. */
const DEEPEST = 32;
/** Longer than a bundle of all public CAs. */
const LONGEST_TEXT = 512 * 1024;
const LONGEST_LIST = 100_000;

/**
 * Copies text, numbers, booleans, lists and objects. Getters, functions, symbols, instances of classes and
 * circles are problems; a key whose value is `undefined` is not there.
 *
 * @param visit is told of every text, with the way to it, and of every key, with the way to its object
 */
export function plainData(
  written: unknown,
  visit: (text: string, steps: readonly Step[]) => readonly Problem[] = () => [],
): PlainData {
  const problems: Problem[] = [];
  // The way to where we are, and what is around it: a copy for each value would be most of the work.
  const steps: Step[] = [];
  const around: unknown[] = [];
  const refuse = (must: string, got: unknown, fix: string): undefined =>
    void problems.push({ property: propertyAt(steps), must, got, fix });

  const copy = (value: unknown): unknown => {
    switch (typeof value) {
      case "string":
        if (value.length > LONGEST_TEXT) return refuse(...tooLong(value));
        problems.push(...visit(value, steps));
        return value;
      case "number":
      case "boolean":
      case "undefined":
        return value;
      case "object":
        if (value === null) return value;
        if (around.includes(value))
          return refuse("hold no circle", new Words("an object that holds itself"), "write it out");
        if (around.length > DEEPEST)
          return refuse(`be at most ${DEEPEST} levels deep`, new Words("more"), "take levels out");
        return copyObject(value);
      default:
        return refuse(DATA, inWords(value), "write the value itself");
    }
  };

  const copyObject = (value: object): unknown => {
    around.push(value);
    const result = Array.isArray(value) ? copyList(value) : copyRecord(value);
    around.pop();
    return result;
  };

  const copyList = (value: readonly unknown[]): unknown => {
    if (value.length > LONGEST_LIST)
      return refuse(`have at most ${LONGEST_LIST} entries`, inWords(value), "shorten it");
    return Array.from({ length: value.length }, (_, index) => copyOf(value, String(index), index));
  };

  const copyRecord = (value: object): unknown => {
    if (!isPlain(value)) return refuse(DATA, inWords(value), "write its values as an object");
    const result: Record<string, unknown> = {};
    for (const key of Reflect.ownKeys(value)) {
      if (typeof key === "symbol" || key === "__proto__") {
        refuse("have keys that are plain names", new Words(`the key ${String(key)}`), "rename the key");
        continue;
      }
      problems.push(...visit(key, steps));
      const inner = copyOf(value, key, key);
      if (inner !== undefined) result[key] = inner;
    }
    return result;
  };

  const copyOf = (holder: object, key: string, step: Step): unknown => {
    steps.push(step);
    const descriptor = Reflect.getOwnPropertyDescriptor(holder, key);
    const result =
      descriptor === undefined || "value" in descriptor
        ? copy(descriptor?.value)
        : refuse(DATA, new Words("a getter"), "write the value that it returns");
    steps.pop();
    return result;
  };

  try {
    return { value: copy(written), problems };
  } catch {
    // A proxy can throw at every look at it.
    steps.length = 0;
    refuse(DATA, new Words("an object that cannot be read"), "write the values themselves");
    return { value: undefined, problems };
  }
}

const DATA = "be plain data: text, numbers, true, false, lists and objects";

function tooLong(text: string): [string, Words, string] {
  return [`be at most ${LONGEST_TEXT} characters long`, new Words(`${text.length} characters`), "shorten it"];
}

/** Also an object of another realm, such as a test runner's. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a value is, without what is in it: it may hold a secret. */
export function inWords(value: unknown): Words {
  if (value === undefined) return new Words("nothing");
  if (value === null) return new Words("null");
  if (Array.isArray(value))
    return new Words(value.length === 0 ? "an empty list" : `a list of ${value.length}`);
  if (typeof value === "object") return new Words("an object");
  return new Words(typeof value === "bigint" ? "a bigint" : `a ${typeof value}`);
}

/** `services[2].access[0].grants`; a key that is no word in brackets. */
export function propertyAt(steps: readonly Step[]): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === "number") return `${path}[${step}]`;
    if (looksSecret(step)) return `${path}[…]`;
    if (!/^[A-Za-z_$][\w$-]{0,62}$/.test(step)) return `${path}[${shortKey(step)}]`;
    return path === "" ? step : `${path}.${step}`;
  }, "");
}

function shortKey(key: string): string {
  const text = JSON.stringify(key);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
