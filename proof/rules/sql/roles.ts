import type { AccessGraph, DatabaseRole, StatementAnalysis } from "../../access";

/** The roles whose statements are known. */
export function rolesWithStatements({
  databaseRoles,
}: AccessGraph): (DatabaseRole & { readonly statements: StatementAnalysis })[] {
  return databaseRoles.filter(
    (role): role is DatabaseRole & { statements: StatementAnalysis } => role.statements !== undefined,
  );
}
