import { commentLine, doBlock, quoteIdentifier, quoteLiteral } from "./identifiers";

export interface RetirementInput {
  /** The database, by its name in PostgreSQL. */
  readonly databaseName: string;
  /** The user whose password never changed. */
  readonly user: string;
  /**
   * Role that gets what the user owns; NOLOGIN, so that nobody needs its password.
   * @default - the user must own nothing
   */
  readonly ownerRole?: string;
}

/** One step of a retirement; each refuses, and changes nothing, as long as the check before it does not hold. */
export interface RetirementStep {
  readonly name: "nologin" | "ownership" | "privileges" | "drop";
  readonly title: string;
  readonly sql: string;
}

/**
 * How a static user goes: it can no longer log in, what it owns gets another owner, its privileges are
 * revoked, and some time later it is dropped. The first step is undone by one statement.
 */
export function retirementSteps(input: RetirementInput): RetirementStep[] {
  const { user, ownerRole } = input;
  const name = quoteIdentifier(user);
  const step = (
    each: RetirementStep["name"],
    title: string,
    checks: readonly Check[],
    ...actions: string[]
  ): RetirementStep => ({
    name: each,
    title,
    sql: [
      commentLine(title),
      "BEGIN;",
      `${doBlock(`BEGIN\n${[EXISTS, RIGHT_DATABASE, ...checks].map((check) => check(input)).join("\n")}`)};`,
      ...actions,
      "COMMIT;",
      "",
    ].join("\n"),
  });
  return [
    step(
      "nologin",
      `1. Nobody logs in as ${user} any more. Back: ALTER ROLE ${name} LOGIN;`,
      [NO_SESSION],
      `ALTER ROLE ${name} NOLOGIN;`,
    ),
    step(
      "ownership",
      ownerRole === undefined
        ? `2. ${user} owns nothing in this database`
        : `2. What ${user} owns in this database belongs to ${ownerRole}`,
      ownerRole === undefined
        ? [NOLOGIN, NO_SESSION, OWNS_NOTHING_HERE]
        : [NOLOGIN, NO_SESSION, OWNER_CANNOT_LOG_IN, ACTS_FOR_USER, ACTS_FOR_OWNER, MAY_HAND_OVER_DATABASE],
      ...(ownerRole === undefined ? [] : [`REASSIGN OWNED BY ${name} TO ${quoteIdentifier(ownerRole)};`]),
    ),
    step(
      "privileges",
      `3. ${user} may do nothing in this database. It owns nothing, so that DROP OWNED drops no table`,
      [NOLOGIN, NO_SESSION, OWNS_NOTHING_HERE, ACTS_FOR_USER],
      `DROP OWNED BY ${name};`,
    ),
    step(
      "drop",
      `4. ${user} is gone. Wait for a week without complaints, and take step 3 in every database that it used`,
      [NOLOGIN, NO_SESSION, NOTHING_ANYWHERE],
      `DROP ROLE ${name};`,
    ),
  ];
}

type Check = (input: RetirementInput) => string;

const EXISTS: Check = ({ user }) =>
  refuse(
    `NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(user)})`,
    `there is no role ${user}`,
    "Nothing is left to do, or the name is another one.",
  );

const RIGHT_DATABASE: Check = ({ databaseName }) =>
  refuse(
    `pg_catalog.current_database() <> ${quoteLiteral(databaseName)}`,
    `this script is for the database ${databaseName}`,
    "Connect to that database.",
  );

const NO_SESSION: Check = ({ user }) =>
  refuse(
    `EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE usename = ${quoteLiteral(user)})`,
    `${user} is still connected`,
    "Somebody lives on the static password: look at client_addr and application_name in pg_stat_activity.",
  );

const NOLOGIN: Check = ({ user }) =>
  refuse(
    `EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(user)} AND rolcanlogin)`,
    `${user} can still log in`,
    "Take step 1 first, and wait: what it breaks is mended by one statement.",
  );

const OWNER_CANNOT_LOG_IN: Check = ({ ownerRole = "" }) =>
  refuse(
    `NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(ownerRole)} AND NOT rolcanlogin)`,
    `${ownerRole} is no role without login`,
    "An owner nobody can log in as is never in the way of a drop: CREATE ROLE … NOLOGIN.",
  );

/** A superuser acts for everybody; somebody else by a membership, which from PostgreSQL 16 on says by itself for what. */
function actsFor(role: string, privileges: readonly string[], message: string): string {
  const name = quoteIdentifier(role);
  return refuse(
    privileges
      .map((privilege) => `NOT pg_catalog.pg_has_role(${quoteLiteral(role)}, ${privilege})`)
      .join(" OR "),
    message,
    `A superuser may. Whoever made ${role}, or is an ADMIN of it, says first: GRANT ${name} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE (before PostgreSQL 16 without WITH), and afterwards: REVOKE ${name} FROM CURRENT_USER.`,
  );
}

const ACTS_FOR_USER: Check = ({ user }) =>
  actsFor(user, ["'USAGE'"], `whoever runs this may not act for ${user}`);

/** `REASSIGN OWNED` asks for SET on the target since the minor releases of November 2026 (CVE-2026-120146). */
const ACTS_FOR_OWNER: Check = ({ ownerRole = "" }) =>
  actsFor(
    ownerRole,
    [
      "'USAGE'",
      "CASE WHEN pg_catalog.current_setting('server_version_num')::integer < 160000 THEN 'MEMBER' ELSE 'SET' END",
    ],
    `whoever runs this may not become ${ownerRole}, which gets what is handed over`,
  );

/** The same releases ask for CREATEDB where a database changes hands. */
const MAY_HAND_OVER_DATABASE: Check = ({ user }) =>
  refuse(
    `EXISTS (SELECT FROM pg_catalog.pg_database AS d JOIN pg_catalog.pg_roles AS o ON o.oid = d.datdba
      WHERE o.rolname = ${quoteLiteral(user)})
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER AND (rolsuper OR rolcreatedb))`,
    `${user} owns a database, and whoever runs this lacks CREATEDB`,
    "A superuser may, or a role with CREATEDB.",
  );

const DEPENDS = `pg_catalog.pg_shdepend AS d JOIN pg_catalog.pg_roles AS r
      ON d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = r.oid`;

const OWNS_NOTHING_HERE: Check = ({ user }) =>
  refuse(
    `EXISTS (SELECT FROM ${DEPENDS} WHERE r.rolname = ${quoteLiteral(user)} AND d.deptype = 'o'
      AND d.dbid IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())))`,
    `${user} still owns something here`,
    "Name an ownerRole, so that step 2 hands it over: DROP OWNED would drop the tables.",
  );

const NOTHING_ANYWHERE: Check = ({ user }) =>
  refuse(
    `EXISTS (SELECT FROM ${DEPENDS} WHERE r.rolname = ${quoteLiteral(user)})`,
    `${user} still owns or may do something, here or in another database of the server`,
    "Take the steps before this one in each of them: SELECT datname FROM pg_database JOIN pg_shdepend ON dbid = pg_database.oid.",
  );

function refuse(condition: string, message: string, hint: string): string {
  return `  IF ${condition} THEN
    RAISE EXCEPTION USING MESSAGE = ${quoteLiteral(message)}, HINT = ${quoteLiteral(hint)};
  END IF;`;
}
