import type { AccessReports } from "@leasehold/proof/report";
import { isColumnGrant, isTableGrant, type Grant } from "../../lib/postgres";

/** The columns of every table and view of a database. */
export type Columns = Readonly<Record<string, readonly string[]>>;

const BY_COLUMN = ["SELECT", "UPDATE"];

/** The same by the access report, which was read back from what was applied. */
export function reportedPrivileges(
  { environments }: AccessReports,
  service: string,
  columns: Columns,
): string[] {
  const own = environments.flatMap(({ services }) => services.filter(({ name }) => name === service));
  const privileges = own.flatMap(({ accesses }) => accesses.flatMap((access) => access.privileges));
  const reported = privileges
    .filter(({ object }) => object === "table")
    .flatMap(({ verb, table, columns: some }) =>
      BY_COLUMN.includes(verb)
        ? (some.length > 0 ? some : (columns[table] ?? [])).map((name) => `${verb}(${name}) ${table}`)
        : [`${verb} ${table}`],
    );
  return [...new Set(reported)].sort();
}

/**
 * What a service may do by its declaration, in the words of e2e/apps/privileges.mjs: reading and changing
 * by column, because PostgreSQL checks these by column, everything else by table.
 */
export function declaredPrivileges(grants: readonly Grant[], columns: Columns): string[] {
  const declared = grants.flatMap((grant) => {
    if (!isTableGrant(grant)) throw new Error("the bench declares grants on tables by name");
    return grant.tables.flatMap((table) =>
      grant.privileges.flatMap((privilege) =>
        BY_COLUMN.includes(privilege)
          ? (isColumnGrant(grant) ? grant.columns : (columns[table] ?? [])).map(
              (name) => `${privilege}(${name}) ${table}`,
            )
          : [`${privilege} ${table}`],
      ),
    );
  });
  return [...new Set(declared)].sort();
}
