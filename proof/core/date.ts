import type { Problem } from "./problem";

const DAY = 86_400_000;

/** What is wrong with a day that somebody wrote, as `2027-03-31`. */
export function dayProblems(property: string, day: string): Problem[] {
  if (isDay(day)) return [];
  const must = 'be a day of the calendar, written like "2027-03-31"';
  return [{ property, must, got: day, fix: "write year, month and day, with two digits for the last two" }];
}

/** Whether a text is a day that there is: the 31st of April is none. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Days from one day to another; negative where the other one is before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY);
}
