import fs from "node:fs";
import path from "node:path";
import { known, type AccessGraph, type Origin } from "@leasehold/proof/access";
import { bootstrapFile } from "@leasehold/proof/output";
import type { Context } from "@leasehold/proof/rules";
import { wholeOf, type ClusterEnvironment } from "../environment/clusters";
import {
  canBeRehearsed,
  databaseToRehearse,
  planOf,
  problemsOf,
  type DatabaseToRehearse,
  type Outcome,
  type Perform,
  type Rehearsal,
  type RehearsalProblem,
} from "../rehearsal";

type Executed = NonNullable<Context["executed"]>;

/** What is executed: an environment as it was read back, and where its files are. */
interface Executable {
  readonly environment: ClusterEnvironment;
  readonly graph: AccessGraph;
}

/** Where the SQL for the DBA lies, and under which name people know it. */
interface Place {
  readonly directory: string;
  readonly shownAs: string;
}

/** What came of running the SQL of each environment that has some, by the environment's name. */
export async function execute(
  executables: readonly Executable[],
  place: Place,
  perform: Perform,
): Promise<ReadonlyMap<string, Executed>> {
  const parts = executables.flatMap((each) => partsOf(each, place));
  const run = parts.filter(({ rehearsed }) => canBeRehearsed(rehearsed));
  const rehearsals = run.map(({ rehearsed }) => planOf(rehearsed));
  const outcomes = await performOnce(rehearsals, perform);
  const found = run.map(({ environment, originOf }, index) => {
    const problems = problemsOf(rehearsals[index] as Rehearsal, outcomes[index] ?? []);
    return { environment, problems: problems.map((each) => ({ at: originOf(each), problem: each.problem })) };
  });
  return new Map(
    [...new Set(run.map(({ environment }) => environment))].map((name) => [
      name,
      {
        problems: found.filter((each) => each.environment === name).flatMap(({ problems }) => problems),
        isWhole: parts.every((each) => each.environment !== name || run.includes(each)),
      },
    ]),
  );
}

/** What several clusters have in common is the same in each, and is run once. */
async function performOnce(
  rehearsals: readonly Rehearsal[],
  perform: Perform,
): Promise<(readonly Outcome[])[]> {
  const all = rehearsals.map(({ acts }) => acts.map(({ step }) => step));
  const texts = all.map((steps) => JSON.stringify(steps));
  const different = [...new Set(texts)];
  const outcomes = await perform(different.map((text) => all[texts.indexOf(text)] ?? []));
  return texts.map((text) => outcomes[different.indexOf(text)] ?? []);
}

/** A database of an environment, with what was rendered for it. */
interface Part {
  readonly environment: string;
  readonly rehearsed: DatabaseToRehearse;
  readonly originOf: (problem: RehearsalProblem) => Origin;
}

function partsOf({ environment, graph }: Executable, { directory, shownAs }: Place): Part[] {
  const whole = wholeOf(environment);
  return whole.databases.flatMap((database): Part[] => {
    const file = bootstrapFile(whole.name, database.name);
    const onDisk = path.join(directory, file);
    const bootstrap = fs.existsSync(onDisk) ? fs.readFileSync(onDisk, "utf8") : undefined;
    const rehearsed = databaseToRehearse(whole, database, graph, bootstrap);
    if (rehearsed.roles.length === 0) return [];
    const ofBootstrap: Origin = { address: path.basename(file), file: path.join(shownAs, file), line: 1 };
    const originOf = ({ of }: RehearsalProblem) =>
      (of.kind === "role" && originOfRole(graph, database.name, of.name)) || ofBootstrap;
    return [{ environment: environment.name, rehearsed, originOf }];
  });
}

function originOfRole({ databaseRoles }: AccessGraph, database: string, name: string): Origin | undefined {
  return databaseRoles.find((role) => known(role.database) === database && known(role.name) === name)?.origin;
}
