import { UsageError, working } from "@leasehold/proof/cli";
import path from "node:path";
import { inWords } from "../lib/core/plain";
import type { DeclaredEnvironment } from "../lib/environment/environment";
import { load } from "./load";
import { ENVIRONMENTS, projectOf } from "./project";
import { checkTypes } from "./types";

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
  await checkTypes(project);
  const { environments } = await working("reading the environments", () =>
    load<{ environments?: unknown }>(project, ENVIRONMENTS),
  );
  if (Array.isArray(environments)) return environments as DeclaredEnvironment[];
  const got = environments === undefined ? "no such export" : inWords(environments).text;
  throw new UsageError(
    `${path.relative(process.cwd(), path.join(project, ENVIRONMENTS))} must export 'environments', a list of environments, got ${got}; write it like export const environments: readonly Environment[] = [staging, production]`,
  );
}
