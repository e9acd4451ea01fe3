import type { Problem } from "../../core";

/** A field of a cron schedule: its bounds, and the names that stand for its numbers. */
interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Minute, hour, day of the month, month, day of the week; Kubernetes knows no Sunday 7. */
const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: WEEKDAYS },
];

const MACRO = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/;

/** Whether Kubernetes reads the schedule: five fields, or a word such as `@daily`. */
export function scheduleProblems(property: string, schedule: string): Problem[] {
  const fields = schedule.split(" ");
  const readable =
    fields.length === FIELDS.length &&
    FIELDS.every((field, index) => fields[index]?.split(",").every((part) => isPart(part, field)));
  if (MACRO.test(schedule)) return [];
  if (readable) return neverRuns(fields) ? [never(property, schedule)] : [];
  return [
    {
      property,
      must: "be five fields of cron (minute, hour, day of the month, month, day of the week 0 to 6) or a word such as @daily",
      got: schedule,
      fix: "write it like \"15 * * * *\"; a time zone goes into 'timeZone'",
    },
  ];
}

/** Days of the months, in a leap year. */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Whether no month has such a day. A weekday that is restricted too would be enough for a run: Kubernetes takes
 * either, unless one of the two fields is `*`.
 */
function neverRuns([, , days = "*", months = "*", weekdays = "*"]: readonly string[]): boolean {
  const isAny = (field: string) => field.split(",").some((part) => /^[*?](?:\/1)?$/.test(part));
  if (isAny(days) || !isAny(weekdays)) return false;
  const earliest = Math.min(...days.split(",").map((part) => start(part)));
  return !LENGTHS.some((length, month) => earliest <= length && runsIn(months, month + 1));
}

function start(part: string, field: Field = { min: 1, max: 31 }): number {
  const [from = ""] = (part.split("/")[0] ?? "").split("-");
  return from === "*" || from === "?" ? field.min : position(from, field);
}

function runsIn(months: string, month: number): boolean {
  const field = FIELDS[3] ?? { min: 1, max: 12 };
  return months.split(",").some((part) => {
    const [range = "*", step] = part.split("/");
    const [from = "", to] = range.split("-");
    const first = start(part, field);
    const open = from === "*" || from === "?" || (step !== undefined && to === undefined);
    const last = to !== undefined ? position(to, field) : open ? field.max : first;
    return month >= first && month <= last && (month - first) % Number(step ?? 1) === 0;
  });
}

function never(property: string, got: string): Problem {
  const must = "name a day that there is: none of its months has that many days, so it would never run";
  return {
    property,
    must,
    got,
    fix: 'correct day or month; the last of a month is no cron field, "28" is in each',
  };
}

/** `*`, `5`, `1-5`, `mon-fri`, and any of them with a step: `0-30/10`. */
function isPart(part: string, field: Field): boolean {
  const [range = "", step, ...rest] = part.split("/");
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d?$/.test(step))) return false;
  if (range === "*" || range === "?") return true;
  const [from = Number.NaN, to = from, ...more] = range.split("-").map((text) => position(text, field));
  return more.length === 0 && from >= field.min && to <= field.max && from <= to;
}

/** The number that a text stands for; not a number, if it stands for none. */
function position(text: string, { min, names = [] }: Field): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const index = names.indexOf(text.toLowerCase());
  return index < 0 ? Number.NaN : index + min;
}

/** Whether it is the name of a time zone, such as the control plane finds in its own list. */
export function timeZoneProblems(property: string, timeZone: string): Problem[] {
  if (/^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(timeZone) && isTimeZone(timeZone)) return [];
  return [
    {
      property,
      must: "be the name of a time zone",
      got: timeZone,
      fix: 'write it like "Europe/Berlin" or "Etc/UTC"',
    },
  ];
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}
