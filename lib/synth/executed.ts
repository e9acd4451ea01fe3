import fs from "node:fs";
import path from "node:path";
import { known, type AccessGraph, type Origin } from "@leasehold/proof/access";
import { bootstrapFile } from "@leasehold/proof/output";
import type { ExecutedProblem } from "@leasehold/proof/rules";
import type { Environment } from "../environment/environment";
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

/** What was wrong when the SQL of each environment was run, by the environment's name. */
export async function executedProblems(
  executables: readonly Executable[],
  place: Place,
  perform: Perform,
): Promise<ReadonlyMap<string, readonly ExecutedProblem[]>> {
  const plans = executables.flatMap((each) => plansOf(each, place));
  const outcomes = await perform(plans.map(({ rehearsal }) => rehearsal.acts.map(({ step }) => step)));
  const problems = new Map<string, ExecutedProblem[]>();
  plans.forEach(({ environment, rehearsal, originOf }, index) => {
    const found = problemsOf(rehearsal, outcomes[index] ?? []).map((each) => ({
      at: originOf(each),
      problem: each.problem,
    }));
    problems.set(environment, [...(problems.get(environment) ?? []), ...found]);
  });
  return problems;
}

interface Plan {
  readonly environment: string;
  readonly rehearsal: Rehearsal;
  readonly originOf: (problem: RehearsalProblem) => Origin;
}

function plansOf({ environment, graph }: Executable, { directory, shownAs }: Place): Plan[] {
  return environment.databases
    .filter(({ postgresVersion }) => postgresVersion >= REHEARSED_SINCE)
    .flatMap((database): Plan[] => {
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
