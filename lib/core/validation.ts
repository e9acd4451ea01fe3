import type { Construct } from "constructs";
import { inWords } from "./plain";
import { ExpectedError, WITHHELD, Words, type Problem } from "@leasehold/proof/core";
import { holdsSecret, withoutUserinfo } from "@leasehold/proof/core";

/** A problem together with the construct path it belongs to. */
export interface LocatedProblem extends Problem {
  /** Construct path, such as `production/orders`. */
  readonly path: string;
}

/** Thrown when a configuration is refused; carries every problem found, not only the first. */
export class InvalidConfigurationError extends ExpectedError {
  constructor(readonly problems: readonly LocatedProblem[]) {
    const lines = formatProblems(problems);
    const count = lines.length === 1 ? "a problem" : `${lines.length} problems`;
    super([`the configuration has ${count}:`, ...lines.map((line) => `  ${line}`)].join("\n"));
    this.name = "InvalidConfigurationError";
  }
}

/** `[production/orders] 'ttl.default' must be …, got "2h"; shorten it`. */
export function formatProblem({ path, property, must, got, fix }: LocatedProblem): string {
  return `[${path}] '${property}' must ${must}, got ${describe(got)}; ${fix}`;
}

/** A line each; what several environments have in common is one mistake, and told once: `[local, staging: orders] …`. */
export function formatProblems(problems: readonly LocatedProblem[]): string[] {
  const told = new Map<string, LocatedProblem[]>();
  for (const problem of problems) {
    const key = formatProblem({ ...problem, path: split(problem.path).below });
    told.set(key, [...(told.get(key) ?? []), problem]);
  }
  return [...told.values()].map((same) => {
    const [first] = same as [LocatedProblem];
    const stacks = [...new Set(same.map(({ path }) => split(path).stack))];
    if (stacks.length === 1) return formatProblem(first);
    const { below } = split(first.path);
    return formatProblem({ ...first, path: [stacks.join(", "), below].filter(Boolean).join(": ") });
  });
}

/** The stack, which begins with the environment's name, and what is inside. */
function split(path: string): { stack: string; below: string } {
  const [stack = "", ...below] = path.split("/");
  return { stack, below: below.join("/") };
}

/** Throws one error with all problems of a construct's props; nothing is defined yet at that point. */
export function assertValid(scope: Construct, id: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const path = scope.node.path === "" ? id : `${scope.node.path}/${id}`;
  throw new InvalidConfigurationError(problems.map((problem) => ({ ...problem, path })));
}

/** The same problems, seen from the object that holds the value under `prefix`. */
export function within(prefix: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({
    ...problem,
    property: problem.property === "" ? prefix : `${prefix}.${problem.property}`,
  }));
}

/** A whole number within bounds, both included. */
export function integerProblems(property: string, value: number, min: number, max: number): Problem[] {
  if (Number.isInteger(value) && value >= min && value <= max) return [];
  return [
    {
      property,
      must: `be a whole number from ${min} to ${max}`,
      got: value,
      fix: `choose one from ${min} to ${max}`,
    },
  ];
}

/** The values that occur more than once, each named once. */
export function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

/** A value as error texts show it: short, in JSON, never a secret and never the login in an address. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value instanceof Words) return value.text;
  // Only its beginning is shown, and only that is looked at: a text may be of any length.
  const text = withoutUserinfo(asText(value).slice(0, 2000));
  if (holdsSecret(text)) return WITHHELD.text;
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function asText(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  try {
    return JSON.stringify(value) ?? inWords(value).text;
  } catch {
    return inWords(value).text;
  }
}
