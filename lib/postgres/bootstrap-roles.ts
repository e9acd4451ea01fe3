import { isLogin, loginsOf, type BootstrapInput } from "./bootstrap-input";
import { marks, ownershipStatements } from "./bootstrap-ownership";
import { authQuery, POOLER_LOGINS } from "./bootstrap-pooler";
import { runEach, section, type View } from "./bootstrap-sql";
import { quoteLiteral } from "./identifiers";

/**
 * Vault's login, the group roles, and what the login may do with them. Before PostgreSQL 16 CREATEROLE
 * is power over every role but superusers, and NOINHERIT keeps the login from having their privileges
 * unasked. From 16 on a membership says by itself what it is good for, and the plain form would let the
 * login act as the group.
 */
export function rolesSection({ roles, poolers = [], furtherLogins = [] }: BootstrapInput): string {
  const replicates = roles.some(({ replication }) => replication !== undefined);
  return section(
    "4. Roles",
    [
      "Vault's login creates credentials and drops them; it reads no data. A group role holds what one",
      "service may do, and credentials are its members. A new login has no password yet: set one with",
      "psql's \\password. Where a service acts as an owner, its group role may become it and inherits",
      "nothing from it.",
      ...(replicates ? REPLICATES : []),
      ...(furtherLogins.length > 0 ? SEVERAL : []),
      ...poolers.flatMap(({ login }) => ["", `auth_user = ${login}`, `auth_query = ${authQuery(login)}`]),
    ],
    ...ROLE_STEPS.map((step) =>
      runEach(`    SELECT statement FROM leasehold_role_change WHERE step = ${step}`),
    ),
  );
}

/** Roles, what they are good for, and then what poolers need of them. */
export const ROLE_STEPS = [1, 2, 3, 4, 5, 6];

const REPLICATES = [
  "A service streams changes: its credentials have REPLICATION, and so has the login that makes them, until",
  "no service of this database declares it. Whoever has it reads what no grant limits.",
];

const SEVERAL = [
  "Vault has several connections, each with a login. Whoever creates a role may drop it, so each login is a",
  "member of the one before: what a service got by that one ends when it has moved on. It has nothing of it.",
];

/** By its comment a role is known as this environment's; all others are left as they are. */
export function ownershipSection(input: BootstrapInput): string {
  return section(
    "3. Whose roles these are",
    [
      "Other environments may use this database and this server. Each role says in its comment which one",
      "declares it. A role of this one that is no longer declared loses its privileges in this database,",
      "unless somebody lives on it.",
    ],
    ownershipStatements(input),
  );
}

/** Whether a login (a row of pg_roles) has said that it gets nothing of the roles that it creates. */
export const GRANTS_ITSELF_NOTHING = `EXISTS (SELECT FROM pg_db_role_setting
      WHERE setrole = pg_roles.oid AND setdatabase = 0 AND setconfig && ARRAY['createrole_self_grant=', 'createrole_self_grant=""'])`;

/** Who is a member of which role. */
export const MEMBERSHIPS: View = {
  name: "leasehold_membership",
  query: `  SELECT held.rolname AS held_role, member.rolname AS member_role, membership.*
  FROM pg_auth_members AS membership
  JOIN pg_roles AS held ON held.oid = membership.roleid
  JOIN pg_roles AS member ON member.oid = membership.member`,
};

/** The statements that make roles what is declared, each with the role that it is about; the second step needs the roles of the first. */
export function roleChanges(input: BootstrapInput): View {
  const memberships = input.postgresVersion < 16 ? plainMemberships(input) : narrowMemberships(input);
  return {
    name: "leasehold_role_change (step, role_name, statement)",
    query: [
      ...missingRoles(input),
      POOLER_LOGINS,
      ...missingMarks(input),
      ...memberships,
      "    SELECT step, NULL, statement FROM leasehold_lookup_change",
    ].join("\n    UNION ALL\n"),
  };
}

function missingRoles(input: BootstrapInput): string[] {
  return [
    ...literals(input).map(
      (login) => `    SELECT 1, ${login}::text, format('CREATE ROLE %I LOGIN CREATEROLE NOINHERIT', ${login})
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${login})`,
    ),
    `    SELECT 1, rolname::text, format('ALTER ROLE %I LOGIN CREATEROLE NOINHERIT', rolname)
    FROM pg_roles WHERE rolname ${isLogin(input)} AND NOT (rolcanlogin AND rolcreaterole AND NOT rolinherit)`,
    `    SELECT 1, role_name, format('CREATE ROLE %I NOLOGIN', role_name)
    FROM leasehold_role WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name)`,
  ];
}

function literals(input: BootstrapInput): string[] {
  return loginsOf(input).map(quoteLiteral);
}

/** A login that somebody has commented keeps the comment: it is declared by its name, and nothing is taken from it. */
function missingMarks(input: BootstrapInput): string[] {
  const { group, login } = marks(input);
  return [
    `    SELECT 2, role_name, format('COMMENT ON ROLE %I IS %L', role_name, ${group})
    FROM leasehold_role JOIN leasehold_owned USING (role_name) WHERE owned_by <> 'ours'`,
    `    SELECT 2, role_name, format('COMMENT ON ROLE %I IS %L', role_name, ${login})
    FROM leasehold_owned WHERE role_name ${isLogin(input)} AND mark IS NULL`,
  ];
}

/** PostgreSQL 15, and 14, which is out of support. */
function plainMemberships(input: BootstrapInput): string[] {
  const logins = literals(input);
  return [
    ...logins.map(
      (login) => `    SELECT 2, role_name, format('GRANT %I TO %I WITH ADMIN OPTION', role_name, ${login})
    FROM leasehold_role WHERE NOT retired AND NOT EXISTS (
      SELECT FROM leasehold_membership
      WHERE held_role = role_name AND member_role = ${login} AND admin_option)`,
    ),
    `    SELECT 2, rolname::text, format('ALTER ROLE %I NOINHERIT', rolname)
    FROM leasehold_owner JOIN pg_roles ON rolname = role_name WHERE rolinherit`,
    `    SELECT 2, owner_name, format('GRANT %I TO %I', owner_name, role_name)
    FROM leasehold_owner WHERE NOT EXISTS (
      SELECT FROM leasehold_membership WHERE held_role = owner_name AND member_role = role_name)`,
    ...logins.map(
      (login) => `    SELECT 2, 'pg_signal_backend', format('GRANT pg_signal_backend TO %I', ${login})
    WHERE NOT EXISTS (
      SELECT FROM leasehold_membership WHERE held_role = 'pg_signal_backend' AND member_role = ${login})`,
    ),
  ];
}

/**
 * PostgreSQL 16 and later, from which on whoever has REPLICATION may hand it on; before, a superuser alone. Where a server or a database sets createrole_self_grant, whoever creates a role gets what
 * it may do: Vault's login would get the data of every service, by its credentials.
 */
function narrowMemberships(input: BootstrapInput): string[] {
  const logins = literals(input);
  return [
    `    SELECT 2, rolname::text, format('ALTER ROLE %I %s', rolname, CASE WHEN rolreplication THEN 'NOREPLICATION' ELSE 'REPLICATION' END)
    FROM pg_roles WHERE rolname ${isLogin(input)} AND rolreplication <> EXISTS (SELECT FROM leasehold_replication)`,
    `    SELECT 2, rolname::text, format('ALTER ROLE %I SET createrole_self_grant = %L', rolname, '')
    FROM pg_roles WHERE rolname ${isLogin(input)} AND NOT ${GRANTS_ITSELF_NOTHING}`,
    ...logins.map(
      (
        login,
      ) => `    SELECT 2, role_name, format('GRANT %I TO %I WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', role_name, ${login})
    FROM leasehold_role WHERE NOT retired AND NOT EXISTS (
      SELECT FROM leasehold_membership
      WHERE held_role = role_name AND member_role = ${login}
        AND admin_option AND NOT inherit_option AND NOT set_option)`,
    ),
    `    SELECT 2, owner_name, format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', owner_name, role_name)
    FROM leasehold_owner WHERE NOT EXISTS (
      SELECT FROM leasehold_membership
      WHERE held_role = owner_name AND member_role = role_name AND NOT inherit_option AND set_option)`,
    ...logins.map(
      (
        login,
      ) => `    SELECT 2, 'pg_signal_backend', format('GRANT pg_signal_backend TO %I WITH INHERIT FALSE, SET TRUE', ${login})
    WHERE NOT EXISTS (
      SELECT FROM leasehold_membership
      WHERE held_role = 'pg_signal_backend' AND member_role = ${login} AND NOT inherit_option AND set_option)`,
    ),
    ...(logins.length > 1
      ? [
          `    SELECT 2, earlier, format('GRANT %I TO %I WITH INHERIT FALSE, SET FALSE', earlier, later)
    FROM ${unlinkedLogins(input)}`,
        ]
      : []),
  ];
}

/**
 * Logins that cannot end what the one before has created. Vault revokes by the connection that a role has by then, and a
 * role moves to a later one when there are more. A membership of a membership counts, so the one before is enough.
 */
function unlinkedLogins(input: BootstrapInput): string {
  const logins = loginsOf(input).map(quoteLiteral);
  const pairs = logins.slice(1).map((later, index) => `(${logins[index]}, ${later})`);
  return `(VALUES ${pairs.join(", ")}) AS chain (earlier, later)
    WHERE NOT EXISTS (
      SELECT FROM leasehold_membership
      WHERE held_role = earlier AND member_role = later AND NOT inherit_option AND NOT set_option)`;
}

/** Vault's logins without what creating a credential of a group takes, or ending what the login before has created. */
export function lackingMemberships(input: BootstrapInput): string {
  const { postgresVersion, furtherLogins = [] } = input;
  // Of what is not there at all that alone is told.
  const ofGroups = `SELECT format('Vault''s login %I cannot create members of %I: GRANT %I TO %I WITH ADMIN OPTION', login.rolname, role_name, role_name, login.rolname)
    FROM leasehold_role JOIN pg_roles AS held ON held.rolname = role_name, pg_roles AS login
    WHERE login.rolname ${isLogin(input)} AND NOT EXISTS (
      SELECT FROM leasehold_membership
      WHERE held_role = role_name AND member_role = login.rolname AND admin_option)`;
  if (postgresVersion < 16 || furtherLogins.length === 0) return ofGroups;
  return `${ofGroups}
    UNION
    SELECT format('Vault''s login %I cannot end what %I has created: GRANT %I TO %I WITH INHERIT FALSE, SET FALSE', later, earlier, earlier, later)
    FROM ${unlinkedLogins(input)} AND to_regrole(quote_ident(earlier)) IS NOT NULL AND to_regrole(quote_ident(later)) IS NOT NULL`;
}
