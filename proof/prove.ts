import path from "node:path";
import { readGraph, type AccessGraph, type ReadFailure } from "./access";
import { dayOf, readProject, shown, type Project } from "./input";
import { accessReport, type EnvironmentReport } from "./report";
import { allRules, judge, limits as known, type Context, type Findings, type Waiver } from "./rules";

/** What a configuration is held to. Everything has a default, and the defaults are the strict ones. */
export interface ProofOptions {
  /**
   * The guardrails: the longest life of a credential, transport, audit devices, replicas, protection.
   * @default limits.strict
   * @protects from what people depend on, judged as if it were a laptop
   */
  readonly limits?: Context["limits"];
  /**
   * The servers' `max_connections`, by the name of Vault's connection.
   * @default - none
   * @protects nothing: whether the credentials of all pods fit into a server is not judged
   */
  readonly capacities?: Context["capacities"];
  /**
   * Findings that are accepted, each by rule and resource and with a reason. One that accepts nothing is an error
   * itself, so that it hides no mistake to come.
   * @default - none
   * @protects from a finding that nobody has decided about
   */
  readonly waivers?: readonly Waiver[];
  /**
   * Where the waivers stand, for the findings about them.
   * @default - the words "the waivers"
   * @protects nothing
   */
  readonly waiversFile?: string;
  /**
   * The day in UTC, such as `2027-03-31`, for waivers that end.
   * @default - today, by the clock of whoever runs this
   * @protects from an exception that was meant for a while and stays
   */
  readonly today?: string;
  /**
   * Name of the configuration in the report.
   * @default - the name of the first folder or file
   * @protects nothing
   */
  readonly name?: string;
  /**
   * What was read, as the report says it.
   * @default - "plan" or "state" where nothing else was read, else "written"
   * @protects from a report that says more than was read: only a state tells what is deployed
   */
  readonly source?: EnvironmentReport["source"];
}

/** What a configuration is worth. */
export interface Proven extends Findings {
  /** Who may reach which table, and what that rests on; made when it is first asked for. */
  readonly report: EnvironmentReport;
}

/**
 * Reads everything below some paths as one configuration, whoever wrote it, and judges it by every rule: Terraform
 * in HCL and JSON (`cdktf.out` is such a folder), plans, Kubernetes YAML, SQL with grants. It writes nothing.
 *
 * It is proven where `refusing(findings)` and `failures` are both empty: what could not be read was not judged.
 *
 * @param paths folders or files
 * @throws ExpectedError where a path is not there, or nothing below it can be judged
 */
export async function prove(
  paths: string | readonly string[],
  { limits = known.strict, capacities = new Map(), ...options }: ProofOptions = {},
): Promise<Proven> {
  const given = typeof paths === "string" ? [paths] : paths;
  const { waivers = [], waiversFile = "the waivers", name = nameOf(given), source } = options;
  const { today = dayOf(new Date()) } = options;
  const project = readProject(given);
  const { graph, failures: unread } = await readGraph(project);
  const context = { limits, capacities };
  const findings = judge(graph, { rules: allRules, context, waivers, waiversFile, today });
  const told = [...project.failures, ...unread];
  const silent = findings.length + told.length === 0 && !isUnderstood(graph);
  const failures = silent ? [nothingUnderstood(given, graph)] : told;
  const notJudged = [...project.notJudged, ...graph.notJudged, ...graph.unread];
  let report: EnvironmentReport | undefined;
  return {
    findings,
    failures,
    notJudged,
    get report() {
      const input = { name, findings, failures, context, source: source ?? sourceOf(project) };
      return (report ??= accessReport(graph, input));
    },
  };
}

function nameOf([first = ""]: readonly string[]): string {
  return path.basename(path.resolve(first));
}

/** Only a plan or a state alone says more than what is written. */
function sourceOf({ terraform: { roots, plans } }: Project): EnvironmentReport["source"] {
  if (roots.length > 0 || plans.length === 0) return "written";
  return plans.some(({ text }) => text.includes('"planned_values"')) ? "plan" : "state";
}

/** Whether anything of the graph is what the rules are about: Vault, Kubernetes, or privileges in PostgreSQL. */
function isUnderstood({ terraform, notJudged: _, unread: __, ...nodes }: AccessGraph): boolean {
  if (Object.values(nodes).some((each: readonly unknown[] | object) => Object.values(each).flat().length > 0))
    return true;
  return terraform.resources.some(({ type }) => /^(vault|kubernetes|helm|postgresql)_/.test(type));
}

/** No finding is no good news where nothing was judged. */
function nothingUnderstood(paths: readonly string[], { terraform }: AccessGraph): ReadFailure {
  const types = [...new Set(terraform.resources.map(({ type }) => type))].sort();
  const held =
    types.length === 0
      ? "no resources"
      : `resources of ${types.slice(0, 6).join(", ")}${types.length > 6 ? " and others" : ""}`;
  return {
    file: paths.map(shown).join(", "),
    message: `nothing there is of Vault, Kubernetes or PostgreSQL's privileges, so nothing was judged; it holds ${held}`,
  };
}
