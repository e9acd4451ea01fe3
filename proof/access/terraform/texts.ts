import { Unsure } from "./refusal";

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

/** What a reader sees as one letter, by which Terraform counts and cuts. */
export function graphemes(text: string): string[] {
  if (/^[\x20-\x7e]*$/.test(text)) return text.split("");
  // Versions of Unicode differ in where the letters of these scripts end.
  if (/[\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\ua8e0-\uabff\u{11000}-\u{11fff}]/u.test(text))
    throw new Unsure();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Each character by itself, as Go does it; JavaScript makes "SS" of "ß". */
export function eachCharacter(text: string, change: (character: string) => string): string {
  return Array.from(text, (character) => {
    const changed = change(character);
    if ([...changed].length !== 1) throw new Unsure();
    return changed;
  }).join("");
}

const SPACE = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const AROUND = new RegExp(`^${SPACE}+|(?<!${SPACE})${SPACE}+$`, "gu");

/** Without Go's white space at both ends. */
export function withoutSpace(text: string): string {
  return text.replace(AROUND, "");
}

/** Without the characters of a set at both ends. */
export function withoutAround(text: string, cutset: string): string {
  const set = new Set(cutset);
  const all = [...text];
  let [start, end] = [0, all.length];
  while (start < end && set.has(all[start] ?? "")) start++;
  while (end > start && set.has(all[end - 1] ?? "")) end--;
  return all.slice(start, end).join("");
}

/** Every word with a capital, as Go's strings.Title does it. */
export function titled(text: string): string {
  let before = " ";
  return eachCharacter(text, (character) => {
    const starts = isSeparator(before);
    before = character;
    return starts ? character.toUpperCase() : character;
  });
}

function isSeparator(character: string): boolean {
  if (character <= "\x7f") return !/\w/.test(character);
  return !/[\p{L}\p{Nd}]/u.test(character) && new RegExp(SPACE, "u").test(character);
}

/** The lines of a `<<-` heredoc, without the white space that all of them begin with. */
export function unindented(body: string): string {
  const lines = body.split("\n");
  const indents = lines
    .filter((line) => line.trim() !== "")
    .map((line) => /^\s*/.exec(line)?.[0].length ?? 0);
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(indent)).join("\n");
}
