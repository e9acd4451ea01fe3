import { isObject } from "../read";
import type { Value } from "../value";
import { Unsure } from "./refusal";
import { decimal, literalNumber } from "./numbers";
import { isSequence, keysOf } from "./types";

/** A value as Terraform writes it in JSON: keys in order, and what HTML would read escaped. */
export function jsonOf(value: Value): string {
  if (typeof value === "number") return decimal(value);
  if (typeof value === "string") return textOf(value);
  if (isSequence(value)) return `[${value.map(jsonOf).join(",")}]`;
  if (isObject(value)) {
    const pairs = keysOf(value).map((key) => `${textOf(key)}:${jsonOf(value[key] as Value)}`);
    return `{${pairs.join(",")}}`;
  }
  return String(value as boolean | null);
}

function textOf(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The value of a text in JSON, where JavaScript keeps all of it. */
export function parsedJson(text: string): Value {
  if (/\\u[dD][89a-fA-F]|__proto__/.test(text)) throw new Unsure();
  for (const [number] of text.replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/-?\d[\d.eE+-]*/g)) {
    if (/^-0|e/i.test(number)) throw new Unsure();
    literalNumber(number);
  }
  return normalized(JSON.parse(text) as Value);
}

/** Texts in Unicode's normal form, as all of Terraform's are. */
export function normalized(value: Value): Value {
  if (typeof value === "string") return value.normalize("NFC");
  if (isSequence(value)) return value.map(normalized);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.normalize("NFC"), normalized(each)]),
  );
}
