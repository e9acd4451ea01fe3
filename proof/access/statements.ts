import { analyseStatements, type StatementAnalysis } from "./sql";
import { isUnknown, type Known } from "./value";

type Statements = Known<readonly Known<string>[]>;

/** What the statements do; nothing where one of them is not known before apply. */
export function loadedStatements(
  creation: Statements,
  revocation: Statements,
  renewal: Statements,
): StatementAnalysis | undefined {
  const [creates, revokes, renews] = [creation, revocation, renewal].map(texts);
  if (creates === undefined || revokes === undefined || renews === undefined) return undefined;
  return analyseStatements({ creation: creates, revocation: revokes, renewal: renews });
}

function texts(statements: Statements): readonly string[] | undefined {
  if (statements === undefined) return [];
  if (isUnknown(statements) || !statements.every((text) => typeof text === "string")) return undefined;
  return statements as readonly string[];
}
