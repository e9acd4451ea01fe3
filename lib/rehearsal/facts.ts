import { SIGNATURE_OF_FUNCTION } from "../postgres/signatures";

/**
 * What is so on a PostgreSQL, one fact a row, in words that both sides write alike: what is expected is reckoned from
 * the declaration, without the code under test. An owner's own rights are not told, and neither are temporary objects.
 */
export const FACTS = `
  SELECT format('role %s: %s', rolname, concat_ws(' ', CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
    CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
    CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
    CASE WHEN rolbypassrls THEN 'BYPASSRLS' END, CASE WHEN NOT rolinherit THEN 'NOINHERIT' END,
    CASE WHEN rolconnlimit >= 0 THEN 'CONNECTION LIMIT' END,
    'VALID UNTIL ' || to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')))
  FROM pg_roles
  UNION ALL
  SELECT format('comment on %s: %s', rolname, description)
  FROM pg_shdescription JOIN pg_roles ON pg_roles.oid = objoid WHERE classoid = 'pg_authid'::regclass
  UNION ALL
  SELECT format('settings of %s: %s', coalesce(rolname, 'everybody'), setconfig)
  FROM pg_db_role_setting LEFT JOIN pg_roles ON pg_roles.oid = setrole
  UNION ALL
  SELECT format('%s is a member of %s: %s', member.rolname, held.rolname, concat_ws(' ',
    CASE WHEN bool_or(admin_option) THEN 'ADMIN' END, CASE WHEN bool_or(inherit_option) THEN 'INHERIT' END,
    CASE WHEN bool_or(set_option) THEN 'SET' END))
  FROM pg_auth_members AS membership JOIN pg_roles AS held ON held.oid = roleid
  JOIN pg_roles AS member ON member.oid = membership.member GROUP BY held.rolname, member.rolname
  UNION ALL
  SELECT format('%s may %s ON %s%s', CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END,
    privilege_type || coalesce(' (' || column_name || ')', ''), name, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
  FROM (
    SELECT 'DATABASE ' || datname AS name, NULL::name AS column_name, datdba AS owner, coalesce(datacl, acldefault('d', datdba)) AS acl
    FROM pg_database
    UNION ALL
    SELECT 'SCHEMA ' || nspname, NULL, nspowner, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'
    UNION ALL
    SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || nspname || '.' || relname, NULL, relowner,
      coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, relowner))
    FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL
    SELECT 'TABLE ' || nspname || '.' || relname, attname, relowner, attacl
    FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE attacl IS NOT NULL AND NOT attisdropped AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL
    SELECT 'FUNCTION ' || nspname || '.' || ${SIGNATURE_OF_FUNCTION}, NULL, proowner, coalesce(proacl, acldefault('f', proowner))
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  ) AS object, aclexplode(acl) WHERE grantee <> owner
  UNION ALL
  SELECT format('%s may %s ON %s that %s creates in %s', CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END,
    privilege_type, CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' ELSE defaclobjtype::text END,
    pg_get_userbyid(defaclrole), coalesce(nspname, 'any schema'))
  FROM pg_default_acl LEFT JOIN pg_namespace AS n ON n.oid = defaclnamespace, aclexplode(defaclacl) WHERE grantee <> defaclrole
  UNION ALL
  SELECT format('DATABASE %s belongs to %s', datname, pg_get_userbyid(datdba)) FROM pg_database
  UNION ALL
  SELECT format('SCHEMA %s belongs to %s', nspname, pg_get_userbyid(nspowner)) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'
  UNION ALL
  SELECT format('%s %s.%s belongs to %s', CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END,
    nspname, relname, pg_get_userbyid(relowner))
  FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  UNION ALL
  SELECT format('FUNCTION %s.%s belongs to %s', nspname, ${SIGNATURE_OF_FUNCTION}, pg_get_userbyid(proowner))
  FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  UNION ALL
  SELECT 'rights in the system catalogs: ' || md5(string_agg(concat(c.oid, relacl, nspacl), ',' ORDER BY c.oid))
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE nspname IN ('pg_catalog', 'information_schema')`;

/** All that a role may do, through whomever it may do it, as PostgreSQL itself decides it. */
export function abilitiesOf(role: string): string {
  return `
  SELECT format('%s ON TABLE %s.%s', privilege, nspname, relname)
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace, unnest(ARRAY[${WHOLE}]) AS privilege
  WHERE ${OF_USERS} AND has_table_privilege(${role}, c.oid, privilege)
  UNION ALL
  SELECT format('%s (%s) ON TABLE %s.%s', privilege, attname, nspname, relname)
  FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid JOIN pg_namespace AS n ON n.oid = relnamespace,
    unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS privilege
  WHERE ${OF_USERS} AND attnum > 0 AND NOT attisdropped
    AND has_column_privilege(${role}, c.oid, attnum, privilege) AND NOT has_table_privilege(${role}, c.oid, privilege)
  UNION ALL
  SELECT format('%s ON SEQUENCE %s.%s', privilege, nspname, relname)
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace, unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) AS privilege
  WHERE relkind = 'S' AND has_sequence_privilege(${role}, c.oid, privilege)
  UNION ALL
  SELECT format('%s ON SCHEMA %s', privilege, nspname)
  FROM pg_namespace AS n, unnest(ARRAY['USAGE', 'CREATE']) AS privilege
  WHERE nspname !~ '^pg_(temp|toast)' AND has_schema_privilege(${role}, n.oid, privilege)
  UNION ALL
  SELECT format('%s ON DATABASE %s', privilege, datname)
  FROM pg_database AS d, unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY']) AS privilege
  WHERE has_database_privilege(${role}, d.oid, privilege)
  UNION ALL
  SELECT format('EXECUTE ON FUNCTION %s.%s', nspname, ${SIGNATURE_OF_FUNCTION}) FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND has_function_privilege(${role}, p.oid, 'EXECUTE')
  UNION ALL
  SELECT 'have REPLICATION' FROM pg_roles WHERE rolname = ${role} AND rolreplication
  UNION ALL
  SELECT format('%s %s', way, rolname) FROM pg_roles, unnest(ARRAY['SET', 'USAGE', 'MEMBER WITH ADMIN OPTION']) AS way
  WHERE rolname <> ${role} AND pg_has_role(${role}, oid, way)`;
}

const WHOLE = `'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'`;
const OF_USERS = `relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname !~ '^pg_' AND nspname <> 'information_schema'`;
