import type { AccessReports, EnvironmentReport } from "../model";
import type { Change, Direction } from "./change";
import { lifetimeChanges, loginChanges } from "./credentials";
import { grantChanges } from "./grants";
import { ownershipChanges } from "./ownership";
import { restChanges } from "./rest";

/** What changes in access between two reports; environments and services are the same by their names. */
export interface AccessDiff {
  readonly version: 1;
  /** `widened` where anything is; the exit code follows from it. */
  readonly direction: Direction;
  readonly changes: readonly Change[];
}

const COMPARERS = [ownershipChanges, grantChanges, lifetimeChanges, loginChanges, restChanges];
const ORDER: readonly Direction[] = ["widened", "narrowed", "unchanged"];

/** Compares two reports by what they open; where only names or files moved there is no change. */
export function accessDiff(base: AccessReports, head: AccessReports): AccessDiff {
  const names = [...new Set([...base.environments, ...head.environments].map(({ name }) => name))];
  const changes = names.flatMap((name) => {
    const [before, after] = [base, head].map(({ environments }) =>
      environments.find((each) => each.name === name),
    );
    return COMPARERS.flatMap((compare) => compare(before ?? nothing(name), after ?? nothing(name)));
  });
  const sorted = ORDER.flatMap((direction) => changes.filter((change) => change.direction === direction));
  return { version: 1, direction: sorted[0]?.direction ?? "unchanged", changes: sorted };
}

/** An environment that is not there opens nothing. */
function nothing(name: string): EnvironmentReport {
  return {
    name,
    services: [],
    logins: [],
    tables: [],
    matrix: { services: [], tables: [], cells: [] },
    budgets: [],
    guardrails: [],
    state: { resources: [], arguments: [], secrets: "none" },
    findings: [],
    failures: [],
    unknowns: [],
  };
}
