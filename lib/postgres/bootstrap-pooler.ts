import type { BootstrapInput } from "./bootstrap-input";
import type { View } from "./bootstrap-sql";
import { quoteLiteral } from "./identifiers";
import { CREDENTIAL } from "./role-name";

/** Begins the name of the schema with a pooler's function; the rest is its login. */
const SCHEMA = "leasehold_";

/** What a pooler's configuration names as `auth_query`. */
export function authQuery(login: string): string {
  return `SELECT username, password FROM ${SCHEMA}${login}.user_lookup($1)`;
}

/**
 * What a look-up gives: the verifier of one live credential of the services that go by the pooler, and nothing of
 * anybody else, whoever asks. `%L` stands for the names of their group roles.
 */
const BODY = `
  SELECT rolname::text, rolpassword FROM pg_authid AS credential
  WHERE rolname = $1 AND starts_with(rolname, '${CREDENTIAL}') AND rolcanlogin AND rolvaliduntil > now()
    AND NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
    AND EXISTS (SELECT FROM pg_auth_members JOIN pg_roles AS held ON held.oid = roleid
      WHERE member = credential.oid AND held.rolname = ANY (%L::text[]))
`;

const SETTING = "search_path=pg_catalog, pg_temp";

/** The function of each pooler that is declared, in a schema of its own, where nobody else can put anything. */
export const LOOKUPS: View = {
  name: "leasehold_lookup",
  query: `  SELECT login_name, schema_name, format('%I.user_lookup(text)', schema_name) AS signature, body,
    n.oid AS schema_id, p.oid AS function_id, login.oid AS login_id,
    coalesce(prosecdef AND prosrc = body AND lanname = 'sql' AND proconfig = ARRAY[${quoteLiteral(SETTING)}], false) AS is_made
  FROM (
    SELECT login_name, ${quoteLiteral(SCHEMA)} || login_name AS schema_name, format(${quoteLiteral(BODY)}, role_names) AS body
    FROM leasehold_pooler
  ) AS declared
  LEFT JOIN pg_roles AS login ON login.rolname = login_name
  LEFT JOIN pg_namespace AS n ON nspname = schema_name
  LEFT JOIN pg_proc AS p ON pronamespace = n.oid AND proname = 'user_lookup' AND oidvectortypes(proargtypes) = 'text'
  LEFT JOIN pg_language AS l ON l.oid = prolang`,
};

/** The statements that make look-ups what is declared; each step needs those before it. */
export function lookupChanges(input: BootstrapInput): View {
  const mark = quoteLiteral(poolerMark(input));
  return {
    name: "leasehold_lookup_change (step, statement)",
    query:
      `    SELECT 3, format('CREATE SCHEMA %I', schema_name) FROM leasehold_lookup WHERE schema_id IS NULL
    UNION ALL
    SELECT 4, format('COMMENT ON SCHEMA %I IS %L', schema_name, ${mark}) FROM leasehold_lookup
    WHERE schema_id IS NULL OR obj_description(schema_id, 'pg_namespace') IS NULL
    UNION ALL
    SELECT 4, format('CREATE OR REPLACE FUNCTION %I.user_lookup(text) RETURNS TABLE (username text, password text) '
      'LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS %L', schema_name, body)
    FROM leasehold_lookup WHERE NOT is_made
    UNION ALL
    SELECT 5, format('REVOKE ALL ON FUNCTION %s FROM %s', signature, ${GRANTEE})
    FROM leasehold_lookup JOIN pg_proc AS p ON p.oid = function_id, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl
    WHERE grantee NOT IN (proowner, login_id)
    UNION ALL
    SELECT 5, format('REVOKE ALL ON SCHEMA %I FROM %s', schema_name, ${GRANTEE})
    FROM leasehold_lookup JOIN pg_namespace AS n ON n.oid = schema_id, aclexplode(nspacl) AS acl
    WHERE grantee <> nspowner AND NOT (grantee = login_id AND privilege_type = 'USAGE')
    UNION ALL
    SELECT 6, format('GRANT %s TO %I', what, login_name)
    FROM leasehold_lookup LEFT JOIN pg_proc AS p ON p.oid = function_id LEFT JOIN pg_namespace AS n ON n.oid = schema_id
    JOIN pg_database ON datname = current_database(), LATERAL (VALUES
      (format('EXECUTE ON FUNCTION %s', signature), proacl, 'EXECUTE'),
      (format('USAGE ON SCHEMA %I', schema_name), nspacl, 'USAGE'),
      (format('CONNECT ON DATABASE %I', datname), datacl, 'CONNECT')) AS needed (what, acl, privilege)
    WHERE NOT EXISTS (SELECT FROM aclexplode(acl) WHERE grantee = login_id AND privilege_type = privilege)
    UNION ALL
    SELECT 3, format('DROP FUNCTION %s', p.oid::regprocedure) FROM pg_proc AS p JOIN (${UNDECLARED}) AS gone ON gone.oid = pronamespace
    UNION ALL
    SELECT 3, format('REVOKE CONNECT ON DATABASE %I FROM %s', current_database(), ${GRANTEE})
    FROM (${UNDECLARED}) AS gone, aclexplode(nspacl) AS acl WHERE grantee NOT IN (0, nspowner)
    UNION ALL
    SELECT 4, format('DROP SCHEMA %I', nspname) FROM (${UNDECLARED}) AS gone`.replaceAll(OURS, mark),
  };
}

const GRANTEE = "CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END";

/** Stands for the mark of this environment's schemas. */
const OURS = "{ours}";
/** Of a pooler that is no longer declared: its login stays, and finds nobody. */
const UNDECLARED = `SELECT n.* FROM pg_namespace AS n
      WHERE obj_description(oid, 'pg_namespace') = ${OURS} AND nspname NOT IN (SELECT schema_name FROM leasehold_lookup)`;

function poolerMark({ environment, connection, databaseName: database }: BootstrapInput): string {
  return `leasehold: where a pooler looks up its users ${JSON.stringify({ environment, connection, database })}`;
}

/** Schemas of that name that somebody else has made. */
export function foreignLookups(input: BootstrapInput): string {
  const mark = poolerMark(input);
  return `    SELECT format('schema %I %s; if it is handed over to this environment, say so first: COMMENT ON SCHEMA %I IS %L', schema_name,
      CASE WHEN starts_with(whose, 'leasehold: ') THEN 'belongs to another environment' ELSE 'is not marked as a pooler''s' END, schema_name, ${quoteLiteral(mark)})
    FROM leasehold_lookup, obj_description(schema_id, 'pg_namespace') AS whose
    WHERE schema_id IS NOT NULL AND whose IS DISTINCT FROM ${quoteLiteral(mark)}`;
}

/** Vault's login and credentials are dropped and changed by others: a pooler's login is a role of its own. */
export const POOLER_LOGINS = `    SELECT 1, login_name, format('CREATE ROLE %I LOGIN NOINHERIT', login_name)
    FROM leasehold_pooler WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login_name)`;

/** A function reads by its owner's rights. */
export const LOOKUPS_LACKING = `    SELECT DISTINCT 'the users of a pooler: takes SELECT on pg_authid, which a superuser has; '
      'a managed server may give it to nobody, and then its services go to the server itself'
    FROM leasehold_lookup WHERE NOT is_made AND NOT has_table_privilege('pg_authid', 'SELECT')`;

/** Poolers' logins that are more than somebody who asks, and functions that cannot answer. */
export const LOOKUP_FINDINGS = `    SELECT format('the pooler''s login %I has more than it needs, or cannot log in; if it is no other role by mistake: '
      'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS', rolname, rolname)
    FROM leasehold_pooler JOIN pg_roles ON rolname = login_name
    WHERE NOT rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
    UNION
    SELECT format('the pooler''s login %I can act as %I: REVOKE %I FROM %I', member_role, held_role, held_role, member_role)
    FROM leasehold_membership JOIN leasehold_pooler ON login_name = member_role
    UNION
    SELECT format('function %s belongs to %I, who may not read pg_authid', signature, pg_get_userbyid(proowner))
    FROM leasehold_lookup JOIN pg_proc AS p ON p.oid = function_id WHERE NOT has_table_privilege(proowner, 'pg_authid', 'SELECT')`;

/** What is still to be done when all is done. */
export const LOOKUPS_LEFT = `    SELECT format('not done, for it took nothing and said nothing: %s', statement) FROM leasehold_lookup_change`;

/** The same for whoever verifies: what the bootstrap SQL would do, without the text of a function. */
export const LOOKUPS_UNMADE = `SELECT split_part(statement, ' RETURNS ', 1) FROM leasehold_lookup_change`;
