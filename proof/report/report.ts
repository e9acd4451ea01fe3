import { shownNotJudged, type AccessGraph, type ReadFailure } from "../access";
import type { Context, Finding } from "../rules";
import { budgetsOf } from "./budget";
import { compare } from "./compare";
import { coverageOf, NOT_CLOSED } from "./coverage";
import { guardrailsOf } from "./guardrails";
import { notLookedAt } from "./delivery";
import { doubtsOf, readWhole } from "./doubts";
import type {
  AccessReports,
  EnvironmentReport,
  GuaranteeReport,
  MadeReport,
  ReportedFinding,
  ServiceReport,
} from "./model";
import { peopleReports } from "./people";
import { withoutSecrets } from "./redacted";
import { servicesOf } from "./services";
import { stateOf } from "./state";
import { matrixOf, reachedIn } from "./tables";
import { whereOf } from "./where";
import { placeOf } from "./words";

/** What a report tells beside the graph. */
export interface ReportInput {
  /** Of the environment, or of the folder. */
  readonly name: string;
  /** What the rules found, waived or not. */
  readonly findings: readonly Finding[];
  readonly failures: readonly ReadFailure[];
  /** What the rules judged by. */
  readonly context: Context;
  /**
   * Promises, judged.
   * @default - none were made
   */
  readonly guarantees?: readonly GuaranteeReport[];
  /** What was read. */
  readonly source: EnvironmentReport["source"];
}

/** Who may reach which table in one configuration, and what that rests on. */
export function accessReport(
  graph: AccessGraph,
  { name, findings, failures, context, source, guarantees = [] }: ReportInput,
): EnvironmentReport {
  const services = servicesOf(graph);
  const people = peopleReports(graph, services.privileges);
  const { tables, objects } = reachedIn(graph, services, people);
  const logins = graph.authRoles.flatMap((role) => services.logins.reports.get(role) ?? []);
  const whole = readWhole(graph, failures);
  return withoutSecrets<EnvironmentReport>({
    name,
    source,
    ...whereOf(graph),
    readWhole: whole,
    doubts: doubtsOf(graph, services, failures, people),
    notLookedAt: [
      ...(source === "rendered" ? [] : [NOT_CLOSED, ...graph.unread.map(shownNotJudged)]),
      ...notLookedAt(graph),
    ],
    coverage: coverageOf(graph, source, context),
    services: services.reports,
    ...(people.length > 0 && { people }),
    logins,
    tables,
    objects,
    matrix: matrixOf(services.reports, people, tables),
    budgets: budgetsOf(graph, context),
    guardrails: guardrailsOf(graph, findings, context, whole),
    guarantees,
    state: stateOf(graph, findings, whole),
    findings: findings.map((finding) => reported(finding, services.reports)),
    failures: failures.map(({ file, line, message }) => ({ file, line: line ?? null, message })),
    unknowns: graph.unknowns.map(({ at, argument, expression }) => ({
      place: placeOf(at),
      argument,
      expression,
    })),
  });
}

/**
 * Reports of several environments; each pair of names is compared.
 *
 * @param made when and from which commit; only who runs this knows
 */
export function accessReports(
  environments: readonly EnvironmentReport[],
  pairs: readonly (readonly [left: string, right: string])[],
  made: MadeReport,
): AccessReports {
  const named = (name: string) => environments.filter((each) => each.name === name);
  return {
    version: 2,
    made,
    environments,
    comparisons: pairs.flatMap(([left, right]) =>
      named(left).flatMap((a) => named(right).map((b) => compare(a, b))),
    ),
  };
}

/** A finding is about the services on whose way the resource stands. */
function reported(finding: Finding, services: readonly ServiceReport[]): ReportedFinding {
  const about = services.filter(({ accesses, workloads }) =>
    [
      ...workloads.map(({ place }) => place),
      ...accesses.flatMap(({ hops }) =>
        hops.filter(({ kind }) => kind !== "connection").flatMap(({ place }) => place ?? []),
      ),
    ].some(({ address, file }) => address === finding.resource && file === finding.file),
  );
  return { ...finding, services: about.map(({ id }) => id) };
}
