import { createHash } from "node:crypto";
import { isObject } from "../read";
import { isUnknown, Unknown, type Value } from "../value";
import { ANY, onTexts, PARTS, type TerraformFunction } from "./function";
import { jsonOf, parsedJson } from "./json";
import { Refusal } from "./refusal";
import { isSequence } from "./types";
import { parsedYaml, yamlOf } from "./yaml";

const digest = (algorithm: string, encoding: "hex" | "base64") =>
  onTexts(1, (text = "") => createHash(algorithm).update(text).digest(encoding));

const NULLABLE = { ...ANY, nullable: true } as const;
const NULLABLE_PARTS = { ...PARTS, nullable: true } as const;

export const encodingFunctions: Readonly<Record<string, TerraformFunction>> = {
  base64decode: onTexts(1, (text = "") => decoded(text)),
  base64encode: onTexts(1, (text = "") => Buffer.from(text).toString("base64")),
  base64sha256: digest("sha256", "base64"),
  base64sha512: digest("sha512", "base64"),
  jsondecode: onTexts(1, (text = "") => parsedJson(text)),
  jsonencode: { parameters: [NULLABLE_PARTS], call: ([value = null]: readonly Value[]) => encoded(value) },
  md5: digest("md5", "hex"),
  sha1: digest("sha1", "hex"),
  sha256: digest("sha256", "hex"),
  sha512: digest("sha512", "hex"),
  urlencode: onTexts(1, (text = "") =>
    encodeURIComponent(text)
      .replace(/[!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll("%20", "+"),
  ),
  yamldecode: onTexts(1, (text = "") => parsedYaml(text)),
  yamlencode: { parameters: [NULLABLE], call: ([value = null]: readonly Value[]) => yamlOf(value) },
};

/** Text in the alphabet of RFC 4648 with its padding; what is no text is refused. */
function decoded(encoded: string): string {
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.toString("base64") !== encoded.replace(/[\r\n]/g, "")) throw new Refusal();
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).normalize("NFC");
  } catch {
    throw new Refusal();
  }
}

/** A value in JSON; where a part of it is not known, the text has that part. */
function encoded(value: Value): Value {
  const unknowns: Unknown[] = [];
  const json = jsonOf(marked(value, unknowns));
  const [first] = unknowns;
  if (first === undefined) return json;
  const parts = json
    .split(/"\\u0000(\d+)\\u0000"/)
    .map((part, index) => (index % 2 === 0 ? part : (unknowns[Number(part)] as Unknown)));
  return new Unknown(first.expression, first.cause, parts);
}

/** The value with marks in place of what is not known. */
function marked(value: Value, unknowns: Unknown[]): Value {
  if (isUnknown(value)) return `\0${unknowns.push(value) - 1}\0`;
  if (isSequence(value)) return value.map((each) => marked(each, unknowns));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, marked(each, unknowns)]));
}
