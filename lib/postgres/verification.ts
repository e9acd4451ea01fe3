import {
  DEPENDENCIES,
  EXPIRATION_WARNINGS,
  GROUP_ROLES,
  leftToGroups,
  loginFindings,
  membershipFindings,
  ownerFindings,
  TABLES_OF_PUBLIC,
} from "./bootstrap-check";
import { declarationViews, MISSING, SCHEMAS_OF_GRANTS } from "./bootstrap-declaration";
import { isLogin, isNoLogin, loginsOf, type BootstrapInput } from "./bootstrap-input";
import { groupsView, livingLogins, livingView, strangers, UNDECLARED_ROLES } from "./bootstrap-ownership";
import { foreignLookups, LOOKUP_FINDINGS, LOOKUPS, LOOKUPS_UNMADE, lookupChanges } from "./bootstrap-pooler";
import { privilegeViews, UNDECLARED_OF_PUBLIC } from "./bootstrap-privileges";
import { lackingMemberships, MEMBERSHIPS } from "./bootstrap-roles";
import { commonTables } from "./bootstrap-sql";
import { quoteLiteral } from "./identifiers";
import {
  lackingReplication,
  PUBLISHED_BESIDES,
  UNDECLARED_REPLICATION,
  UNPUBLISHED,
  UNREAD_SLOTS,
} from "./replication-check";
import { CREDENTIAL } from "./role-name";

/** What a verification finds, each with what it means and what to do. */
export const VERIFICATION_KINDS = {
  "missing-object": ["error", "is declared and not in this database", "create it, or correct the grant"],
  "missing-role": ["error", "is declared and not there", "run the bootstrap SQL"],
  "missing-privilege": ["error", "is declared and not granted", "run the bootstrap SQL"],
  "excess-privilege": [
    "error",
    "is granted and not declared",
    "run the bootstrap SQL, which revokes it, or declare it",
  ],
  "group-role": [
    "error",
    "a group role is more than the declared privileges",
    "take back what it says, then run the bootstrap SQL",
  ],
  "vault-login": [
    "error",
    "Vault's login has more, or less, than it needs",
    "do what it says, or run the bootstrap SQL",
  ],
  pooler: [
    "error",
    "a pooler finds its users in another way than declared, or those of others",
    "do what it says, or run the bootstrap SQL",
  ],
  "foreign-member": [
    "error",
    "is a member of a group role, and no credential of Vault's",
    "REVOKE the membership: who needs these tables is declared as a service",
  ],
  "orphaned-session": [
    "error",
    "is open though its user was dropped",
    "SELECT pg_terminate_backend(pid); a session that had become another role keeps what that role may do",
  ],
  "expired-role": [
    "error",
    "is past its VALID UNTIL and still there",
    "see the runbook on irrevocable leases; then DROP ROLE",
  ],
  "public-privilege": [
    "error",
    "everybody may",
    "run the bootstrap SQL, which revokes it, or names who still lives on it",
  ],
  "public-table": [
    "warning",
    "every credential has this too, by way of PUBLIC",
    "REVOKE it, unless it is meant for everybody",
  ],
  "public-default": [
    "warning",
    "every credential may, declared or not, for PostgreSQL lets everybody until it is revoked from PUBLIC",
    "grant it to whoever else needs it, and REVOKE it FROM PUBLIC",
  ],
  "definer-function": [
    "warning",
    "is granted, and does what a superuser may, whoever calls it",
    "ALTER FUNCTION … OWNER TO a role that may no more than the function needs",
  ],
  partition: [
    "warning",
    "is declared on one partition, and holds for no other, none to come included",
    "grant it on the partitioned table, which suffices for all that is reached by way of it",
  ],
  "undeclared-replication": [
    "error",
    "is a credential with REPLICATION, and its service declares none: it reads every change, whatever it is granted",
    "apply what is declared, then vault lease revoke -prefix <mount>/creds/<role>",
  ],
  "unpublished-table": [
    "warning",
    "is granted to a service that streams changes, and none of its publications contains it",
    "ALTER PUBLICATION … ADD TABLE, as the owner of both, or leave it where the service only reads the table",
  ],
  "published-table": [
    "warning",
    "is streamed to a service that has no SELECT on it: streaming asks for none",
    "ALTER PUBLICATION … DROP TABLE, or grant the table, so that the declaration says what is read",
  ],
  "replication-slot": [
    "warning",
    "is read by nobody, and the server keeps all WAL since then until its disk is full",
    "start what reads it; if nothing does any more: SELECT pg_drop_replication_slot('…')",
  ],
  "expiration-warning": [
    "warning",
    "every credential expires within that time, so that nobody sees the warnings that matter",
    "set it to 0, or leave it if something else than credentials logs in with a password that ends",
  ],
  "foreign-role": [
    "error",
    "is declared here and is not this environment's",
    "rename the service, the database or the login; or hand the role over by what it says, and run the bootstrap SQL",
  ],
  "unclaimed-role": [
    "warning",
    "is a group role in this database, and does not say of which environment",
    "run the bootstrap SQL of the environment that declares it, which records that",
  ],
  "retired-role": [
    "warning",
    "was a group role of this environment and is no longer declared",
    "run the bootstrap SQL, with --retire <role> while somebody lives on it; DROP ROLE, once Vault issues no credential of it",
  ],
} as const satisfies Record<string, readonly ["error" | "warning", string, string]>;

export type VerificationKind = keyof typeof VERIFICATION_KINDS;

/** What holds where no group role is declared: services with privileges of their own need no bootstrap SQL. */
const WITHOUT_GROUPS: ReadonlySet<VerificationKind> = new Set([
  "expiration-warning",
  "expired-role",
  "retired-role",
  "unclaimed-role",
  "orphaned-session",
  "replication-slot",
]);

/**
 * One query of rows (kind, finding) that compares the catalogs of the database with what is declared.
 * It only reads: the views of the bootstrap SQL, as common tables.
 */
export function renderVerificationSql(input: BootstrapInput): string {
  const { postgresVersion } = input;
  const views = commonTables(
    ...declarationViews(input),
    MEMBERSHIPS,
    groupsView(input),
    livingView(input),
    LOOKUPS,
    lookupChanges(input),
    ...privilegeViews(input),
    DEPENDENCIES,
  );
  const vault = loginsOf(input).map(quoteLiteral).join(" UNION SELECT ");
  const queries: [VerificationKind, string][] = [
    ["missing-object", MISSING],
    [
      "missing-role",
      `SELECT role_name FROM (SELECT role_name FROM leasehold_role UNION SELECT ${vault} UNION SELECT login_name FROM leasehold_pooler) AS declared
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name)`,
    ],
    [
      "missing-privilege",
      `SELECT format('%sGRANT %s TO %I', prefix, what, role_name) FROM leasehold_unfulfilled`,
    ],
    [
      "excess-privilege",
      `SELECT format('%sGRANT %s TO %I', prefix, what, role_name) FROM leasehold_undeclared`,
    ],
    ["group-role", GROUP_ROLES],
    ["group-role", leftToGroups(postgresVersion)],
    ["group-role", ownerFindings(postgresVersion)],
    ["vault-login", loginFindings(input)],
    ["vault-login", membershipFindings(input)],
    [
      "vault-login",
      `SELECT format('Vault''s login %I lacks LOGIN or CREATEROLE, or inherits: ALTER ROLE %I LOGIN CREATEROLE NOINHERIT', rolname, rolname)
    FROM pg_roles WHERE rolname ${isLogin(input)} AND NOT (rolcanlogin AND rolcreaterole AND NOT rolinherit)`,
    ],
    ["vault-login", lackingReplication(input)],
    ["vault-login", lackingMemberships(input)],
    ["pooler", LOOKUPS_UNMADE],
    ["pooler", LOOKUP_FINDINGS],
    ["pooler", foreignLookups(input)],
    ["undeclared-replication", UNDECLARED_REPLICATION],
    [
      "foreign-member",
      `SELECT format('%I in %I', member_role, held_role)
    FROM leasehold_membership JOIN leasehold_role ON held_role = role_name
    JOIN pg_roles ON rolname = member_role
    WHERE member_role ${isNoLogin(input)} AND NOT (rolcanlogin AND rolvaliduntil IS NOT NULL AND starts_with(member_role, '${CREDENTIAL}'))
      AND NOT (${madeByServer(postgresVersion)})`,
    ],
    [
      "expired-role",
      `SELECT format('%I, since %s', rolname, rolvaliduntil) FROM pg_roles
    WHERE rolcanlogin AND rolvaliduntil < now() AND starts_with(rolname, '${CREDENTIAL}') AND NOT EXISTS (
      SELECT FROM leasehold_membership JOIN leasehold_owned ON role_name IN (held_role, member_role) AND role_name <> rolname
      WHERE rolname IN (held_role, member_role) AND owned_by = 'another')`,
    ],
    [
      "orphaned-session",
      `SELECT format('process %s, since %s', pid, backend_start) FROM pg_stat_activity
    WHERE datname = current_database() AND usesysid IS NOT NULL AND usename IS NULL`,
    ],
    ["public-privilege", `SELECT what FROM ${UNDECLARED_OF_PUBLIC}`],
    ["public-table", TABLES_OF_PUBLIC],
    ["public-default", DEFAULTS_OF_PUBLIC],
    ["definer-function", SUPERUSER_FUNCTIONS],
    ["partition", PARTITIONS],
    ["unpublished-table", UNPUBLISHED],
    ["published-table", PUBLISHED_BESIDES],
    ["replication-slot", UNREAD_SLOTS],
    ["expiration-warning", EXPIRATION_WARNINGS],
    ["foreign-role", strangers(input)],
    [
      "unclaimed-role",
      "SELECT format('%I %s', role_name, whose) FROM leasehold_owned WHERE owned_by = 'earlier'",
    ],
    [
      "retired-role",
      `SELECT CASE WHEN EXISTS (SELECT FROM leasehold_living AS living WHERE living.role_name = leasehold_owned.role_name)
      THEN format('%s, in use by %s', role_name, ${livingLogins("role_name")}) ELSE role_name END FROM ${UNDECLARED_ROLES}`,
    ],
  ];
  const rows = (
    input.roles.length === 0 ? queries.filter(([kind]) => WITHOUT_GROUPS.has(kind)) : queries
  ).map(
    ([kind, query]) =>
      `SELECT '${kind}' AS kind, finding::text FROM (\n    ${query.trim()}\n) AS found (finding)`,
  );
  return `${views}\n${rows.join("\nUNION\n")}\nORDER BY 1, 2`;
}

const FUNCTION_NAME = "format('%I.%I(%s)', nspname, proname, oidvectortypes(proargtypes))";

/**
 * What is declared and open to everybody, so that the declaration keeps nobody out; and functions that are not
 * declared, are called by whoever wants to, and do what their owner may. An extension's own are its own to guard.
 */
const DEFAULTS_OF_PUBLIC = `SELECT format('EXECUTE ON FUNCTION %s%s', ${FUNCTION_NAME},
      CASE WHEN prosecdef THEN format(', SECURITY DEFINER: it does what %I may', pg_get_userbyid(proowner)) END)
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace,
      aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl
    WHERE acl.grantee = 0 AND (
      p.oid IN (SELECT oid FROM leasehold_target WHERE kind = 'FUNCTION')
      OR (prosecdef AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
        AND nspname !~ '^pg_' AND nspname <> 'information_schema'
        AND (nspname IN (SELECT schema_name FROM (${SCHEMAS_OF_GRANTS}) AS used)
          OR EXISTS (SELECT FROM aclexplode(nspacl) AS of_schema WHERE of_schema.grantee = 0 AND of_schema.privilege_type = 'USAGE'))
        AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')))
    UNION
    SELECT what FROM leasehold_acl
    WHERE grantee = 0 AND what IN (SELECT what FROM leasehold_target WHERE kind = 'DATABASE' AND privilege <> 'CONNECT')`;

const SUPERUSER_FUNCTIONS = `SELECT format('function %s of the superuser %I', ${FUNCTION_NAME}, rolname)
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace JOIN pg_roles ON pg_roles.oid = proowner
    WHERE prosecdef AND rolsuper AND p.oid IN (SELECT oid FROM leasehold_target WHERE kind = 'FUNCTION')`;

const PARTITIONS = `SELECT format('%s ON TABLE %I.%I to %I, a partition of %s', privilege, schema_name, table_name, role_name, inhparent::regclass)
    FROM leasehold_grant, unnest(table_names) AS table_name, unnest(privileges) AS privilege,
      pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace JOIN pg_inherits ON inhrelid = c.oid
    WHERE nspname = schema_name AND relname = table_name AND relispartition`;

/**
 * From 16 on, whoever creates a role without being a superuser becomes its ADMIN by the server's doing: granted by the
 * superuser of initdb (always 10), with neither INHERIT nor SET, so that it opens no table. Where createrole_self_grant
 * says so, it then grants itself the rest, as it may at any time.
 */
function madeByServer(postgresVersion: BootstrapInput["postgresVersion"]): string {
  if (postgresVersion < 16) return "false";
  return `rolcreaterole AND (grantor = 10 AND admin_option AND NOT inherit_option AND NOT set_option
      OR grantor = member AND NOT admin_option)`;
}
