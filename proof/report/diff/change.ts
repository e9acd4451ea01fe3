import type { EnvironmentReport } from "../model";

/** `widened`: somebody reaches more, or for longer; `unchanged`: something else is so, and opens nothing. */
export type Direction = "widened" | "narrowed" | "unchanged";

/** One change of access. */
export interface Change {
  readonly environment: string;
  /** Id of the service, or who else; null where it is about what all share. */
  readonly subject: string | null;
  readonly direction: Direction;
  /** What is different, in one sentence without a full stop. */
  readonly sentence: string;
  /**
   * The text of the promise that it is about.
   * @default - none: it is about access itself
   */
  readonly promise?: string;
}

/** Finds changes of one kind between two reports of one environment. */
export type Comparer = (base: EnvironmentReport, head: EnvironmentReport) => Change[];

/** Seconds as people say them: `24 h`, `15 min`. */
export function spoken(seconds: number): string {
  const units = [
    [86_400, "days", 3],
    [3_600, "h", 1],
    [60, "min", 1],
  ] as const;
  const unit = units.find(([length, , least]) => seconds % length === 0 && seconds >= length * least);
  return unit ? `${seconds / unit[0]} ${unit[1]}` : `${seconds} s`;
}

/** `orders'`, `billing's`. */
export function possessive(name: string): string {
  return name.endsWith("s") ? `${name}'` : `${name}'s`;
}

/** Name of a service where it stands alone in its reports, else its id. */
export function shownService(id: string, reports: readonly EnvironmentReport[]): string {
  const service = reports.flatMap(({ services }) => services).find((each) => each.id === id);
  if (service === undefined) return id;
  const same = reports.some(
    ({ services }) => services.filter(({ name }) => name === service.name).length > 1,
  );
  return same ? id : service.name;
}
