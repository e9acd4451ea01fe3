import type { BootstrapInput } from "./bootstrap-input";
import { block, createViews, runEach, section, type View } from "./bootstrap-sql";
import { quoteLiteral } from "./identifiers";

/**
 * Vault's login, the group roles, and what the login may do with them. Before PostgreSQL 16 CREATEROLE
 * is power over every role but superusers, and NOINHERIT keeps the login from having their privileges
 * unasked. From 16 on a membership says by itself what it is good for, and the plain form would let the
 * login act as the group.
 */
export function rolesSection({ databaseName, login, postgresVersion }: BootstrapInput): string {
  const mark = groupRoleMark(databaseName);
  const vault = quoteLiteral(login);
  return section(
    "3. Roles",
    [
      "Vault's login creates credentials and drops them; it reads no data. A group role holds what one",
      "service may do, and credentials are its members. By its comment a group role is known as ours when",
      "it is no longer declared. A new login has no password yet: set one with psql's \\password.",
      "Where a service acts as an owner, its group role may become it and inherits nothing from it.",
    ],
    createViews(MEMBERSHIPS),
    retireRoles(mark),
    runEach(missingRoles(vault)),
    runEach(
      [missingMarks(mark), ...(postgresVersion < 16 ? plainMemberships : narrowMemberships)(vault)].join(
        "\n    UNION ALL\n",
      ),
    ),
  );
}

/** The comment by which a group role is known as ours, as a literal. */
export function groupRoleMark(databaseName: string): string {
  return quoteLiteral(`leasehold: what one service may do in the database ${databaseName}`);
}

/** Who is a member of which role. */
export const MEMBERSHIPS: View = {
  name: "leasehold_membership",
  query: `  SELECT held.rolname AS held_role, member.rolname AS member_role, membership.*
  FROM pg_auth_members AS membership
  JOIN pg_roles AS held ON held.oid = membership.roleid
  JOIN pg_roles AS member ON member.oid = membership.member`,
};

function retireRoles(mark: string): string {
  return `INSERT INTO leasehold_role
  SELECT rolname, true FROM pg_roles
  WHERE shobj_description(oid, 'pg_authid') = ${mark} AND NOT rolcanlogin
    AND NOT EXISTS (SELECT FROM leasehold_role WHERE role_name = rolname);
${block(`DECLARE
  retired_role text;
BEGIN
  FOR retired_role IN SELECT role_name FROM leasehold_role WHERE retired ORDER BY 1 LOOP
    RAISE NOTICE 'role %: no longer declared and left without privileges; once Vault issues no credential of it: DROP ROLE %;',
      retired_role, quote_ident(retired_role);
  END LOOP;`)}`;
}

function missingRoles(login: string): string {
  return `    SELECT format('CREATE ROLE %I LOGIN CREATEROLE NOINHERIT', ${login})
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${login})
    UNION ALL
    SELECT format('ALTER ROLE %I LOGIN CREATEROLE NOINHERIT', rolname)
    FROM pg_roles WHERE rolname = ${login} AND NOT (rolcanlogin AND rolcreaterole AND NOT rolinherit)
    UNION ALL
    SELECT format('CREATE ROLE %I NOLOGIN', role_name)
    FROM leasehold_role WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name)`;
}

function missingMarks(mark: string): string {
  return `    SELECT format('COMMENT ON ROLE %I IS %L', rolname, ${mark})
    FROM leasehold_role JOIN pg_roles ON rolname = role_name
    WHERE shobj_description(oid, 'pg_authid') IS DISTINCT FROM ${mark}`;
}

/** PostgreSQL 14 and 15. */
function plainMemberships(login: string): string[] {
  return [
    `    SELECT format('GRANT %I TO %I WITH ADMIN OPTION', role_name, ${login})
    FROM leasehold_role WHERE NOT retired AND NOT EXISTS (
      SELECT FROM leasehold_membership
      WHERE held_role = role_name AND member_role = ${login} AND admin_option)`,
    `    SELECT format('ALTER ROLE %I NOINHERIT', rolname)
    FROM leasehold_owner JOIN pg_roles ON rolname = role_name WHERE rolinherit`,
    `    SELECT format('GRANT %I TO %I', owner_name, role_name)
    FROM leasehold_owner WHERE NOT EXISTS (
      SELECT FROM leasehold_membership WHERE held_role = owner_name AND member_role = role_name)`,
    `    SELECT format('GRANT pg_signal_backend TO %I', ${login})
    WHERE NOT EXISTS (
      SELECT FROM leasehold_membership WHERE held_role = 'pg_signal_backend' AND member_role = ${login})`,
  ];
}

/** PostgreSQL 16 and later. */
function narrowMemberships(login: string): string[] {
  return [
    `    SELECT format('GRANT %I TO %I WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', role_name, ${login})
    FROM leasehold_role WHERE NOT retired AND NOT EXISTS (
      SELECT FROM leasehold_membership
      WHERE held_role = role_name AND member_role = ${login}
        AND admin_option AND NOT inherit_option AND NOT set_option)`,
    `    SELECT format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', owner_name, role_name)
    FROM leasehold_owner WHERE NOT EXISTS (
      SELECT FROM leasehold_membership
      WHERE held_role = owner_name AND member_role = role_name AND NOT inherit_option AND set_option)`,
    `    SELECT format('GRANT pg_signal_backend TO %I WITH INHERIT FALSE, SET TRUE', ${login})
    WHERE NOT EXISTS (
      SELECT FROM leasehold_membership
      WHERE held_role = 'pg_signal_backend' AND member_role = ${login} AND NOT inherit_option AND set_option)`,
  ];
}
