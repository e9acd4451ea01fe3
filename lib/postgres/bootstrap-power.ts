import type { BootstrapInput } from "./bootstrap-input";
import { UNDECLARED_OF_PUBLIC } from "./bootstrap-privileges";
import { raiseIfAny } from "./bootstrap-sql";

/**
 * Everything that whoever runs the script may not do, before the first of it is done, with who may. Only what is
 * still to be changed counts. A superuser may all of it; elsewhere it takes CREATEROLE, and to own what is granted.
 */
export function powerCheck({ postgresVersion }: BootstrapInput): string {
  return raiseIfAny(
    "EXCEPTION",
    "nothing was changed, for whoever runs this may not do all of it (a superuser may, or a role with CREATEROLE that owns what is granted):",
    `    SELECT lacking.finding FROM (
${[rolesLacking(postgresVersion), OBJECTS_LACKING, defaultsLacking(postgresVersion), PUBLIC_LACKING].join("\n    UNION\n")}
    ) AS lacking (finding), pg_roles AS runner WHERE runner.rolname = current_user AND NOT runner.rolsuper`,
  );
}

/** From 16 on CREATEROLE is power over those roles only that one has made, or is an ADMIN of. */
function rolesLacking(postgresVersion: BootstrapInput["postgresVersion"]): string {
  const admin = "pg_has_role(role.oid, 'MEMBER WITH ADMIN OPTION')";
  const needs =
    postgresVersion < 16
      ? `CASE WHEN runner.rolcreaterole OR statement LIKE 'GRANT %' AND coalesce(${admin}, false) THEN NULL ELSE 'CREATEROLE' END`
      : `concat_ws(' and ',
        CASE WHEN NOT runner.rolcreaterole AND (role.oid IS NULL OR statement NOT LIKE 'GRANT %') THEN 'CREATEROLE' END,
        CASE WHEN NOT ${admin} THEN format('ADMIN OPTION on %I', role_name) END)`;
  return `    SELECT format('%s: takes %s', statement, needed)
    FROM leasehold_role_change LEFT JOIN pg_roles AS role ON role.rolname = role_name
    JOIN pg_roles AS runner ON runner.rolname = current_user, LATERAL (SELECT ${needs} AS needed) AS needs
    WHERE needed <> ''`;
}

/** The planner may ask the last question of privileges that no column has, before it knows which rows are of columns. */
const OBJECTS_LACKING = `    SELECT format('GRANT %s: takes its owner, %I', what, pg_get_userbyid(CASE kind
      WHEN 'DATABASE' THEN (SELECT datdba FROM pg_database AS d WHERE d.oid = target.oid)
      WHEN 'SCHEMA' THEN (SELECT nspowner FROM pg_namespace AS n WHERE n.oid = target.oid)
      ELSE (SELECT relowner FROM pg_class AS c WHERE c.oid = target.oid) END))
    FROM leasehold_target AS target JOIN leasehold_unfulfilled USING (role_name, what)
    WHERE prefix = '' AND NOT CASE kind
      WHEN 'DATABASE' THEN has_database_privilege(target.oid, privilege || ' WITH GRANT OPTION')
      WHEN 'SCHEMA' THEN has_schema_privilege(target.oid, privilege || ' WITH GRANT OPTION')
      WHEN 'SEQUENCE' THEN has_sequence_privilege(target.oid, privilege || ' WITH GRANT OPTION')
      WHEN 'TABLE' THEN has_table_privilege(target.oid, privilege || ' WITH GRANT OPTION')
      ELSE CASE WHEN privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
        THEN has_any_column_privilege(target.oid, privilege || ' WITH GRANT OPTION') END END`;

function defaultsLacking(postgresVersion: BootstrapInput["postgresVersion"]): string {
  const acts = postgresVersion < 16 ? "MEMBER" : "USAGE";
  return `    SELECT format('%s%s: takes a member of %I', prefix, 'GRANT ' || what, owner_name)
    FROM leasehold_unfulfilled JOIN leasehold_owner_grant USING (role_name) JOIN pg_roles ON rolname = owner_name
    WHERE prefix <> '' AND starts_with(prefix, format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA ', owner_name))
      AND NOT pg_has_role(pg_roles.oid, '${acts}')`;
}

const PUBLIC_LACKING = `    SELECT format('REVOKE %s FROM PUBLIC: takes its owner, %I', what, owner_name)
    FROM (SELECT DISTINCT what FROM ${UNDECLARED_OF_PUBLIC}) AS of_public JOIN (
      SELECT format('%s ON DATABASE %I', privilege, datname) AS what, pg_get_userbyid(datdba) AS owner_name,
        has_database_privilege(oid, privilege || ' WITH GRANT OPTION') AS may
      FROM pg_database, unnest(ARRAY['CONNECT', 'CREATE']) AS privilege
      UNION ALL
      SELECT format('CREATE ON SCHEMA %I', nspname), pg_get_userbyid(nspowner), has_schema_privilege(oid, 'CREATE WITH GRANT OPTION')
      FROM pg_namespace
    ) AS object USING (what)
    WHERE NOT may`;
