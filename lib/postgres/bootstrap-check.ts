import { isLogin, type BootstrapInput, type PostgresVersion } from "./bootstrap-input";
import { LOOKUP_FINDINGS, LOOKUPS_LEFT } from "./bootstrap-pooler";
import { UNDECLARED_OF_PUBLIC } from "./bootstrap-privileges";
import { createViews, raiseIfAny, section, type View } from "./bootstrap-sql";

/** Looks at the result and takes everything back if it is more or less than what is declared. */
export function checkSection(input: BootstrapInput): string {
  const { postgresVersion } = input;
  const findings = [
    DIFFERENCES,
    GROUP_ROLES,
    ownerFindings(postgresVersion),
    loginFindings(input),
    membershipFindings(input),
    LOOKUP_FINDINGS,
    LOOKUPS_LEFT,
  ];
  return section(
    "7. Check",
    ["What could not be repaired above is an error, and an error leaves everything as it was."],
    createViews(DEPENDENCIES),
    raiseIfAny(
      "EXCEPTION",
      "nothing was changed, for the result would not be what is declared:",
      findings.join(UNION),
    ),
    raiseIfAny(
      "WARNING",
      "not declared, and left as it is, for this cannot take it:",
      leftToGroups(postgresVersion),
    ),
    raiseIfAny("WARNING", "every credential has this too, by way of PUBLIC:", TABLES_OF_PUBLIC),
    raiseIfAny("WARNING", "the server warns of every credential:", EXPIRATION_WARNINGS),
    DROP_VIEWS,
  );
}

/** The temporary tables go by themselves. */
const DROP_VIEWS = `DROP VIEW leasehold_living_on_public, leasehold_undeclared, leasehold_unfulfilled, leasehold_declared,
  leasehold_target, leasehold_held, leasehold_acl, leasehold_role_change, leasehold_lookup_change, leasehold_lookup, leasehold_living, leasehold_owned,
  leasehold_dependency, leasehold_membership;`;

const UNION = "\n    UNION\n";

/** A superuser revokes what the owner granted; what another role granted, only that role revokes. */
const DIFFERENCES = `    SELECT format('not declared, and revoked only by a session of %I: %sREVOKE %s FROM %I',
      pg_get_userbyid(grantor), prefix, what, role_name)
    FROM leasehold_undeclared JOIN leasehold_held USING (role_name, prefix, what)
    UNION
    SELECT format('declared, but not granted, so run this as the owner or a superuser: %sGRANT %s TO %I', prefix, what, role_name)
    FROM leasehold_unfulfilled
    UNION
    SELECT format('not declared, and revoked only by a session of %I: REVOKE %s FROM PUBLIC',
      pg_get_userbyid(grantor), what)
    FROM ${UNDECLARED_OF_PUBLIC} AND what NOT IN (SELECT what FROM leasehold_kept)`;

/** What has no place among the privileges above: ownership, other databases, kinds of objects that are not known here. */
export const DEPENDENCIES: View = {
  name: "leasehold_dependency",
  query: `  SELECT rolname AS role_name, classid, deptype = 'o' AS owned, dbid NOT IN (0, here.oid) AS elsewhere,
    format('%s %s', CASE deptype WHEN 'o' THEN 'owns' ELSE 'holds privileges on' END,
      CASE WHEN dbid IN (0, here.oid) THEN pg_describe_object(classid, objid, objsubid)
        ELSE format('an object of the database %I', there.datname) END) AS finding
  FROM pg_shdepend JOIN pg_roles ON pg_roles.oid = refobjid AND refclassid = 'pg_authid'::regclass
  JOIN pg_database AS here ON here.datname = current_database()
  LEFT JOIN pg_database AS there ON there.oid = dbid
  WHERE deptype IN ('a', 'o')`,
};

/** Group roles that are more than a bundle of privileges on tables. */
export const GROUP_ROLES = `    SELECT format('group role %I can log in or has attributes; if it is no other role by mistake: '
      'ALTER ROLE %I NOLOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS', rolname, rolname)
    FROM leasehold_role JOIN pg_roles ON rolname = role_name
    WHERE rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
    UNION
    SELECT format('group role %I %s', role_name, finding)
    FROM leasehold_role JOIN leasehold_dependency USING (role_name)
    WHERE owned`;

/** Kinds of objects whose access lists are read, and revoked. */
const KNOWN_CLASSES = [
  "pg_auth_members",
  "pg_class",
  "pg_database",
  "pg_default_acl",
  "pg_foreign_data_wrapper",
  "pg_foreign_server",
  "pg_language",
  "pg_largeobject",
  "pg_namespace",
  "pg_proc",
  "pg_tablespace",
  "pg_type",
];

/**
 * What group roles hold that nobody declared and that this connection cannot take: in another database, and on kinds
 * of objects that are not known here. It is nothing that every other service should wait for.
 */
export function leftToGroups(postgresVersion: PostgresVersion): string {
  const known = [...KNOWN_CLASSES, ...(postgresVersion < 16 ? [] : ["pg_parameter_acl"])];
  return `    SELECT format('group role %I %s', role_name, finding)
    FROM leasehold_role JOIN leasehold_dependency USING (role_name)
    WHERE NOT owned AND CASE WHEN elsewhere THEN NOT retired
      ELSE classid NOT IN (${known.map((each) => `'${each}'::regclass`).join(", ")}) END`;
}

/** Owners that are more than owners, and group roles that are more than able to become one. */
export function ownerFindings(postgresVersion: PostgresVersion): string {
  const inherits = postgresVersion < 16 ? "rolinherit" : "inherit_option";
  return `    SELECT format('owner %I can log in or has attributes; if it is no other role by mistake: '
      'ALTER ROLE %I NOLOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS', rolname, rolname)
    FROM leasehold_owner JOIN pg_roles ON rolname = owner_name
    WHERE rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
    UNION
    SELECT format('group role %I has what %I may do without becoming it; revoke that membership, granted by %I, and run this again',
      member_role, held_role, pg_get_userbyid(grantor))
    FROM leasehold_owner JOIN leasehold_membership ON held_role = owner_name AND member_role = role_name
    JOIN pg_roles ON rolname = member_role
    WHERE ${inherits}`;
}

const REPLICATES = "EXISTS (SELECT FROM leasehold_replication)";

/** What Vault's login has beyond what creating credentials takes. */
export function loginFindings(input: BootstrapInput): string {
  return `    SELECT format('Vault''s login %I has more than it needs; if it is no other role by mistake: '
      'ALTER ROLE %I NOSUPERUSER NOCREATEDB%s NOBYPASSRLS', rolname, rolname, CASE WHEN NOT ${REPLICATES} THEN ' NOREPLICATION' END)
    FROM pg_roles WHERE rolname ${isLogin(input)} AND (rolsuper OR rolcreatedb OR rolreplication AND NOT ${REPLICATES} OR rolbypassrls)
    UNION
    SELECT format('Vault''s login %I %s', role_name, finding)
    FROM leasehold_dependency
    WHERE role_name ${isLogin(input)} AND (owned OR classid IN ('pg_class'::regclass, 'pg_default_acl'::regclass))`;
}

/** Memberships by which the login could act as a role that may read data. */
export function membershipFindings(input: BootstrapInput): string {
  const { postgresVersion, furtherLogins = [] } = input;
  const harmless =
    postgresVersion < 16
      ? "held_role IN (SELECT role_name FROM leasehold_role UNION SELECT role_name FROM leasehold_owned WHERE owned_by IN ('ours', 'earlier'))"
      : "NOT inherit_option AND NOT set_option";
  return `    SELECT format('Vault''s login %I can act as %I: REVOKE %I FROM %I', member_role, held_role, held_role, member_role)
    FROM leasehold_membership
    WHERE member_role ${isLogin(input)} AND held_role <> 'pg_signal_backend' AND NOT (${harmless})${furtherLogins.length > 0 ? adminsAmong(input) : ""}`;
}

/** With ADMIN one of Vault's logins could set the password of another, which Vault alone knows. */
function adminsAmong(input: BootstrapInput): string {
  return `
    UNION
    SELECT format('Vault''s login %I may change the login %I: REVOKE ADMIN OPTION FOR %I FROM %I', member_role, held_role, held_role, member_role)
    FROM leasehold_membership WHERE member_role ${isLogin(input)} AND held_role ${isLogin(input)} AND admin_option`;
}

/** What every credential may touch besides, because everybody may. */
export const TABLES_OF_PUBLIC = `    SELECT what FROM leasehold_acl
    WHERE grantee = 0 AND what ~ ' ON (TABLE|SEQUENCE) ' AND what !~ ' ON TABLE (pg_catalog|information_schema)[.]'`;

/**
 * From 19 on the server warns, in its log and its client's, at each login with a password that ends within a week. It
 * is a setting of the server, which no role or database has of its own; before 19 there is none, and no row.
 */
export const EXPIRATION_WARNINGS = `    SELECT format('each login with a password that expires within %s is a warning in the server''s log and its client''s; '
      'as a superuser: ALTER SYSTEM SET password_expiration_warning_threshold = 0, SELECT pg_reload_conf(); '
      'on a managed server the same in its parameters', threshold)
    FROM current_setting('password_expiration_warning_threshold', true) AS threshold WHERE threshold <> '0'`;
