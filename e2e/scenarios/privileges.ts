import { isColumnGrant, isOwnerGrant, type Grant } from "../../lib/postgres";

/** The columns of every table and view of a database. */
export type Columns = Readonly<Record<string, readonly string[]>>;

const BY_COLUMN = ["SELECT", "UPDATE"];

/**
 * What a service may do by its declaration, in the words of e2e/apps/privileges.mjs: reading and changing
 * by column, because PostgreSQL checks these by column, everything else by table.
 */
export function declaredPrivileges(grants: readonly Grant[], columns: Columns): string[] {
  const declared = grants.flatMap((grant) => {
    if (isOwnerGrant(grant)) throw new Error("the bench declares no grants by owner");
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
