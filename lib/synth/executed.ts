import fs from "node:fs";
import path from "node:path";
import { known, type AccessGraph, type Origin } from "@leasehold/proof/access";
import { bootstrapFile } from "@leasehold/proof/output";
import type { Context } from "@leasehold/proof/rules";
import type { Database, Environment } from "../environment/environment";
import {
  databaseToRehearse,
  planOf,
  problemsOf,
  REHEARSED_SINCE,
  type Perform,
  type Rehearsal,
  type RehearsalProblem,
} from "../rehearsal";

/** What is executed: an environment as it was read back, and where its files are. */
interface Executable {
  readonly environment: Environment;
  readonly graph: AccessGraph;
}

/** Where the SQL for the DBA lies, and under which name people know it. */
interface Place {
  readonly directory: string;
  readonly shownAs: string;
}

type Executed = NonNullable<Context["executed"]>;

/** What came of running the SQL of each environment that has some, by the environment's name. */
export async function execute(
  executables: readonly Executable[],
  place: Place,
  perform: Perform,
): Promise<ReadonlyMap<string, Executed>> {
  const plans = executables.flatMap((each) => plansOf(each, place));
  const outcomes = await perform(plans.map(({ rehearsal }) => rehearsal.acts.map(({ step }) => step)));
  const found = plans.map(({ environment, rehearsal, originOf }, index) => ({
    environment,
    problems: problemsOf(rehearsal, outcomes[index] ?? []).map((each) => ({
      at: originOf(each),
      problem: each.problem,
    })),
  }));
  return new Map(
    executables
      .filter(({ environment }) => found.some((each) => each.environment === environment.name))
      .map(({ environment: { name, databases } }) => [
        name,
        {
          problems: found.filter((each) => each.environment === name).flatMap((each) => each.problems),
          isWhole: databases.every(isExecuted),
        },
      ]),
  );
}

function isExecuted({ postgresVersion }: Database): boolean {
  return postgresVersion >= REHEARSED_SINCE;
}

interface Plan {
  readonly environment: string;
  readonly rehearsal: Rehearsal;
  readonly originOf: (problem: RehearsalProblem) => Origin;
}

function plansOf({ environment, graph }: Executable, { directory, shownAs }: Place): Plan[] {
  return environment.databases.filter(isExecuted).flatMap((database): Plan[] => {
    const file = bootstrapFile(environment.name, database.name);
    const onDisk = path.join(directory, file);
    const bootstrap = fs.existsSync(onDisk) ? fs.readFileSync(onDisk, "utf8") : undefined;
    const rehearsed = databaseToRehearse(environment, database, graph, bootstrap);
    if (rehearsed.roles.length === 0) return [];
    const ofBootstrap: Origin = { address: path.basename(file), file: path.join(shownAs, file), line: 1 };
    const originOf = ({ of }: RehearsalProblem) =>
      (of.kind === "role" && originOfRole(graph, database.name, of.name)) || ofBootstrap;
    return [{ environment: environment.name, rehearsal: planOf(rehearsed), originOf }];
  });
}

function originOfRole({ databaseRoles }: AccessGraph, connection: string, name: string): Origin | undefined {
  return databaseRoles.find((role) => known(role.connection) === connection && known(role.name) === name)
    ?.origin;
}
