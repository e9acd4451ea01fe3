import { repeated, type LocatedProblem, type Problem } from "../core";
import { peopleProblems } from "../people";
import { peopleStackNames, servicePlatform } from "./derive";
import type { Environment } from "./environment";

/** What is wrong with the people of an environment, each by itself and beside its services. */
export function peopleProblemsOf(environment: Environment): LocatedProblem[] {
  const { name, people = [] } = environment;
  const [stack = name] = peopleStackNames(environment);
  const platform = servicePlatform(environment);
  return [
    ...nameProblems(environment).map((problem) => ({ ...problem, path: name })),
    ...people.flatMap((each) =>
      peopleProblems({ ...each, platform }).map((problem) => ({ ...problem, path: `${stack}/${each.name}` })),
    ),
  ];
}

/** Roles and policies are called after either, and so are promises. */
function nameProblems({ services, people = [] }: Environment): Problem[] {
  const names = people.map(({ name }) => name);
  const taken = new Set(services.map(({ name }) => name));
  return [...repeated(names), ...new Set(names.filter((name) => taken.has(name)))].map((name) => ({
    property: "people",
    must: "have names that no other people and no service have",
    got: name,
    fix: 'rename them after what they do, such as "support"',
  }));
}
