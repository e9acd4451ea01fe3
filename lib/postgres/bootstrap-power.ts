import type { BootstrapInput } from "./bootstrap-input";
import { LOOKUPS_LACKING } from "./bootstrap-pooler";
import { UNDECLARED_OF_PUBLIC } from "./bootstrap-privileges";
import { ROLE_STEPS } from "./bootstrap-roles";
import { block } from "./bootstrap-sql";

/** After all that is done to roles, what is taken from them. */
const REVOKES = ROLE_STEPS.length + 1;

/**
 * Everything that whoever runs the script may not do, before the first of it is done, with who may. Only what is
 * still to be changed counts. A superuser may all of it; elsewhere it takes CREATEROLE, and to own what is granted.
 *
 * What roles and what REVOKE take is asked of the server, which does it and takes it back: a provider's server
 * allows its DBA other things than PostgreSQL's catalogs say. A GRANT on an object may do nothing and only warn,
 * so these are read from the catalogs.
 */
export function powerCheck({ postgresVersion }: BootstrapInput): string {
  const lacking = [OBJECTS_LACKING, defaultsLacking(postgresVersion), PUBLIC_LACKING, LOOKUPS_LACKING].join(
    "\n    UNION\n",
  );
  return block(`DECLARE
  change text;
  needed text;
  refused text[] := '{}';
  found text;
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RETURN;
  END IF;
  BEGIN
    PERFORM set_config('client_min_messages', 'error', true);
    FOR attempted_step IN 1..${REVOKES} LOOP
      FOR change, needed IN
${attempts(postgresVersion)}
        ORDER BY 1
      LOOP
        BEGIN
          EXECUTE change;
        EXCEPTION
          WHEN insufficient_privilege OR internal_error THEN
            -- So a server says that an ADMIN OPTION is not inherited; any other internal error is one.
            IF SQLSTATE = 'XX000' AND SQLERRM <> 'no possible grantors' THEN
              RAISE;
            END IF;
            refused := refused || format('%s: %s', change, coalesce('takes ' || needed, SQLERRM));
          -- What was refused above.
          WHEN undefined_object OR invalid_schema_name OR undefined_function THEN NULL;
        END;
      END LOOP;
    END LOOP;
    RAISE SQLSTATE 'LH000';
  EXCEPTION WHEN SQLSTATE 'LH000' THEN NULL;
  END;
  SELECT string_agg(finding, E'\\n' ORDER BY finding) INTO found FROM (
    SELECT unnest(refused)
    UNION
${lacking}
  ) AS findings (finding);
  IF found IS NOT NULL THEN
    RAISE EXCEPTION E'nothing was changed, for whoever runs this may not do all of it (a superuser may, or a role with CREATEROLE that owns what is granted):\\n%', found;
  END IF;`);
}

/** What is tried, in the order in which it is done, each with what it takes where that can be said. */
function attempts(postgresVersion: BootstrapInput["postgresVersion"]): string {
  return `    SELECT statement, nullif(lacking, '')
    FROM leasehold_role_change LEFT JOIN pg_roles AS role ON role.rolname = role_name
    JOIN pg_roles AS runner ON runner.rolname = current_user, LATERAL (SELECT ${roleNeeds(postgresVersion)} AS lacking) AS needs
    WHERE step = attempted_step
    UNION ALL
    SELECT format('%sREVOKE %s FROM %I CASCADE', prefix, what, role_name), string_agg(DISTINCT quote_ident(pg_get_userbyid(grantor)), ', ') || ', who granted it'
    FROM leasehold_undeclared JOIN leasehold_held USING (role_name, prefix, what) WHERE attempted_step = ${REVOKES}
    GROUP BY 1`;
}

/** From 16 on CREATEROLE is power over those roles only that one has made, or is an ADMIN of by what one inherits. */
function roleNeeds(postgresVersion: BootstrapInput["postgresVersion"]): string {
  if (postgresVersion < 16) return "CASE WHEN NOT runner.rolcreaterole THEN 'CREATEROLE' END";
  return `concat_ws(' and ',
        CASE WHEN role_name IS NOT NULL AND NOT runner.rolcreaterole AND (role.oid IS NULL OR statement NOT LIKE 'GRANT %') THEN 'CREATEROLE' END,
        CASE WHEN NOT runner.rolreplication AND statement ~ ' (NO)?REPLICATION$' THEN 'REPLICATION' END,
        (SELECT CASE WHEN bool_or(pg_has_role(admin, 'USAGE')) THEN NULL
            ELSE format('ADMIN OPTION on %I%s', role_name, '; who has it: ' || string_agg(quote_ident(pg_get_userbyid(admin)), ', ' ORDER BY admin)) END
          FROM (SELECT member FROM pg_auth_members WHERE roleid = role.oid AND admin_option) AS admins (admin)
          HAVING role.oid IS NOT NULL))`;
}

/** The planner may ask the last question of privileges that no column has, before it knows which rows are of columns. */
const OBJECTS_LACKING = `    SELECT format('GRANT %s: takes its owner, %I', what, pg_get_userbyid(CASE kind
      WHEN 'DATABASE' THEN (SELECT datdba FROM pg_database AS d WHERE d.oid = target.oid)
      WHEN 'SCHEMA' THEN (SELECT nspowner FROM pg_namespace AS n WHERE n.oid = target.oid)
      WHEN 'FUNCTION' THEN (SELECT proowner FROM pg_proc AS p WHERE p.oid = target.oid)
      ELSE (SELECT relowner FROM pg_class AS c WHERE c.oid = target.oid) END))
    FROM leasehold_target AS target JOIN leasehold_unfulfilled USING (role_name, what)
    WHERE prefix = '' AND NOT CASE kind
      WHEN 'DATABASE' THEN has_database_privilege(target.oid, privilege || ' WITH GRANT OPTION')
      WHEN 'SCHEMA' THEN has_schema_privilege(target.oid, privilege || ' WITH GRANT OPTION')
      WHEN 'FUNCTION' THEN has_function_privilege(target.oid, privilege || ' WITH GRANT OPTION')
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
