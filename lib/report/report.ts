import type { AccessGraph, ReadFailure } from "../access";
import type { Context, Finding } from "../rules";
import { budgetsOf } from "./budget";
import { compare } from "./compare";
import { guardrailsOf } from "./guardrails";
import type { AccessReports, EnvironmentReport, ReportedFinding, ServiceReport } from "./model";
import { withoutSecrets } from "./redacted";
import { servicesOf } from "./services";
import { stateOf } from "./state";
import { matrixOf, tablesOf } from "./tables";
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
}

/** Who may reach which table in one configuration, and what that rests on. */
export function accessReport(
  graph: AccessGraph,
  { name, findings, failures, context }: ReportInput,
): EnvironmentReport {
  const services = servicesOf(graph);
  const tables = tablesOf(graph, services);
  return withoutSecrets<EnvironmentReport>({
    name,
    services: services.reports,
    logins: graph.authRoles.flatMap((role) => services.logins.reports.get(role) ?? []),
    tables,
    matrix: matrixOf(
      services.reports.map(({ id }) => id),
      tables,
    ),
    budgets: budgetsOf(graph, context),
    guardrails: guardrailsOf(graph, findings, context),
    state: stateOf(graph, findings),
    findings: findings.map((finding) => reported(finding, services.reports)),
    failures: failures.map(({ file, line, message }) => ({ file, line: line ?? null, message })),
    unknowns: graph.unknowns.map(({ at, argument, expression }) => ({
      place: placeOf(at),
      argument,
      expression,
    })),
  });
}

/** Reports of several environments; each pair of names is compared. */
export function accessReports(
  environments: readonly EnvironmentReport[],
  pairs: readonly (readonly [left: string, right: string])[],
): AccessReports {
  const named = (name: string) => environments.filter((each) => each.name === name);
  return {
    version: 1,
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
