import type { Problem } from "@leasehold/proof/core";

/** A length of time as the field writes it: a whole number and one unit, `"20s"`, `"15m"`, `"1h"`, `"30d"`. */
export type Duration = `${number}${"s" | "m" | "h" | "d"}`;

const SECONDS_PER_UNIT = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const PATTERN = /^(\d{1,9})([smhd])$/;

/** The duration in seconds; throws on text that {@link durationProblems} refuses. */
export function seconds(duration: Duration): number {
  const match = PATTERN.exec(duration);
  if (!match) {
    throw new Error(`${JSON.stringify(duration)} is not a duration such as "15m" or "1h"`);
  }
  return Number(match[1]) * SECONDS_PER_UNIT[match[2] as keyof typeof SECONDS_PER_UNIT];
}

/** The shortest exact spelling: `3600` is `"1h"`, `90` is `"90s"`. */
export function toDuration(totalSeconds: number): Duration {
  for (const unit of ["d", "h", "m"] as const) {
    if (totalSeconds > 0 && totalSeconds % SECONDS_PER_UNIT[unit] === 0) {
      return `${totalSeconds / SECONDS_PER_UNIT[unit]}${unit}`;
    }
  }
  return `${totalSeconds}s`;
}

/** Whether the text is a duration at all, and longer than nothing. */
export function durationProblems(property: string, duration: string): Problem[] {
  if (PATTERN.test(duration) && seconds(duration as Duration) > 0) return [];
  return [
    {
      property,
      must: 'be a duration of more than nothing: a whole number and one of s, m, h, d, such as "15m" or "1h"',
      got: duration,
      fix: 'write it as "90s", "15m", "1h" or "7d"',
    },
  ];
}

/** Whether the text is a duration that {@link seconds} can read: for rules that compare two of them. */
export function isDuration(duration: string): duration is Duration {
  return durationProblems("", duration).length === 0;
}
