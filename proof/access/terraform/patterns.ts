import { ownValue } from "../own";
import { Unsure } from "./refusal";

/** Escapes that mean the same in RE2 and in JavaScript. */
const ESCAPES: Readonly<Record<string, string>> = {
  d: "[0-9]",
  D: "[^0-9]",
  w: "[0-9A-Za-z_]",
  W: "[^0-9A-Za-z_]",
  s: "[\\t\\n\\f\\r ]",
  S: "[^\\t\\n\\f\\r ]",
  n: "\\n",
  r: "\\r",
  t: "\\t",
  b: "(?:(?<![0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<=[0-9A-Za-z_])(?![0-9A-Za-z_]))",
};
const IN_CLASS: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "0-9A-Za-z_",
  s: "\\t\\n\\f\\r ",
  n: "\\n",
  r: "\\r",
  t: "\\t",
};
const PUNCTUATION = /^[!-/:-@[-`{-~]$/;

/**
 * A pattern of RE2 as JavaScript has it, for what both read alike.
 *
 * @throws Unsure for everything else
 */
export function patternOf(source: string): RegExp {
  const insensitive = source.startsWith("(?i)");
  const rest = insensitive ? source.slice(4) : source;
  if (insensitive && /[^\x20-\x7e]/.test(source)) throw new Unsure();
  const translated = translate(rest);
  try {
    return new RegExp(translated, insensitive ? "giu" : "gu");
  } catch {
    throw new Unsure();
  }
}

function translate(source: string): string {
  let written = "";
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const [group] = /^\((?:\?(?::|P?<[A-Za-z_]\w*>))?/.exec(rest) ?? [];
    if (group !== undefined) {
      if (rest.startsWith("(?") && group === "(") throw new Unsure();
      written += group.replace("?P<", "?<");
      at += group.length;
    } else if (rest.startsWith("[")) {
      const [taken, translated] = characterClass(rest);
      written += translated;
      at += taken;
    } else if (rest.startsWith("\\")) {
      written += escaped(rest[1] ?? "", ESCAPES);
      at += 2;
    } else if (rest.startsWith(".")) {
      written += "[^\\n]";
      at++;
    } else if (/^[*+?]\+|^\{(?!\d+(,\d*)?\})|^[}\]]|^\{\d{4}/.test(rest)) {
      throw new Unsure();
    } else {
      const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
      written += character;
      at += character.length;
    }
  }
  return written;
}

function escaped(letter: string, meanings: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(meanings, letter)) return meanings[letter] as string;
  if (!PUNCTUATION.test(letter)) throw new Unsure();
  return /[\^$\\.*+?()[\]{}|/-]/.test(letter) ? `\\${letter === "-" ? "x2d" : letter}` : letter;
}

function characterClass(rest: string): [number, string] {
  let at = rest.startsWith("[^") ? 2 : 1;
  let written = rest.slice(0, at);
  // A bracket at the beginning is itself in RE2, and ends the class in JavaScript.
  if (rest[at] === "]") throw new Unsure();
  while (at < rest.length && rest[at] !== "]") {
    const letter = rest[at] ?? "";
    if (letter === "[" || letter === "&") throw new Unsure();
    if (letter === "\\") {
      written += escaped(rest[at + 1] ?? "", IN_CLASS);
      at += 2;
    } else {
      const isEnd = letter === "-" && (rest[at + 1] === "]" || /^\[\^?$/.test(rest.slice(0, at)));
      written += isEnd ? "\\x2d" : letter;
      at++;
    }
  }
  if (at >= rest.length) throw new Unsure();
  return [at + 1, `${written}]`];
}

/** Go finds no empty match right after another match, and JavaScript does. */
function refuseEmpty(pattern: RegExp, text: string): void {
  for (const [found] of text.matchAll(pattern)) if (found === "") throw new Unsure();
}

/** Repeated groups forget what they had captured in JavaScript, and not in RE2. */
function refuseRepeatedGroups(pattern: RegExp): void {
  if (/\)[*+?{]/.test(pattern.source) && /\((?!\?[:=!<])|\(\?<[A-Za-z_]/.test(pattern.source)) {
    const groups = pattern.source.match(/\((?!\?)|\(\?<[A-Za-z_]/g) ?? [];
    if (groups.length > 1) throw new Unsure();
  }
}

/** What Go's ReplaceAllString gives; `$1` and `${name}` stand for groups. */
export function replacedAll(text: string, source: string, replacement: string): string {
  const pattern = patternOf(source);
  refuseEmpty(pattern, text);
  if (replacement.includes("$")) refuseRepeatedGroups(pattern);
  return text.replace(pattern, (...args) => {
    const named: unknown = args.at(-1);
    const names = typeof named === "object" ? (named as Record<string, string | undefined>) : {};
    const groups = args.slice(0, typeof named === "object" ? -3 : -2) as (string | undefined)[];
    return replacement.replace(/\$\$|\$(\w+)|\$\{(\w+)\}/g, (found, plain?: string, braced?: string) => {
      const name = plain ?? braced;
      if (name === undefined) return "$";
      return (/^\d+$/.test(name) ? groups[Number(name)] : ownValue(names, name)) ?? "";
    });
  });
}

/** The matches of a pattern: of each the text, or its groups by number or by name. */
export function matchesOf(source: string, text: string): (string | null | object)[] {
  const pattern = patternOf(source);
  refuseEmpty(pattern, text);
  refuseRepeatedGroups(pattern);
  return [...text.matchAll(pattern)].map((match) => {
    const { groups } = match;
    const all = Array.from({ length: groupsIn(pattern) }, (_, index) => match[index + 1] ?? null);
    if (all.length === 0) return match[0];
    if (groups === undefined) return all;
    if (Object.keys(groups).length !== all.length) throw new Unsure();
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, value ?? null]));
  });
}

function groupsIn(pattern: RegExp): number {
  return (new RegExp(`${pattern.source}|`, pattern.flags).exec("")?.length ?? 1) - 1;
}
