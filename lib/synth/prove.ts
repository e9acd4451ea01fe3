import fs from "node:fs";
import path from "node:path";
import { readGraph, type AccessGraph, type ReadFailure, type TextFile } from "@leasehold/proof/access";
import { groupBy, seconds } from "../core";
import { partsOf, wholeOf, type ClusterEnvironment } from "../environment/clusters";
import { ownNamespaces, stackNames } from "../environment/derive";
import type { DeclaredEnvironment } from "../environment/environment";
import type { Guardrails } from "../environment/guardrails";
import { promisesOf } from "../environment/guarantees";
import { vaultConnections } from "../environment/vault-connections";
import {
  everyRule,
  judge,
  refusing,
  type Context,
  type Finding,
  type Findings,
  type Limits,
  type OtherEnvironment,
} from "@leasehold/proof/rules";
import {
  accessReport,
  guaranteeFindings,
  judgeGuarantees,
  type GuaranteeReport,
} from "@leasehold/proof/report";
import { dayOf, readText, UnreadableError } from "@leasehold/proof/input";
import { bootstrapFile, gapsOf, manifestsDirectory, stackFile } from "@leasehold/proof/output";
import type { Perform } from "../rehearsal";
import { execute } from "./executed";
import { gapsFor } from "./whole";
import { witnessAt, type Witness } from "./witness";

/** What a synth wrote, and the name under which people know it. */
export interface Rendered {
  readonly directory: string;
  /** @default - the directory itself */
  readonly shownAs?: string;
  /**
   * Where services stood before, beside which steps of migrations are judged; `none` where nobody knows.
   * @default - where they stand now: nothing has changed
   */
  readonly witness?: Witness | "none";
  /**
   * The day in UTC, such as `2027-03-31`, for waivers that end.
   * @default - today, by the clock of whoever runs this
   */
  readonly today?: string;
  /**
   * Runs the SQL, once nothing else refuses it.
   * @default - it is not run
   */
  readonly perform?: Perform;
}

/** The graph of an environment in one cluster, read back from what was rendered. */
export interface EnvironmentGraph {
  readonly environment: ClusterEnvironment;
  readonly graph: AccessGraph;
  readonly failures: readonly ReadFailure[];
}

/** An environment with what the rules found in it, and what they judged by. */
export interface JudgedEnvironment extends EnvironmentGraph {
  readonly context: Context;
  readonly findings: readonly Finding[];
  /** Its promises, judged. */
  readonly guarantees: readonly GuaranteeReport[];
}

/** What was found, in all and by environment. */
export interface Proof extends Findings {
  readonly environments: readonly JudgedEnvironment[];
}

/**
 * Reads environments back and judges each by every rule.
 *
 * @param others environments that are read too: one of the judged may have to equal one of them, or get into its way
 */
export async function prove(
  environments: readonly DeclaredEnvironment[],
  rendered: Rendered,
  others: readonly DeclaredEnvironment[] = [],
): Promise<Proof> {
  const read = [...new Set([...environments, ...others])];
  const parts = read.map((environment) => partsOf(environment, read));
  const graphs = await Promise.all(parts.flat().map((part) => readBack(part, rendered)));
  const failures = unique([
    ...gapsOf(rendered.directory).map(as(rendered)),
    ...graphs.flatMap((each) => each.failures),
  ]);
  const judgedAs = (environment: ClusterEnvironment, executed?: Context["executed"]) =>
    graphs
      .filter((each) => each.environment === environment)
      .map((each) => judgedEnvironment(each, graphs, rendered, executed));
  const judgedParts = parts.slice(0, new Set(environments).size).flat();
  const atFirst = unitedOf(judgedParts.flatMap((part) => judgedAs(part)));
  const holds = failures.length === 0 && refusing(atFirst.flatMap(({ findings }) => findings)).length === 0;
  const judged =
    holds && rendered.perform ? unitedOf(await executedToo(atFirst, rendered, judgedAs)) : atFirst;
  return { findings: once(judged.flatMap(({ findings }) => findings)), failures, environments: judged };
}

/** A waiver is that of an environment: it accepts something where it does so in one of the clusters. */
function unitedOf(judged: readonly JudgedEnvironment[]): JudgedEnvironment[] {
  const unmatched = judged.map(({ findings }) => new Set(findings.filter(isUnmatched).map(keyOf)));
  return judged.map((each) => {
    const everywhere = (finding: Finding) =>
      judged.every(
        (other, index) =>
          !isSame(other.environment, each.environment) || unmatched[index]?.has(keyOf(finding)) === true,
      );
    const findings = each.findings.filter((finding) => !isUnmatched(finding) || everywhere(finding));
    return { ...each, findings };
  });
}

function isUnmatched({ rule }: Finding): boolean {
  return rule === "waiver/unmatched";
}

/** What clusters have in common is found in each of them, and told once. */
function once(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [keyOf(finding), finding])).values()];
}

const keyOf = (finding: Finding) => JSON.stringify(finding);

/** What was wrong when it was run is judged like all else; nobody is judged twice who has nothing new. */
async function executedToo(
  atFirst: readonly JudgedEnvironment[],
  { perform = async () => [], directory, shownAs = directory }: Rendered,
  judgedAs: (environment: ClusterEnvironment, executed: Context["executed"]) => JudgedEnvironment[],
): Promise<JudgedEnvironment[]> {
  const came = await execute(atFirst, { directory, shownAs }, perform);
  return atFirst.flatMap((each) => {
    const executed = came.get(each.environment.name);
    const isWaived = each.environment.waivers?.some(({ rule }) => rule === EXECUTED) === true;
    if (executed === undefined || (executed.problems.length === 0 && !isWaived))
      return { ...each, context: { ...each.context, executed } };
    return judgedAs(each.environment, executed);
  });
}

/**
 * The access graph of one environment: its stacks, its manifests and the SQL of its group roles, as one. What of
 * these is not there is among the failures.
 */
export async function readBack(
  environment: ClusterEnvironment,
  rendered: Rendered,
): Promise<EnvironmentGraph> {
  const { directory, shownAs = directory } = rendered;
  const unread: ReadFailure[] = [];
  const read = (file: string): TextFile[] => {
    try {
      return [{ file: path.join(shownAs, file), text: readText(path.join(directory, file)) }];
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      unread.push({ file: error.file, message: error.reason });
      return [];
    }
  };
  const roots = stackNames(environment).map((stack) => ({
    directory: path.dirname(path.join(shownAs, stackFile(stack))),
    files: read(stackFile(stack)),
  }));
  const manifests = manifestFiles(environment, directory).flatMap(read);
  const whole = wholeOf(environment);
  const sql = whole.databases
    .map(({ name }) => bootstrapFile(whole.name, name))
    .filter((file) => fs.existsSync(path.join(directory, file)))
    .flatMap(read);
  const { graph, failures } = await readGraph({ terraform: { roots, plans: [] }, manifests, sql });
  const gaps = [...unread, ...gapsFor(environment, directory)].map(as(rendered));
  return { environment, graph, failures: [...gaps, ...failures] };
}

/** A failure under the name that people know the output by. */
function as({ directory, shownAs = directory }: Rendered): (failure: ReadFailure) => ReadFailure {
  return ({ file, ...failure }) => ({ ...failure, file: path.join(shownAs, path.relative(directory, file)) });
}

/** The first that is told of a file says enough. */
function unique(failures: readonly ReadFailure[]): ReadFailure[] {
  const key = ({ file, line, message }: ReadFailure) => `${file}:${line}:${message.split(/[,;]/)[0]}`;
  return [...new Map(failures.map((each) => [key(each), each])).values()];
}

/** The patches; a chart's values are the same once more, and no manifest. */
function manifestFiles({ name }: ClusterEnvironment, directory: string): string[] {
  const manifests = manifestsDirectory(name);
  const onDisk = path.join(directory, manifests);
  if (!fs.existsSync(onDisk)) return [];
  const files = fs.readdirSync(onDisk).filter((file) => !file.endsWith(".values.yaml"));
  return files.sort().map((file) => path.join(manifests, file));
}

const EXECUTED = "proof/executed";

function judgedEnvironment(
  { environment, graph, failures }: EnvironmentGraph,
  graphs: readonly EnvironmentGraph[],
  rendered: Rendered,
  executed: Context["executed"],
): JudgedEnvironment {
  const predecessor = graphs.find((other) => other.environment.name === environment.provenIn);
  const context: Context = {
    limits: limitsOf(environment.guardrails),
    capacities: new Map(
      environment.databases.flatMap((database) =>
        vaultConnections(environment, database).map(({ name }) => [
          name,
          { maxConnections: database.maxConnections },
        ]),
      ),
    ),
    siblings: siblingsOf(environment, graphs),
    others: othersOf(environment, graphs),
    predecessor: predecessor && { name: predecessor.environment.name, graph: predecessor.graph },
    namespaces: new Set(ownNamespaces(environment)),
    witness: witnessOf(environment, rendered),
    executed,
  };
  // What was not run matches nothing.
  const waivers = (environment.waivers ?? []).filter(
    ({ rule }) => executed !== undefined || rule !== EXECUTED,
  );
  const guarantees = guaranteesOf({ environment, graph, failures }, context);
  const { today = dayOf(new Date()) } = rendered;
  const judgement = {
    rules: everyRule,
    context,
    waivers,
    waiversFile: literalOf(wholeOf(environment)),
    today,
  };
  const findings = [...judge(graph, judgement), ...guaranteeFindings(guarantees, judgement.waiversFile)];
  return { environment, graph, failures, context, guarantees, findings };
}

/** The same environment in its other clusters. */
function siblingsOf(environment: ClusterEnvironment, graphs: readonly EnvironmentGraph[]): AccessGraph[] {
  return graphs
    .filter((each) => each.environment !== environment && isSame(each.environment, environment))
    .map(({ graph }) => graph);
}

/** Each other environment once, in all of its clusters. */
function othersOf(environment: ClusterEnvironment, graphs: readonly EnvironmentGraph[]): OtherEnvironment[] {
  const foreign = graphs.filter((each) => !isSame(each.environment, environment));
  const byName = groupBy(foreign, (each) => wholeOf(each.environment).name);
  return [...byName].flatMap(([name, [first, ...more]]) =>
    first === undefined ? [] : [{ name, graph: first.graph, siblings: more.map(({ graph }) => graph) }],
  );
}

function isSame(one: ClusterEnvironment, other: ClusterEnvironment): boolean {
  return wholeOf(one).name === wholeOf(other).name;
}

/** What stands for a file in findings about what an environment says itself: which file that is, is not known here. */
export function literalOf({ name }: Pick<DeclaredEnvironment, "name">): string {
  return `environment ${name}`;
}

/** The promises of an environment, judged on what its report says; without one nobody needs the report for it. */
function guaranteesOf(
  { environment, graph, failures }: EnvironmentGraph,
  context: Context,
): readonly GuaranteeReport[] {
  const promises = promisesOf(environment);
  if (promises.length === 0) return [];
  const { name } = environment;
  const report = accessReport(graph, { name, findings: [], failures, context, source: "rendered" });
  return judgeGuarantees(promises, { report, graph, others: context.others ?? [] });
}

/** Where the services of an environment stood before. */
function witnessOf({ name }: ClusterEnvironment, { directory, witness }: Rendered): Context["witness"] {
  const told = witness ?? witnessAt(directory, "this synth") ?? "none";
  const stages = told === "none" || !Object.hasOwn(told.stages, name) ? undefined : told.stages[name];
  if (told === "none" || stages === undefined) return undefined;
  return { name: told.name, stages: new Map(Object.entries(stages)) };
}

function limitsOf(guardrails: Guardrails): Limits {
  return { ...guardrails, maxTtl: seconds(guardrails.maxTtl) };
}
