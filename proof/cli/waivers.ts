import { parse } from "yaml";
import { dayProblems } from "../core";
import { readText, shown, UnreadableError } from "../input";
import type { Waiver } from "../rules";
import { UsageError } from "./failure";

const TEXTS = ["rule", "resource", "reason"] as const;
const KEYS: readonly string[] = [...TEXTS, "evidence", "until"];

/**
 * The waivers in a file.
 *
 * @throws UsageError where it is no list of them; says every entry that is none
 */
export function readWaivers(file: string): Waiver[] {
  const entries = parseFile(file);
  if (!Array.isArray(entries))
    throw new UsageError(`${shown(file)} must be a list of rule, resource and reason`);
  const wrong = entries.flatMap((entry: unknown, index) =>
    problemsOf(entry).map((problem) => `entry ${index + 1} ${problem}`),
  );
  if (wrong.length > 0) throw new UsageError([`${shown(file)}:`, ...wrong].join("\n  "));
  return entries as Waiver[];
}

function parseFile(file: string): unknown {
  try {
    return parse(readText(file));
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    throw new UsageError(`${shown(file)} cannot be read: ${(error as Error).message.split("\n")[0]}`);
  }
}

function problemsOf(entry: unknown): string[] {
  const record = typeof entry === "object" && entry !== null ? (entry as Record<string, unknown>) : {};
  const keys = Object.keys(record);
  const { evidence, until } = record;
  if (!TEXTS.every((key) => typeof record[key] === "string") || !keys.every((key) => KEYS.includes(key)))
    return [
      `must have the texts rule, resource and reason, and may have evidence and until, got ${keys.join(", ") || "none"}`,
    ];
  return [
    ...(evidence === undefined || isTexts(evidence)
      ? []
      : [`must have a list of texts as evidence, got ${JSON.stringify(evidence)}`]),
    // YAML keeps a day as it is written; whatever is no text is none.
    ...(until === undefined
      ? []
      : dayProblems("until", until as string).map(
          ({ must }) => `until must ${must}, got ${JSON.stringify(until)}`,
        )),
  ];
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
