import { loginsOf, type BootstrapInput } from "./bootstrap-input";
import { block, createViews, runEach, section, type View } from "./bootstrap-sql";
import { quoteArray, quoteLiteral } from "./identifiers";
import { SCHEMAS_OF_GRANTS } from "./bootstrap-declaration";
import { CREDENTIAL } from "./role-name";
import { SEQUENCES_OF_TABLES } from "./sequences";
import { SIGNATURE_OF_FUNCTION } from "./signatures";

/**
 * What is held and what is declared, both as the rest of the GRANT that gives it; so the difference of
 * the two is what has to be revoked and granted. Revoking a whole table takes its columns along, so it
 * comes first.
 */
export function privilegesSection(): string {
  return section(
    "5. Privileges of the group roles",
    ["What is held but not declared is revoked, whoever asked for it; what is declared is granted."],
    runEach(
      `    SELECT format('%sREVOKE %s FROM %I CASCADE', prefix, what, role_name) FROM leasehold_undeclared`,
    ),
    runEach(`    SELECT format('%sGRANT %s TO %I', prefix, what, role_name) FROM leasehold_unfulfilled`),
  );
}

/** Each uses those before it, and the rows of what is declared. */
export function privilegeViews({ postgresVersion, ...input }: BootstrapInput): View[] {
  const literal = loginsOf(input).map(quoteLiteral).join(" UNION SELECT ");
  return [
    { name: "leasehold_acl", query: accessLists(postgresVersion < 16 ? "" : PARAMETERS) },
    { name: "leasehold_held", query: held(literal) },
    { name: "leasehold_target", query: targets(literal) },
    { name: "leasehold_declared", query: DECLARED },
    { name: "leasehold_undeclared", query: UNDECLARED },
    { name: "leasehold_unfulfilled", query: UNFULFILLED },
  ];
}

/**
 * Whatever has an access list, and whom it names. Where an object has none yet, the server's defaults hold, of which
 * those of databases, functions and types let everybody in.
 */
const accessLists = (parameters: string) => `  SELECT grantee, grantor, is_grantable,
    CASE WHEN owner_name IS NULL THEN '' ELSE
      format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s ', owner_name, ' IN SCHEMA ' || quote_ident(schema_name))
    END AS prefix,
    format('%s%s ON %s%s', privilege_type, ' (' || quote_ident(column_name) || ')', kind,
      CASE WHEN owner_name IS NULL THEN ' ' || concat_ws('.', quote_ident(schema_name), quote_ident(name)) || arguments END
    ) AS what,
    kind = 'DATABASE' AND name <> current_database() AS elsewhere
  FROM (
    SELECT 'DATABASE' AS kind, NULL::name AS schema_name, datname::text AS name, NULL::name AS column_name,
      NULL::name AS owner_name, '' AS arguments, coalesce(datacl, acldefault('d', datdba)) AS acl
    FROM pg_database
    UNION ALL
    SELECT 'SCHEMA', NULL, nspname, NULL, NULL, '', nspacl FROM pg_namespace
    UNION ALL
    SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, nspname, relname, NULL, NULL, '', relacl
    FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
    UNION ALL
    SELECT 'TABLE', nspname, relname, attname, NULL, '', attacl
    FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE attacl IS NOT NULL AND NOT attisdropped
    UNION ALL
    SELECT CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
      WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END, nspname, NULL, NULL, rolname, '', defaclacl
    FROM pg_default_acl JOIN pg_roles AS owner ON owner.oid = defaclrole
    LEFT JOIN pg_namespace AS n ON n.oid = defaclnamespace
    UNION ALL
    SELECT CASE prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, nspname, proname, NULL, NULL,
      format('(%s)', oidvectortypes(proargtypes)), proacl
    FROM pg_proc JOIN pg_namespace AS n ON n.oid = pronamespace WHERE proacl IS NOT NULL
    UNION ALL
    SELECT CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, nspname, typname, NULL, NULL, '', typacl
    FROM pg_type JOIN pg_namespace AS n ON n.oid = typnamespace WHERE typacl IS NOT NULL
    UNION ALL
    SELECT 'LANGUAGE', NULL, lanname, NULL, NULL, '', lanacl FROM pg_language
    UNION ALL
    SELECT 'FOREIGN DATA WRAPPER', NULL, fdwname, NULL, NULL, '', fdwacl FROM pg_foreign_data_wrapper
    UNION ALL
    SELECT 'FOREIGN SERVER', NULL, srvname, NULL, NULL, '', srvacl FROM pg_foreign_server
    UNION ALL
    SELECT 'LARGE OBJECT', NULL, NULL, NULL, NULL, oid::text, lomacl FROM pg_largeobject_metadata
    UNION ALL
    SELECT 'TABLESPACE', NULL, spcname, NULL, NULL, '', spcacl FROM pg_tablespace
${parameters}  ) AS object, aclexplode(acl)`;

/** PostgreSQL 14 has no such catalog, and takes the SQL of 15. */
const PARAMETERS = `    UNION ALL
    SELECT 'PARAMETER', NULL, NULL, NULL, NULL, parname, paracl FROM pg_parameter_acl
`;

function held(login: string): string {
  return `  SELECT rolname::text AS role_name, prefix, held.what, grantor, elsewhere
  FROM leasehold_acl AS acl JOIN pg_roles ON oid = grantee,
    unnest(ARRAY[acl.what, CASE WHEN is_grantable THEN 'GRANT OPTION FOR ' || acl.what END]) AS held (what)
  WHERE rolname IN (SELECT role_name FROM leasehold_role UNION SELECT ${login}) AND held.what IS NOT NULL
  UNION ALL
  SELECT member_role, '', quote_ident(held_role), grantor, false
  FROM leasehold_membership`;
}

/** Each object with one privilege on it that is declared. */
function targets(login: string): string {
  return `  WITH tables AS (
    SELECT role_name, c.oid, format('TABLE %I.%I', nspname, relname) AS name, column_names, privilege
    FROM leasehold_grant, unnest(table_names) AS table_name, unnest(privileges) AS privilege,
      pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE nspname = schema_name AND relname = table_name
    UNION ALL
    SELECT role_name, c.oid, format('TABLE %I.%I', nspname, relname), NULL, privilege
    FROM leasehold_owner_grant, unnest(privileges) AS privilege,
      pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE nspname = schema_name AND pg_get_userbyid(relowner) = owner_name AND relkind IN ('r', 'p', 'v', 'm', 'f')
  ), sequences AS (
    SELECT role_name, sequence_id AS oid
    FROM tables JOIN (
    ${SEQUENCES_OF_TABLES}
    ) AS numbering ON table_id = oid
    WHERE privilege = 'INSERT'
    UNION
    SELECT role_name, s.oid
    FROM leasehold_owner_grant, pg_class AS s JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE nspname = schema_name AND pg_get_userbyid(relowner) = owner_name AND relkind = 'S'
      AND 'INSERT' = ANY (privileges)
  ), named AS (
    SELECT role_name, kind, schema_name, object_name, privilege
    FROM leasehold_object_grant, unnest(object_names) AS object_name, unnest(privileges) AS privilege
  )
  SELECT role_name, 'DATABASE' AS kind, oid, 'CONNECT' AS privilege, format('CONNECT ON DATABASE %I', datname) AS what
  FROM (SELECT role_name FROM leasehold_role WHERE NOT retired UNION SELECT ${login}) AS connecting, pg_database
  WHERE datname = current_database()
  UNION
  SELECT role_name, 'SCHEMA', oid, 'USAGE', format('USAGE ON SCHEMA %I', nspname)
  FROM (${SCHEMAS_OF_GRANTS}) AS used
  JOIN pg_namespace ON nspname = schema_name
  UNION
  SELECT role_name, 'TABLE', oid, privilege, format('%s ON %s', privilege, name) FROM tables WHERE column_names IS NULL
  UNION
  SELECT role_name, 'COLUMN', oid, privilege, format('%s (%I) ON %s', privilege, column_name, name)
  FROM tables, unnest(column_names) AS column_name
  UNION
  SELECT role_name, 'SEQUENCE', s.oid, 'USAGE', format('USAGE ON SEQUENCE %I.%I', nspname, relname)
  FROM sequences JOIN pg_class AS s USING (oid) JOIN pg_namespace AS n ON n.oid = relnamespace
  UNION
  SELECT role_name, 'SEQUENCE', s.oid, privilege, format('%s ON SEQUENCE %I.%I', privilege, nspname, relname)
  FROM named, pg_class AS s JOIN pg_namespace AS n ON n.oid = relnamespace
  WHERE kind = 'SEQUENCE' AND nspname = schema_name AND relname = object_name AND relkind = 'S'
  UNION
  SELECT role_name, 'FUNCTION', p.oid, privilege, format('%s ON %s %I.%I(%s)', privilege,
    CASE prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, nspname, proname, oidvectortypes(proargtypes))
  FROM named, pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace
  WHERE kind = 'FUNCTION' AND nspname = schema_name AND proname = split_part(object_name, '(', 1)::name AND object_name = ${SIGNATURE_OF_FUNCTION}
  UNION
  SELECT role_name, 'DATABASE', oid, privilege, format('%s ON DATABASE %I', privilege, datname)
  FROM leasehold_object_grant, unnest(privileges) AS privilege, pg_database
  WHERE kind = 'DATABASE' AND datname = current_database()`;
}

const DECLARED = `  SELECT role_name, '' AS prefix, what FROM leasehold_target
  UNION
  SELECT role_name, '', quote_ident(owner_name) FROM leasehold_owner
  UNION
  SELECT role_name, format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I ', owner_name, schema_name), what
  FROM leasehold_owner_grant, unnest(privileges) AS privilege,
    unnest(ARRAY[privilege || ' ON TABLES', CASE privilege WHEN 'INSERT' THEN 'USAGE ON SEQUENCES' END]) AS what
  WHERE what IS NOT NULL`;

/** What a role that is no longer declared has in other databases is not this script's to take. */
const UNDECLARED = `  SELECT role_name, prefix, what FROM leasehold_held JOIN leasehold_role USING (role_name)
  WHERE NOT (retired AND elsewhere)
  EXCEPT SELECT role_name, prefix, what FROM leasehold_declared`;

const UNFULFILLED = `  SELECT role_name, prefix, what FROM leasehold_declared
  EXCEPT SELECT role_name, prefix, what FROM leasehold_held`;

/** What PUBLIC may not do where credentials connect: connect without being granted it, and own what blocks a DROP ROLE. */
export const UNDECLARED_OF_PUBLIC = `leasehold_acl
    WHERE grantee = 0 AND prefix = '' AND (
      what IN (format('CONNECT ON DATABASE %I', current_database()), format('CREATE ON DATABASE %I', current_database()))
      OR what LIKE 'CREATE ON SCHEMA %')`;

/** Runs after the group roles and Vault's login have CONNECT of their own, so that it shuts out others only. */
export function publicSection({ schema, staticUsers = [] }: BootstrapInput): string {
  return section(
    "6. Privileges of everybody",
    [
      "Whoever connects to this database is granted it by name, and nobody creates objects because everybody",
      "may: the owner of anything cannot be dropped, so a credential has to own nothing. What somebody",
      "lives on who is not ours, such as a service of another environment, is left and named.",
    ],
    ...(staticUsers.length === 0 ? [] : [runEach(kept(staticUsers))]),
    createViews(LIVING_ON_PUBLIC),
    KEPT_BY_PUBLIC,
    REVOKE_FROM_PUBLIC,
    runEach(missingOfOwners(quoteLiteral(schema))),
  );
}

/** An owner that nobody can log in as has created nothing so far, and may have lived on what PUBLIC may. */
function missingOfOwners(schema: string): string {
  return `    SELECT DISTINCT format('GRANT %s ON SCHEMA %I TO %I', privilege, ${schema}, owner_name)
    FROM leasehold_owner, unnest(ARRAY['USAGE', 'CREATE']) AS privilege
    WHERE NOT has_schema_privilege(owner_name, ${schema}, privilege)`;
}

/** A service on its way from a static password must not notice that others have arrived. */
function kept(users: readonly string[]): string {
  return `    SELECT DISTINCT format('GRANT %s TO %I', of_public.what, rolname)
    FROM (SELECT what FROM ${UNDECLARED_OF_PUBLIC}) AS of_public
    JOIN pg_roles ON rolname = ANY (${quoteArray(users)})
    WHERE NOT EXISTS (
      SELECT FROM leasehold_acl AS own WHERE own.grantee = pg_roles.oid AND own.what = of_public.what)`;
}

/**
 * Who would be shut out while they live: whoever is connected to this database, or is a valid credential of Vault's
 * with privileges here (of the strategy `direct`), and is allowed it by nothing but PUBLIC. Creating objects is missed
 * only by whoever has created some.
 */
export const LIVING_ON_PUBLIC: View = {
  name: "leasehold_living_on_public",
  query: `  WITH here AS (
    SELECT refobjid AS role_id, bool_or(deptype = 'o') AS owns
    FROM pg_shdepend JOIN pg_database ON pg_database.oid = dbid AND datname = current_database()
    WHERE refclassid = 'pg_authid'::regclass AND deptype IN ('a', 'o') GROUP BY refobjid
  )
  SELECT of_public.what, login.rolname AS login_name
  FROM (SELECT DISTINCT what FROM ${UNDECLARED_OF_PUBLIC}) AS of_public, pg_roles AS login
  LEFT JOIN here ON role_id = login.oid
  WHERE NOT login.rolsuper AND (owns OR of_public.what LIKE 'CONNECT ON %') AND (
      EXISTS (SELECT FROM pg_stat_activity WHERE usesysid = login.oid AND datname = current_database())
      OR (login.rolcanlogin AND starts_with(login.rolname, '${CREDENTIAL}') AND login.rolvaliduntil > now() AND role_id IS NOT NULL))
    AND NOT EXISTS (
      SELECT FROM leasehold_acl AS own
      WHERE own.what = of_public.what AND own.grantee <> 0 AND pg_has_role(login.oid, own.grantee, 'USAGE'))`,
};

/** What everybody keeps because somebody lives on it; a table, because revoking the rest changes what the view sees. */
const KEPT_BY_PUBLIC = `CREATE TEMPORARY TABLE leasehold_kept ON COMMIT DROP AS
  SELECT what, format('%s, such as %I', count(*), min(login_name)) AS logins FROM leasehold_living_on_public GROUP BY what;
${block(`DECLARE
  kept record;
BEGIN
  FOR kept IN SELECT * FROM leasehold_kept ORDER BY what LOOP
    RAISE WARNING 'PUBLIC keeps %, for somebody lives on it: %. GRANT % to those who stay, and run this again',
      kept.what, kept.logins, kept.what;
  END LOOP;`)}`;

const REVOKE_FROM_PUBLIC = block(`DECLARE
  change text;
  shut_out text;
BEGIN
  FOR change IN
    SELECT DISTINCT format('REVOKE %s FROM PUBLIC', what)
    FROM (SELECT what FROM ${UNDECLARED_OF_PUBLIC} EXCEPT SELECT what FROM leasehold_kept) AS of_public
    ORDER BY 1
  LOOP
    RAISE NOTICE '%', change;
    EXECUTE change;
    CONTINUE WHEN change NOT LIKE 'REVOKE CONNECT %';
    SELECT string_agg(quote_ident(rolname), ', ' ORDER BY rolname) INTO shut_out
    FROM pg_roles WHERE rolcanlogin AND NOT has_database_privilege(oid, current_database(), 'CONNECT');
    IF shut_out IS NOT NULL THEN
      RAISE WARNING 'no longer able to connect, until granted CONNECT ON DATABASE %: %',
        quote_ident(current_database()), shut_out;
    END IF;
  END LOOP;`);
