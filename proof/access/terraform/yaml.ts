import { isScalar, parseDocument, visit } from "yaml";
import { isObject } from "../read";
import type { Value } from "../value";
import { decimal } from "./numbers";
import { normalized } from "./json";
import { Refusal, Unsure } from "./refusal";
import { isSequence, keysOf } from "./types";

/** Plain scalars that every version of YAML reads alike. */
const NULL = /^(|~|null)$/;
const BOOLEAN = /^(true|false)$/;
const NUMBER = /^(-?(0|[1-9]\d{0,14})|-?(0|[1-9]\d{0,9})\.\d{1,5})$/;
const WORD = /^[A-Za-z_./][^\n]*$/;
/** Words that are no texts in one of the versions. */
const SPECIAL = /^(y|n|yes|no|on|off|true|false|null|\.inf|\.nan|[-+]?\.(inf|nan)|\.\d.*)$/i;

/** The value of a text in YAML, where Terraform's parser and ours agree. */
export function parsedYaml(text: string): Value {
  if (text === "") throw new Refusal();
  const document = parseDocument(text, { merge: true, version: "1.2", uniqueKeys: true });
  if (document.errors.length > 0 || document.warnings.length > 0) throw new Unsure();
  visit(document, {
    Node: (_key, node) => {
      if (node.tag !== undefined && node.tag !== "") refuseTag(node.tag);
    },
    Pair: (_key, { key }) => {
      if (!isScalar(key) || (typeof key.value !== "string" && typeof key.value !== "symbol"))
        throw new Unsure();
    },
    Scalar: (_key, node) => {
      if (node.type !== "PLAIN") return;
      const { source = "" } = node;
      const isPlainText = WORD.test(source) && !SPECIAL.test(source);
      if (![NULL, BOOLEAN, NUMBER].some((known) => known.test(source)) && !isPlainText && source !== "<<") {
        throw new Unsure();
      }
    },
  });
  return normalized((document.toJS() ?? null) as Value);
}

function refuseTag(tag: string): void {
  if (!/^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq|merge)$/.test(tag)) throw new Unsure();
}

/** A value as Terraform writes it in YAML. */
export function yamlOf(value: Value): string {
  // A plain scalar by itself is followed by "...".
  if (typeof value !== "string" && typeof value !== "object") throw new Unsure();
  if (value === null) throw new Unsure();
  return `${block(value, 0, "top")}\n`;
}

function block(value: Value, depth: number, where: "top" | "key" | "item"): string {
  if (isSequence(value)) {
    if (value.length === 0) return inline("[]", where);
    const indent = " ".repeat(depth);
    const items = value.map((each) => `- ${block(each, depth + 2, "item")}`);
    return lines(items, indent, where);
  }
  if (isObject(value)) {
    const keys = keysOf(value);
    if (keys.length === 0) return inline("{}", where);
    const indent = " ".repeat(depth);
    const pairs = keys.map((key) => {
      const inner = value[key] as Value;
      // A list in a map is not indented.
      return `${scalar(key)}:${block(inner, isSequence(inner) ? depth : depth + 2, "key")}`;
    });
    return lines(pairs, indent, where);
  }
  return inline(scalar(value), where);
}

function inline(text: string, where: "top" | "key" | "item"): string {
  return where === "key" ? ` ${text}` : text;
}

function lines(all: readonly string[], indent: string, where: "top" | "key" | "item"): string {
  const joined = all.join(`\n${indent}`);
  return where === "key" ? `\n${indent}${joined}` : joined;
}

function scalar(value: Value): string {
  if (typeof value === "number") return decimal(value);
  if (typeof value !== "string") return String(value as boolean | null);
  // Longer texts are folded, and texts of several lines are blocks.
  if (!/^[\x20-\x7e]*$/.test(value) || value.length > 60) throw new Unsure();
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}
