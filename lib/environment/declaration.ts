import { InvalidConfigurationError, type LocatedProblem } from "../core";
import { plainData } from "../core/plain";
import { readShape } from "../core/shape";
import type { DeclaredEnvironment } from "./environment";
import { environmentSchema } from "./schema";

/** The environments whose shape is right, and what is wrong with that of the others. */
export interface Declared {
  readonly environments: readonly DeclaredEnvironment[];
  readonly problems: readonly LocatedProblem[];
}

/**
 * Reads environments as somebody wrote them: in JavaScript, from JSON or behind a cast nobody has checked
 * their shape. What comes out is a copy of plain data.
 */
export function readEnvironments(written: unknown): Declared {
  if (!Array.isArray(written) || written.length === 0) return { environments: [], problems: [none(written)] };
  const read = written.map((each: unknown, index) => {
    const { problems, ...shaped } = readShape(environmentSchema, each);
    if ("value" in shaped) return { environments: [shaped.value], problems: [] };
    const path = nameOf(each) ?? `environments[${index}]`;
    return { environments: [], problems: (problems ?? []).map((problem) => ({ ...problem, path })) };
  });
  const environments = read.flatMap((each) => each.environments);
  environments.forEach((environment) => known.add(environment));
  return {
    environments,
    problems: read.flatMap(({ problems }) => problems),
  };
}

/** What came out of here is nobody else's, and is as it was. */
const known = new WeakSet<DeclaredEnvironment>();

/** @throws InvalidConfigurationError with everything that is wrong with the shape of an environment */
export function assertDeclared(environment: DeclaredEnvironment): void {
  if (known.has(environment)) return;
  const { problems } = readEnvironments([environment]);
  if (problems.length > 0) throw new InvalidConfigurationError(problems);
}

function none(got: unknown): LocatedProblem {
  const must = "be a list of at least one environment";
  return { path: "stacks", property: "environments", must, got, fix: "add one to the list" };
}

/** The name by which messages speak of an environment, if it has one that can be printed. */
function nameOf(environment: unknown): string | undefined {
  const { value } = plainData(environment);
  const name = typeof value === "object" && value !== null && "name" in value ? value.name : undefined;
  return typeof name === "string" && /^[a-z][a-z0-9-]{0,62}$/.test(name) ? name : undefined;
}
