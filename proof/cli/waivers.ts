import { parse } from "yaml";
import { readText, shown, UnreadableError } from "../input";
import type { Waiver } from "../rules";
import { UsageError } from "./failure";

const KEYS = ["rule", "resource", "reason"] as const;

/**
 * The waivers in a file.
 *
 * @throws UsageError where it is no list of rule, resource and reason; says every entry that is not
 */
export function readWaivers(file: string): Waiver[] {
  const entries = parseFile(file);
  if (!Array.isArray(entries))
    throw new UsageError(`${shown(file)} must be a list of rule, resource and reason`);
  const wrong = entries.flatMap((entry: unknown, index) => problemOf(entry, index));
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

function problemOf(entry: unknown, index: number): string[] {
  const record = typeof entry === "object" && entry !== null ? (entry as Record<string, unknown>) : {};
  const keys = Object.keys(record);
  const texts = KEYS.every((key) => typeof record[key] === "string");
  if (texts && keys.length === KEYS.length) return [];
  return [
    `entry ${index + 1} must have the texts rule, resource and reason, got ${keys.join(", ") || "none"}`,
  ];
}
