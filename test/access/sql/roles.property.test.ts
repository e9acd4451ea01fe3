import * as fc from "fast-check";
import type { Client } from "pg";
import {
  effectivePrivileges,
  loadSqlParser,
  readGrants,
  type EffectivePrivilege,
} from "../../../proof/access";
import { describeOnServers, startPostgres, type PostgresServer } from "../../support/postgres";

const ROLES = ["r_a", "r_b", "r_c", "r_d"] as const;
const TABLES = ["public.t_one", "public.t_two", "other.t_one"] as const;
const VERBS = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"] as const;
const COLUMN_VERBS = ["SELECT", "INSERT", "UPDATE", "REFERENCES"] as const;
const SCHEMAS = ["public", "other"] as const;

beforeAll(loadSqlParser);

const role = fc.constantFrom(...ROLES);
const grantee = fc.constantFrom(...ROLES, "PUBLIC");
const schema = fc.constantFrom(...SCHEMAS);
const table = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<string>(...TABLES) },
  { weight: 1, arbitrary: fc.constant("t_two") },
);
const target = fc.oneof(
  { weight: 4, arbitrary: table.map((name) => `TABLE ${name}`) },
  { weight: 1, arbitrary: schema.map((name) => `ALL TABLES IN SCHEMA ${name}`) },
);
const verbs = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .uniqueArray(fc.constantFrom(...VERBS), { minLength: 1, maxLength: 3 })
      .map((all) => all.join(", ")),
  },
  { weight: 1, arbitrary: fc.constant("ALL PRIVILEGES") },
);
const columns = fc.constantFrom("(id)", "(note)", "(id, note)");
const columnVerb = fc.constantFrom(...COLUMN_VERBS);
const sets = ["", " WITH ADMIN OPTION"];
/** From PostgreSQL 16 on. */
const options = [
  ...sets,
  " WITH INHERIT FALSE",
  " WITH SET FALSE",
  " WITH INHERIT TRUE, SET FALSE",
  " WITH INHERIT FALSE, SET FALSE",
];

/** A statement of those that decide who may do what. */
const statements = (version: number) => {
  const after16 = version >= 16;
  const plain = fc.oneof(
    fc.tuple(verbs, target, grantee).map(([what, on, to]) => `GRANT ${what} ON ${on} TO ${to}`),
    fc.tuple(verbs, target, grantee).map(([what, on, from]) => `REVOKE ${what} ON ${on} FROM ${from}`),
    fc
      .tuple(columnVerb, columns, table, grantee)
      .map(([verb, of, on, to]) => `GRANT ${verb} ${of} ON ${on} TO ${to}`),
    fc
      .tuple(columnVerb, columns, table, grantee)
      .map(([verb, of, on, from]) => `REVOKE ${verb} ${of} ON ${on} FROM ${from}`),
    fc
      .tuple(role, role, fc.constantFrom(...(after16 ? options : sets)))
      .map(([of, to, how]) => `GRANT ${of} TO ${to}${how}`),
    fc
      .tuple(role, fc.constantFrom("pg_read_all_data", "pg_write_all_data"))
      .map(([to, of]) => `GRANT ${of} TO ${to}`),
    fc.tuple(role, role).map(([of, from]) => `REVOKE ${of} FROM ${from}`),
    fc
      .tuple(fc.constantFrom("ADMIN", ...(after16 ? ["INHERIT", "SET"] : [])), role, role)
      .map(([what, of, from]) => `REVOKE ${what} OPTION FOR ${of} FROM ${from}`),
    fc.tuple(role, role).map(([group, member]) => `ALTER GROUP ${group} ADD USER ${member}`),
    fc.tuple(role, role).map(([group, member]) => `ALTER GROUP ${group} DROP USER ${member}`),
    fc.tuple(table, role).map(([on, to]) => `ALTER TABLE ${on} OWNER TO ${to}`),
    fc.tuple(role, role).map(([from, to]) => `REASSIGN OWNED BY ${from} TO ${to}`),
    fc
      .tuple(role, fc.constantFrom("INHERIT", "NOINHERIT", "SUPERUSER", "NOSUPERUSER"))
      .map(([who, what]) => `ALTER ROLE ${who} ${what}`),
    fc
      .tuple(verbs, target, grantee)
      .map(([what, on, from]) => `REVOKE GRANT OPTION FOR ${what} ON ${on} FROM ${from}`),
  );
  const inBlock = (condition: string) => (statement: string) =>
    `DO $$ BEGIN ${condition === "" ? statement : `IF ${condition} THEN ${statement}; END IF`}; END $$`;
  return fc.oneof(
    { weight: 12, arbitrary: plain },
    { weight: 1, arbitrary: plain.map(inBlock("")) },
    { weight: 1, arbitrary: plain.map(inBlock("now() > '2000-01-01'")) },
    { weight: 1, arbitrary: plain.map(inBlock("now() < '2000-01-01'")) },
    {
      weight: 1,
      arbitrary: plain.map((statement) => `DO $$ BEGIN EXECUTE '${statement.replaceAll("'", "''")}'; END $$`),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(role, plain).map(([who, statement]) => `SET ROLE ${who}; ${statement}; RESET ROLE`),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "SET search_path = public",
        "SET search_path = other, public",
        "RESET search_path",
      ),
    },
  );
};

describeOnServers("what PostgreSQL says after any statements", (binaries) => {
  let server: PostgresServer;
  let session: Client;
  beforeAll(async () => {
    server = await startPostgres(binaries);
    session = await server.connect();
  }, 120_000);
  afterAll(() => server.stop());

  test("is what the reader says, or it says why nobody knows", async () => {
    let answers = 0;
    let unknown = 0;
    const runs = fc.array(statements(server.version), { minLength: 1, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(runs, async (written) => {
        const script = await ran(session, [...SETUP, ...written]);
        const { roles, failures } = readGrants(`${script.join(";\n")};`, "roles.sql");
        expect(failures).toEqual([]);
        for (const user of ROLES) {
          const read = effectivePrivileges(roles, user);
          const held = await heldOf(session, user, server.version);
          for (const each of held) {
            const said = answer(read.privileges, each);
            const isCertain = said !== "doubtful" && (said === "yes" || read.unread.length === 0);
            answers += 1;
            if (!isCertain) unknown += 1;
            else
              expect({ script, user, ...each, said }).toEqual({
                script,
                user,
                ...each,
                said: each.held ? "yes" : "no",
              });
          }
        }
      }),
      { numRuns: RUNS, examples: ONCE_WRONG },
    );
    // A reader that knows nothing would pass too.
    expect(unknown / answers).toBeLessThan(0.6);
  }, 600_000);
});

const RUNS = Number(process.env.LEASEHOLD_RUNS ?? 60);

/** What a run found, tried first in every later one. */
const ONCE_WRONG: [string[]][] = [
  [
    [
      "DO $$ BEGIN IF now() < '2000-01-01' THEN ALTER TABLE public.t_one OWNER TO r_a; END IF; END $$",
      "REASSIGN OWNED BY r_a TO r_a",
    ],
  ],
  [
    [
      "ALTER TABLE public.t_two OWNER TO r_c",
      "REVOKE SELECT ON TABLE public.t_two FROM r_c",
      "ALTER TABLE t_two OWNER TO r_a",
    ],
  ],
  [["ALTER ROLE r_b SUPERUSER", "DO $$ BEGIN EXECUTE 'ALTER ROLE r_b NOSUPERUSER'; END $$"]],
];

const SETUP = [...ROLES.map((name) => `CREATE ROLE ${name} NOLOGIN`)];

/** Those of some statements that succeed, one after the other, on tables and roles that are new. */
async function ran(session: Client, statements: readonly string[]): Promise<string[]> {
  await session.query("RESET ROLE; RESET search_path");
  await session.query(
    `DROP SCHEMA IF EXISTS other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE SCHEMA other`,
  );
  for (const name of ROLES) {
    const { rowCount } = await session.query("SELECT FROM pg_roles WHERE rolname = $1", [name]);
    if (rowCount) await session.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
  }
  for (const name of TABLES) await session.query(`CREATE TABLE ${name} (id int, note text)`);
  const succeeded: string[] = [];
  for (const statement of statements) {
    const isDone = await session.query(statement).then(
      () => true,
      () => false,
    );
    if (isDone) succeeded.push(statement);
    else await session.query("RESET ROLE");
  }
  await session.query("RESET ROLE; RESET search_path");
  return succeeded;
}

interface Held {
  readonly schema: string;
  readonly table: string;
  readonly verb: string;
  /** Null: the whole table. */
  readonly column: string | null;
  readonly held: boolean;
}

/** What PostgreSQL says a session of the role has, or has once it has become another one. */
async function heldOf(session: Client, user: string, version: number): Promise<Held[]> {
  const sets = version >= 16 ? "SET" : "MEMBER";
  const { rows } = await session.query<Held>(
    `SELECT schema, "table", verb, "column", bool_or(
        CASE WHEN "column" IS NULL THEN has_table_privilege(become, format('%I.%I', schema, "table"), verb)
        ELSE has_column_privilege(become, format('%I.%I', schema, "table"), "column", verb) END) AS held
      FROM (SELECT split_part(name, '.', 1) AS schema, split_part(name, '.', 2) AS "table" FROM unnest($2::text[]) AS name) AS tables,
        unnest($3::text[]) AS verb, (VALUES (NULL), ('id'), ('note')) AS columns ("column"),
        (SELECT rolname AS become FROM pg_roles WHERE (rolname = ANY ($4::text[]) OR rolname LIKE 'pg\\_%\\_all\\_data')
          AND (rolname = $1 OR pg_has_role($1, oid, '${sets}'))) AS roles
      WHERE "column" IS NULL OR verb = ANY ($5::text[])
      GROUP BY 1, 2, 3, 4`,
    [user, TABLES, VERBS, ROLES, COLUMN_VERBS],
  );
  return rows;
}

/** What the reader says of one verb, of a table that may be meant by a name without a schema. */
function answer(privileges: readonly EffectivePrivilege[], { schema: of, table: name, verb, column }: Held) {
  const about = privileges.filter(
    (each) =>
      each.on === "TABLE" &&
      each.verb === verb &&
      (each.schema ?? of) === of &&
      (each.name ?? name) === name &&
      !each.except.includes(name) &&
      (each.columns.length === 0 || (column !== null && each.columns.includes(column))),
  );
  const isSure = about.some(
    (each) =>
      each.doubt === undefined &&
      (each.schema !== undefined || each.by !== "grant" || each.name === undefined),
  );
  if (isSure) return "yes";
  return about.length > 0 ? "doubtful" : "no";
}
