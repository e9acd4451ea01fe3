import type { AccessGraph, StatementProblem } from "../../access";
import type { Violation } from "../rule";
import { rolesWithStatements } from "./roles";

/** The check of what makes a statement fail as it is written. */
export function problemsOf(
  kind: StatementProblem["kind"],
  fix: string,
): (graph: AccessGraph) => Iterable<Violation> {
  return function* (graph) {
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      for (const { kind: found, argument, message } of statements.problems) {
        if (found === kind) yield { at, message: `${argument}: ${message}`, fix };
      }
    }
  };
}
