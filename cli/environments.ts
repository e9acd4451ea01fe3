import { UsageError, working } from "@leasehold/proof/cli";
import path from "node:path";
import { inWords } from "../lib/core/plain";
import { InvalidConfigurationError } from "../lib/core";
import type { DeclaredEnvironment } from "../lib/environment/environment";
import { configurationProblems } from "../lib/environment/problems";
import { load } from "./load";
import { ENVIRONMENTS, projectOf } from "./project";
import { checkTypes, UncompiledError } from "./types";

/** The environments that commands speak of, read when one of them needs them. */
export type Environments = () => Promise<readonly DeclaredEnvironment[]>;

let read: Promise<readonly DeclaredEnvironment[]> | undefined;

/** Those of the project in which the program runs. */
export const environmentsHere: Environments = () => (read ??= environmentsOf(projectOf(process.cwd())));

/**
 * The environments that a project lists.
 *
 * @throws UncompiledError where they do not compile
 * @throws UsageError where the list is none
 */
async function environmentsOf(project: string): Promise<readonly DeclaredEnvironment[]> {
  await checkDeclared(project);
  const { environments } = await working("reading the environments", () =>
    load<{ environments?: unknown }>(project, ENVIRONMENTS),
  );
  if (Array.isArray(environments)) return environments as DeclaredEnvironment[];
  const got = environments === undefined ? "no such export" : inWords(environments).text;
  throw new UsageError(
    `${path.relative(process.cwd(), path.join(project, ENVIRONMENTS))} must export 'environments', a list of environments, got ${got}; write it like export const environments: readonly Environment[] = [staging, production]`,
  );
}

/**
 * Checks the types of a project, and of one that does not compile its environments as well, without their types: where
 * a literal may be of several kinds, as a grant may, the compiler picks one and speaks of all that this one does not
 * allow, which need not be the key that is misspelt.
 *
 * @throws UncompiledError with what the compiler says, and what is wrong with the environments
 */
export async function checkDeclared(project: string): Promise<void> {
  try {
    await checkTypes(project);
  } catch (error) {
    if (!(error instanceof UncompiledError)) throw error;
    const problems = await problemsWithoutTypes(project);
    if (problems.length === 0) throw error;
    throw new UncompiledError(`${error.message}\n${new InvalidConfigurationError(problems).message}`);
  }
}

/** None where what does not compile does not run either: then it is for the compiler to say. */
async function problemsWithoutTypes(project: string) {
  try {
    const { environments } = await load<{ environments: readonly DeclaredEnvironment[] }>(
      project,
      ENVIRONMENTS,
    );
    return configurationProblems(environments);
  } catch {
    return [];
  }
}
