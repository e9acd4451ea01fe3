import { NO, notKnown, YES } from "../answer";
import { shownDoubt } from "../doubts";
import type { AccessReports, EnvironmentReport } from "../model";
import type { Change, Direction } from "./change";
import { lifetimeChanges, loginChanges } from "./credentials";
import { grantChanges } from "./grants";
import { ownershipChanges } from "./ownership";
import { promiseChanges, promiseVerdicts, type PromiseVerdict } from "./promises";
import { restChanges } from "./rest";

/** What changes in access between two reports; environments and services are the same by their names. */
export interface AccessDiff {
  readonly version: 2;
  /** `widened` where anything is; the exit code follows from it. */
  readonly direction: Direction;
  readonly changes: readonly Change[];
  /** What neither report knows, so that nobody can say whether it changes. */
  readonly notKnown: readonly string[];
  /** Every promise of both sides, with whether it held and holds. */
  readonly promises: readonly PromiseVerdict[];
}

const COMPARERS = [
  promiseChanges,
  ownershipChanges,
  grantChanges,
  lifetimeChanges,
  loginChanges,
  restChanges,
];
const ORDER: readonly Direction[] = ["widened", "narrowed", "unchanged"];

/** Compares two reports by what they open; where only names or files moved there is no change. */
export function accessDiff(base: AccessReports, head: AccessReports): AccessDiff {
  const names = [...new Set([...base.environments, ...head.environments].map(({ name }) => name))];
  const sides = names.map((name) => {
    const side = ({ environments }: AccessReports) =>
      environments.find((each) => each.name === name) ?? nothing(name);
    return [side(base), side(head)] as const;
  });
  const changes = sides.flatMap(([before, after]) => COMPARERS.flatMap((compare) => compare(before, after)));
  const sorted = ORDER.flatMap((direction) => changes.filter((change) => change.direction === direction));
  return {
    version: 2,
    direction: sorted[0]?.direction ?? "unchanged",
    changes: sorted,
    notKnown: head.environments.flatMap(({ name, doubts }) =>
      doubts.map((doubt) => `${shownDoubt(doubt)} (${name})`),
    ),
    promises: sides.flatMap(([before, after]) => promiseVerdicts(before, after)),
  };
}

/** An environment that is not there opens nothing. */
function nothing(name: string): EnvironmentReport {
  return {
    name,
    source: "rendered",
    vault: notKnown("it is not there"),
    cluster: notKnown("it is not there"),
    readWhole: YES,
    doubts: [],
    notLookedAt: [],
    coverage: { executed: [], modelled: [], assumed: [] },
    services: [],
    logins: [],
    tables: [],
    objects: [],
    matrix: { services: [], tables: [], cells: [], notKnown: [] },
    budgets: [],
    guardrails: [],
    guarantees: [],
    state: { resources: [], arguments: [], secrets: NO },
    findings: [],
    failures: [],
    unknowns: [],
  };
}
