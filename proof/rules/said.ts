import type { Finding } from "./finding";

/** Seconds as people write them: `1h`, `90s`. */
export function duration(seconds: number): string {
  const units = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "m"],
  ] as const;
  const unit = units.find(([length]) => seconds >= length && seconds % length === 0);
  return unit ? `${seconds / unit[0]}${unit[1]}` : `${seconds}s`;
}

/** `12 days left` */
export function daysLeft(days: number): string {
  if (days === 0) return "its last day";
  return `${days} day${days === 1 ? "" : "s"} left`;
}

/** Why a finding is accepted, and for how long: `a reason (until 2027-03-31, 12 days left)`. */
export function shownWaived({ waived, waiver }: Finding): string {
  const { until = null, daysLeft: left = null } = waiver ?? {};
  return until === null || left === null ? `${waived}` : `${waived} (until ${until}, ${daysLeft(left)})`;
}
