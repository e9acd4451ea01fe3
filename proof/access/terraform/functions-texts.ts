import type { Value } from "../value";
import { BOOLEAN, listOf, NUMBER, onTexts, PARTS, TEXT, type TerraformFunction } from "./function";
import { formatted, formattedList } from "./formats";
import { whole } from "./numbers";
import { matchesOf, replacedAll } from "./patterns";
import { Refusal, Unsure } from "./refusal";
import { eachCharacter, graphemes, titled, withoutAround, withoutSpace } from "./texts";
import { as, convert } from "./types";

const NULLABLE = { type: "any", nullable: true } as const;

export const textFunctions: Readonly<Record<string, TerraformFunction>> = {
  chomp: onTexts(1, (text = "") => text.replace(/[\r\n]+$/, "")),
  endswith: onTexts(2, (text = "", suffix = "") => text.endsWith(suffix)),
  format: {
    parameters: [TEXT],
    variadic: NULLABLE,
    call: ([format, ...args]) => formatted(format as string, args),
  },
  formatlist: {
    parameters: [TEXT],
    variadic: NULLABLE,
    call: ([format, ...args]) => as("list", formattedList(format as string, args) as Value),
  },
  indent: {
    parameters: [NUMBER, TEXT],
    call: ([spaces, text]) => {
      const count = whole(spaces as number);
      if (count < 0) throw new Unsure();
      return (text as string).replaceAll("\n", `\n${" ".repeat(count)}`);
    },
  },
  issensitive: { parameters: [NULLABLE], call: () => false },
  join: { parameters: [TEXT], variadic: listOf("string"), call: joined },
  lower: onTexts(1, (text = "") => eachCharacter(text, (each) => each.toLowerCase())),
  nonsensitive: { parameters: [{ ...PARTS, nullable: true }], call: ([value = null]) => value },
  ephemeralasnull: { parameters: [{ ...PARTS, nullable: true }], call: ([value = null]) => value },
  regex: onTexts(2, (pattern = "", text = "") => {
    const [found] = matchesOf(pattern, text);
    if (found === undefined) throw new Refusal();
    return found as Value;
  }),
  regexall: onTexts(2, (pattern = "", text = "") => as("list", matchesOf(pattern, text) as Value)),
  replace: onTexts(3, (text = "", from = "", to = "") =>
    /^\/[^]*\/$/.test(from) && from.length > 1
      ? replacedAll(text, from.slice(1, -1), to)
      : replaced(text, from, to),
  ),
  split: onTexts(2, (separator = "", text = "") =>
    as("list", separator === "" ? [...text] : text.split(separator)),
  ),
  startswith: onTexts(2, (text = "", prefix = "") => text.startsWith(prefix)),
  strcontains: onTexts(2, (text = "", part = "") => text.includes(part)),
  strrev: onTexts(1, (text = "") => graphemes(text).reverse().join("").normalize("NFC")),
  substr: {
    parameters: [TEXT, NUMBER, NUMBER],
    call: ([text, offset, length]) => cut(text as string, offset as number, length as number),
  },
  title: onTexts(1, (text = "") => titled(text)),
  tobool: { parameters: [NULLABLE], call: ([value = null]) => convert(value, BOOLEAN.type) },
  tostring: { parameters: [NULLABLE], call: ([value = null]) => convert(value, TEXT.type) },
  trim: onTexts(2, (text = "", cutset = "") => withoutAround(text, cutset)),
  trimprefix: onTexts(2, (text = "", prefix = "") =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  trimspace: onTexts(1, (text = "") => withoutSpace(text)),
  trimsuffix: onTexts(2, (text = "", suffix = "") =>
    suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  upper: onTexts(1, (text = "") => eachCharacter(text, (each) => each.toUpperCase())),
};

function joined([separator, ...lists]: readonly Value[]): string {
  if (lists.length === 0) throw new Refusal();
  const texts = (lists as readonly (readonly (string | null)[])[]).flat();
  if (texts.includes(null)) throw new Refusal();
  return texts.join(separator as string);
}

/** A replacement has no signs of its own here; an empty text is found around each character. */
function replaced(text: string, from: string, to: string): string {
  if (from === "") return `${to}${[...text].map((each) => each + to).join("")}`;
  return text.split(from).join(to);
}

function cut(text: string, offset: number, length: number): string {
  const all = graphemes(text);
  const [from, count] = [whole(offset), whole(length)];
  if (count < -1 || (from < 0 && count === 0)) throw new Unsure();
  const start = from < 0 ? from + all.length : from;
  if (start < 0) throw new Unsure();
  return all.slice(start, count < 0 ? undefined : start + count).join("");
}
