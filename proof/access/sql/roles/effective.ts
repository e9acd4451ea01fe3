import { ownValue } from "../../own";
import { verbsOf, type HeldPrivilege, type SqlRoles, type SqlTarget } from "./model";
import { reachedRoles, type ReachedRole } from "./reach";

/** One verb that a session of a user has, and how it comes to it. */
export interface EffectivePrivilege extends SqlTarget {
  readonly verb: string;
  readonly columns: readonly string[];
  readonly except: readonly string[];
  readonly owner?: string;
  /** The role that has it. */
  readonly role: string;
  /** From the user's first membership to the role; empty where the user has it itself. */
  readonly path: readonly string[];
  readonly becomes: boolean;
  readonly by: "grant" | "ownership" | "superuser" | "predefined" | "replication";
  readonly statement: HeldPrivilege["statement"];
  /** Null: PostgreSQL has it so, and no file says it. */
  readonly file: string | null;
  readonly doubt?: string;
}

export interface EffectivePrivileges {
  readonly privileges: readonly EffectivePrivilege[];
  /** What it may do besides that nobody can read here, in words. */
  readonly unread: readonly string[];
}

/** PostgreSQL's own roles that reach every table. */
const PREDEFINED: Readonly<Record<string, readonly string[]>> = {
  pg_read_all_data: ["SELECT"],
  pg_write_all_data: ["INSERT", "UPDATE", "DELETE"],
  pg_maintain: ["MAINTAIN"],
};

/** With the server's files or programs there is no privilege that matters any more. */
const BEYOND_TABLES = /^pg_(execute_server_program|read_server_files|write_server_files)$/;

/** Roles that a provider of servers has made, and of which only that one knows what they may do. */
const isOfPostgres = (role: string) => role.startsWith("pg_");

/**
 * What a session of a user may do with tables, all ways taken together.
 *
 * @param actsAs the role that it is from the start, where there is one
 */
export function effectivePrivileges(roles: SqlRoles, user: string, actsAs?: string): EffectivePrivileges {
  const reached = [
    ...reachedRoles(roles, user),
    ...(actsAs === undefined ? [] : reachedRoles(roles, actsAs).map((each) => fromOwner(each, actsAs))),
  ].filter((each, index, all) => all.findIndex(({ role }) => role === each.role) === index);
  // Whoever may become an owner by what is declared needs no other SQL that says what the owner may.
  const declared = roles.held.flatMap(({ statement, owner }) =>
    statement === "ownership" && owner !== undefined ? [owner] : [],
  );
  const known = new Set([...roles.named, ...declared]);
  return {
    privileges: reached.flatMap((each) => privilegesOf(each, roles)),
    unread: [
      ...(reached.some((each) => isReplicating(each, roles)) ? [REPLICATION] : []),
      ...reached.flatMap(({ role }) => {
        if (BEYOND_TABLES.test(role))
          return [`it is a member of ${role}, which reaches the server's files and programs`];
        if (known.has(role) || isOfPostgres(role) || role === user || role === "PUBLIC") return [];
        return [`it is a member of ${role}, and no SQL that was read says what that role may do`];
      }),
      ...roles.doubts
        .filter(({ role }) => role === undefined || reached.some((each) => each.role === role))
        .map(({ file, line, text }) => `${file}:${line}: ${text}`),
    ],
  };
}

/** Of the tables of this database it reads each change; of the others nobody says here which there are. */
const REPLICATION =
  "it has REPLICATION, which reads every change in every database of the server that it may connect to, and by a base backup all that is there, as far as pg_hba.conf lets it";

/** No membership inherits an attribute: a session has it that is the role. */
function isReplicating({ role, isSession }: ReachedRole, { replicating }: SqlRoles): boolean {
  return isSession && replicating.includes(role);
}

function fromOwner(reached: ReachedRole, owner: string): ReachedRole {
  return reached.role === "PUBLIC"
    ? reached
    : { ...reached, path: reached.role === owner ? [owner] : [owner, ...reached.path], becomes: true };
}

const NO_LIMITS = { columns: [], except: [], statement: "GRANT" } as const;

function privilegesOf(reached: ReachedRole, roles: SqlRoles): EffectivePrivilege[] {
  const { role, path, becomes, isSession } = reached;
  const base = { role, path, becomes };
  const why = (doubt: string | undefined) => {
    const found = reached.doubt ?? doubt;
    return found === undefined ? {} : { doubt: found };
  };
  const isSuperuser = isSession && roles.superusers.includes(role);
  const all = (verb: string, by: EffectivePrivilege["by"]) => ({
    ...base,
    ...NO_LIMITS,
    on: "TABLE",
    verb,
    by,
    file: null,
    ...why(undefined),
  });
  return [
    ...roles.held
      .filter((each) => each.role === role)
      .map(({ line, ...each }) => ({
        ...base,
        ...each,
        by: each.statement === "ownership" ? ("ownership" as const) : ("grant" as const),
        ...why(each.doubt),
      })),
    ...roles.owners
      .filter((each) => each.role === role && each.on === "TABLE")
      .flatMap(({ revoked, doubt, on, schema, name, file }) =>
        [...verbsOf("TABLE", "ALL").filter((verb) => !revoked.includes(verb)), "ALTER", "DROP"].map(
          (verb) => ({
            ...base,
            ...NO_LIMITS,
            on,
            ...(schema !== undefined && { schema }),
            ...(name !== undefined && { name }),
            verb,
            by: "ownership" as const,
            file,
            ...why(doubt),
          }),
        ),
      ),
    ...(ownValue(PREDEFINED, role) ?? []).map((verb) => all(verb, "predefined")),
    ...(isReplicating(reached, roles) ? [all("SELECT", "replication")] : []),
    ...(isSuperuser
      ? [...verbsOf("TABLE", "ALL"), "ALTER", "DROP", "CREATE"].map((verb) => all(verb, "superuser"))
      : []),
  ];
}
