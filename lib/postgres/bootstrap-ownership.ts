import { isLogin, isNoLogin, type BootstrapInput } from "./bootstrap-input";
import { foreignLookups } from "./bootstrap-pooler";
import { block, raiseIfAny, type View } from "./bootstrap-sql";
import { quoteArray, quoteLiteral } from "./identifiers";

/**
 * Roles are of the server, and several environments may use one. So every role says in its comment whose it
 * is; what says something else, or nothing, is not touched.
 */
export interface Marks {
  /** The comment of a group role of ours, as a literal. */
  readonly group: string;
  /** The comment of Vault's login of ours, as a literal. */
  readonly login: string;
  /** What leasehold wrote before it recorded the environment, as a literal: whose it is nobody knows. */
  readonly earlier: string;
  /** How the mark of every group role in this database ends, whoever's it is, as a literal. */
  readonly here: string;
}

type Identity = Pick<BootstrapInput, "environment" | "connection" | "databaseName">;

/** JSON, because the name of a database may contain anything; the order of the keys is part of the form. */
export function marks({ environment, connection, databaseName: database }: Identity): Marks {
  const identity = JSON.stringify({ environment, connection, database });
  return {
    group: quoteLiteral(`${PREFIX}what one service may do ${identity}`),
    login: quoteLiteral(`${PREFIX}login of Vault ${identity}`),
    earlier: quoteLiteral(`${PREFIX}what one service may do in the database ${database}`),
    here: quoteLiteral(`,${JSON.stringify({ database }).slice(1)}`),
  };
}

const PREFIX = "leasehold: ";

/** Every role of the server: whose it is (`ours`, `earlier`, `another`, `nobody`), and the same in words. */
export function groupsView(input: Identity): View {
  const { group, login, earlier, here } = marks(input);
  return {
    name: "leasehold_owned",
    query: `  SELECT role_name, role_id, can_log_in, owned_by, mark,
    right(mark, length(${here})) = ${here} AS is_here,
    CASE owned_by
      WHEN 'ours' THEN 'belongs to this environment'
      WHEN 'earlier' THEN 'has the mark of an earlier leasehold, which recorded no environment'
      WHEN 'another' THEN format('belongs to the environment %s', coalesce(substring(mark FROM '"environment":"([^"]*)"'), mark))
      ELSE 'is marked as nobody''s'
    END AS whose
  FROM (
    SELECT rolname::text AS role_name, oid AS role_id, rolcanlogin AS can_log_in, mark,
      CASE WHEN mark IN (${group}, ${login}) THEN 'ours' WHEN mark = ${earlier} THEN 'earlier'
        WHEN starts_with(mark, ${quoteLiteral(PREFIX)}) THEN 'another' ELSE 'nobody' END AS owned_by
    FROM pg_roles, shobj_description(oid, 'pg_authid') AS mark
  ) AS marked`,
  };
}

/** From 16 on the superuser of initdb (always 10) makes whoever creates a role its ADMIN; it may give itself the rest. */
const HAS_MADE = `EXISTS (SELECT FROM pg_auth_members
    WHERE roleid = role_id AND member = member.oid AND grantor = 10 AND admin_option)`;

/**
 * Who lives on a group role: whoever is connected as a member of it, and whoever could be in the next moment,
 * such as a credential between two connections. Not whoever has made the role. A superuser counts as a member of everything, and lives on nothing.
 */
export function livingView({
  postgresVersion,
  ...input
}: Pick<BootstrapInput, "login" | "furtherLogins" | "postgresVersion">): View {
  const acts = (privilege: string) => `pg_has_role(member.oid, role_id, '${privilege}')`;
  const isMember =
    postgresVersion < 16 ? acts("MEMBER") : `(${acts("USAGE")} OR ${acts("SET")}) AND NOT ${HAS_MADE}`;
  return {
    name: "leasehold_living",
    query: `  SELECT role_name, member.rolname AS login_name
  FROM leasehold_owned JOIN pg_roles AS member ON member.oid <> role_id AND ${isMember}
  WHERE owned_by = 'ours' AND NOT member.rolsuper AND member.rolname ${isNoLogin(input)} AND (
    (member.rolcanlogin AND coalesce(member.rolvaliduntil, 'infinity') > now())
    OR EXISTS (SELECT FROM pg_stat_activity WHERE usesysid = member.oid))`,
  };
}

/** Group roles of ours that nobody declares any more. */
export const UNDECLARED_ROLES = `leasehold_owned
  WHERE owned_by = 'ours' AND NOT can_log_in AND role_name NOT IN (SELECT role_name FROM leasehold_role)`;

/** Roles that are declared here and are not ours to change, each with how it becomes ours. */
export function strangers(input: BootstrapInput): string {
  const { group, login } = marks(input);
  return `    SELECT format('role %I %s; if it is handed over to this environment, say so first: COMMENT ON ROLE %I IS %L',
      role_name, whose, role_name, ${group})
    FROM leasehold_role JOIN leasehold_owned USING (role_name) WHERE owned_by IN ('another', 'nobody')
    UNION
    SELECT format('Vault''s login %I %s: its Vault rotates the password, so this database needs a login of its own; '
      'if it is handed over to this environment, say so first: COMMENT ON ROLE %I IS %L', role_name, whose, role_name, ${login})
    FROM leasehold_owned WHERE role_name ${isLogin(input)} AND owned_by = 'another'`;
}

/** What somebody asked to retire and cannot be, with what can. */
function notRetirable({ retire = [] }: BootstrapInput): string {
  return `    SELECT format('role %I cannot be retired, for it %s; what can be: %s', wanted,
      CASE WHEN wanted IN (SELECT role_name FROM leasehold_role) THEN 'is still declared'
        WHEN role_name IS NULL THEN 'is not there' WHEN owned_by <> 'ours' THEN whose ELSE 'can log in' END,
      coalesce((SELECT string_agg(quote_ident(role_name), ', ' ORDER BY role_name) FROM ${UNDECLARED_ROLES}), 'none'))
    FROM unnest(${quoteArray(retire)}) AS wanted LEFT JOIN leasehold_owned ON role_name = wanted
    WHERE NOT EXISTS (SELECT FROM (SELECT role_name FROM ${UNDECLARED_ROLES}) AS retirable (name) WHERE name = wanted)`;
}

/** Refuses what is not ours, retires what nobody declares and nobody lives on, and names all the rest. */
export function ownershipStatements(input: BootstrapInput): string {
  return [
    raiseIfAny(
      "EXCEPTION",
      "nothing was changed, for roles belong to one environment:",
      [strangers(input), foreignLookups(input), notRetirable(input)].join("\n    UNION\n"),
    ),
    `INSERT INTO leasehold_role
  SELECT role_name, true FROM ${UNDECLARED_ROLES}
    AND (role_name = ANY (${quoteArray(input.retire ?? [])})
      OR role_name NOT IN (SELECT role_name FROM leasehold_living));`,
    block(`DECLARE
  note text;
BEGIN
  FOR note IN
${notes(input)}
    ORDER BY 1
  LOOP
    RAISE NOTICE '%', note;
  END LOOP;`),
  ].join("\n");
}

function notes(input: BootstrapInput): string {
  const { environment, connection } = input;
  const { group } = marks(input);
  const command = quoteLiteral(`npx leasehold bootstrap-sql ${environment} ${connection} --retire`);
  return `    SELECT format('role %s: no longer declared and left without privileges; once Vault issues no credential of it: DROP ROLE %I;',
      role_name, role_name)
    FROM leasehold_role WHERE retired
    UNION
    SELECT format('role %s: no longer declared, and left as it is, for it is in use by %s; to retire it all the same: %s %s',
      role_name, ${livingLogins("role_name")}, ${command}, role_name)
    FROM ${UNDECLARED_ROLES}
    UNION
    SELECT format('role %s: left as it is, for it %s', role_name, whose)
    FROM leasehold_owned WHERE owned_by = 'another' AND is_here AND NOT can_log_in
    UNION
    SELECT format('role %s: left as it is, for it %s and is not declared here; the environment that declares it takes it over; '
      'if it was this one''s: COMMENT ON ROLE %I IS %L', role_name, whose, role_name, ${group})
    FROM leasehold_owned WHERE owned_by = 'earlier' AND role_name NOT IN (SELECT role_name FROM leasehold_role)`;
}

/** There may be thousands, so it is a number and one of them. */
export function livingLogins(role: string): string {
  return `(SELECT format('%s, such as %I', count(*), min(login_name)) FROM leasehold_living AS living WHERE living.role_name = leasehold_owned.${role})`;
}
