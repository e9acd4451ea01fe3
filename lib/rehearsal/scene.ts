import {
  isColumnGrant,
  isDatabaseGrant,
  isFunctionGrant,
  isOwnerGrant,
  isSequenceGrant,
  isTableGrant,
  quoteIdentifier,
  quoteLiteral,
  type BootstrapInput,
  type BootstrapRole,
  type FunctionGrant,
} from "../postgres";
import { quoteQualified } from "../postgres/identifiers";
import { quoteSignature, readSignature, signatureText, type Signature } from "../postgres/signatures";

/** Who runs the bootstrap SQL: no superuser, but what it asks for, as a managed server has it. */
export const ADMINISTRATOR = "leasehold_administrator";
/** Whose server it is, under a name that nobody declares. RESET SESSION AUTHORIZATION leaves PGlite with the user that it had. */
export const SUPERUSER = "leasehold_superuser";
/** May what everybody may. */
export const NOBODY = "leasehold_nobody";
/** What is there and belongs to somebody else. */
const STRANGER = "leasehold_stranger";

/** A table that grants are about, with the sequence that numbers its rows. */
export interface SceneTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly sequence: string;
  /** @default - the administrator */
  readonly owner?: string;
}

/** The database as it is before anybody has run anything of leasehold's. */
export interface Scene {
  readonly tables: readonly SceneTable[];
  /** What makes it, as the superuser of an empty server. */
  readonly sql: readonly string[];
}

/** Takes back whatever a rehearsal has made, as the superuser; what was there on an empty server stays. */
export const CLEAR = `DO $clear$
DECLARE
  item text;
BEGIN
  FOR item IN SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  LOOP EXECUTE item; END LOOP;
  FOR item IN SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication
  LOOP EXECUTE item; END LOOP;
  FOR item IN SELECT format('DROP OWNED BY %I CASCADE', rolname) FROM pg_roles WHERE oid >= 16384
  LOOP EXECUTE item; END LOOP;
  EXECUTE format('ALTER DATABASE %I OWNER TO ${SUPERUSER}', current_database());
  UPDATE pg_database SET datname = 'postgres', datacl = NULL WHERE datname = current_database();
  FOR item IN SELECT format('REVOKE %I FROM %I GRANTED BY %I CASCADE', pg_get_userbyid(roleid), pg_get_userbyid(member), pg_get_userbyid(grantor))
    FROM pg_auth_members WHERE grantor >= 16384
  LOOP EXECUTE item; END LOOP;
  FOR item IN SELECT format('DROP ROLE %I', rolname) FROM pg_roles WHERE oid >= 16384
  LOOP EXECUTE item; END LOOP;
  CREATE SCHEMA public AUTHORIZATION pg_database_owner;
  GRANT USAGE ON SCHEMA public TO PUBLIC;
END $clear$`;

/** A database in which all is there that is declared, and beside each something that is not. */
export function sceneOf(input: BootstrapInput, direct: readonly BootstrapRole[]): Scene {
  const roles = [...input.roles, ...direct];
  const tables = tablesOf(roles, input.schema);
  const others = objectsBesideTables(roles, input.schema, tables);
  const schemas = [...new Set([input.schema, ...[...tables, ...others].map(({ schema }) => schema)])];
  const owners = ownersOf(roles);
  const publications = new Set(roles.flatMap(({ replication }) => replication?.publications ?? []));
  const { staticUsers = [], poolers = [] } = input;
  return {
    tables,
    sql: [
      `UPDATE pg_database SET datname = ${quoteLiteral(input.databaseName)} WHERE datname = current_database()`,
      `CREATE ROLE ${ADMINISTRATOR} LOGIN CREATEROLE${publications.size > 0 ? " REPLICATION" : ""}`,
      `GRANT pg_signal_backend TO ${ADMINISTRATOR} WITH ADMIN OPTION`,
      `ALTER DATABASE ${quoteIdentifier(input.databaseName)} OWNER TO ${ADMINISTRATOR}`,
      // A superuser has it anyway.
      ...(poolers.length > 0 ? [`GRANT SELECT ON pg_authid TO ${ADMINISTRATOR}`] : []),
      `CREATE ROLE ${NOBODY} LOGIN`,
      `CREATE ROLE ${STRANGER} LOGIN`,
      `GRANT CONNECT ON DATABASE ${quoteIdentifier(input.databaseName)} TO ${STRANGER}`,
      // As in a database that was made before PostgreSQL 15.
      "GRANT CREATE ON SCHEMA public TO PUBLIC",
      `SET SESSION AUTHORIZATION ${ADMINISTRATOR}`,
      ...schemas
        .filter((schema) => schema !== "public")
        .map((schema) => `CREATE SCHEMA ${quoteIdentifier(schema)}`),
      ...staticUsers.map((user) => `CREATE ROLE ${quoteIdentifier(user)} LOGIN`),
      // What an application has made belongs to its static user as often as not.
      ...owners
        .filter((owner) => !staticUsers.includes(owner))
        .map((owner) => `CREATE ROLE ${quoteIdentifier(owner)} NOLOGIN`),
      ...owners.map((owner) => `GRANT ${quoteIdentifier(owner)} TO CURRENT_USER`),
      ...tables.map(createTable),
      ...new Set(others.flatMap(({ sql }) => sql)),
      ...(roles.some(({ grants }) => grants.some(isDatabaseGrant))
        ? [`REVOKE TEMPORARY ON DATABASE ${quoteIdentifier(input.databaseName)} FROM PUBLIC`]
        : []),
      ...schemas.flatMap((schema) => beside(schema)),
      ...(direct.length > 0 ? handOn(input, schemas) : []),
      `SET SESSION AUTHORIZATION ${SUPERUSER}`,
      ...tables.flatMap(handOver),
      ...[...publications].map((name) => `CREATE PUBLICATION ${quoteIdentifier(name)}`),
    ],
  };
}

/** The owners that grants or roles name. */
export function ownersOf(roles: readonly BootstrapRole[]): string[] {
  const named = roles.flatMap(({ grants, owner }) => [
    ...grants.flatMap((grant) => (isOwnerGrant(grant) ? [grant.allTablesOwnedBy] : [])),
    ...(owner ? [owner.role] : []),
  ]);
  return [...new Set(named)];
}

/** Each table once, with all columns that any grant names, and one of each owner. */
function tablesOf(roles: readonly BootstrapRole[], defaultSchema: string): SceneTable[] {
  const named = new Map<string, { schema: string; name: string; columns: Set<string>; owner?: string }>();
  for (const grant of roles.flatMap(({ grants }) => grants)) {
    if (!isOwnerGrant(grant) && !isTableGrant(grant)) continue;
    const { schema = defaultSchema } = grant;
    const names = isOwnerGrant(grant) ? [`leasehold owned by ${grant.allTablesOwnedBy}`] : grant.tables;
    for (const name of names) {
      const key = JSON.stringify([schema, name]);
      const owner = isOwnerGrant(grant) ? { owner: grant.allTablesOwnedBy } : {};
      const table = named.get(key) ?? { schema, name, columns: new Set<string>(), ...owner };
      if (isColumnGrant(grant)) grant.columns.forEach((column) => table.columns.add(column));
      named.set(key, table);
    }
  }
  return [...named.values()].map((table, index) => ({
    ...table,
    columns: [...table.columns],
    sequence: `leasehold numbers ${index}`,
  }));
}

/** What makes an object that is no table, with the schema that it needs. */
interface SceneObject {
  readonly schema: string;
  readonly sql: readonly string[];
}

/** Sequences, functions and the types of their arguments; a type may be that of a table's rows, which is there. */
function objectsBesideTables(
  roles: readonly BootstrapRole[],
  defaultSchema: string,
  tables: readonly SceneTable[],
): SceneObject[] {
  const grants = roles.flatMap((role) => role.grants);
  const sequences = grants
    .filter(isSequenceGrant)
    .flatMap(({ schema = defaultSchema, sequences: names }) =>
      names.map((name) => ({ schema, sql: [`CREATE SEQUENCE ${quoteQualified(schema, name)}`] })),
    );
  const functions = grants.filter(isFunctionGrant).flatMap((grant) =>
    signaturesOf(grant, grant.schema ?? defaultSchema).map(({ signature }) => ({
      schema: grant.schema ?? defaultSchema,
      signature,
    })),
  );
  const types = functions
    .flatMap(({ signature }) => signature.types)
    .flatMap(({ schema, name }) => (schema === undefined ? [] : [{ schema, name }]))
    .filter((type) => tables.every(({ schema, name }) => schema !== type.schema || name !== type.name))
    .map(({ schema, name }) => ({
      schema,
      sql: [`CREATE TYPE ${quoteQualified(schema, name)} AS ENUM ('leasehold')`],
    }));
  return [
    ...sequences,
    ...types,
    ...functions.map(({ schema, signature }) => ({ schema, sql: createFunction(schema, signature) })),
  ];
}

/** The functions of a grant, each with the text by which the facts call it. */
export function signaturesOf(
  { functions }: FunctionGrant,
  schema: string,
): { readonly signature: Signature; readonly text: string }[] {
  return functions
    .map((written) => readSignature(written, schema))
    .filter((signature) => signature !== undefined)
    .map((signature) => ({ signature, text: signatureText(signature) }));
}

/** Nobody but its owner may execute it, so that what is granted shows. */
function createFunction(schema: string, signature: Signature): string[] {
  const name = quoteSignature(schema, signature);
  return [
    `CREATE FUNCTION ${name} RETURNS void LANGUAGE plpgsql AS 'BEGIN END'`,
    `REVOKE EXECUTE ON FUNCTION ${name} FROM PUBLIC`,
  ];
}

/** With a column that no grant names, whose default is a sequence of the table's own. */
function createTable({ schema, name, columns, sequence }: SceneTable): string {
  const table = quoteQualified(schema, name);
  const numbers = `GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME ${quoteQualified(schema, sequence)})`;
  const written = columns.map((column) => `${quoteIdentifier(column)} text`);
  return `CREATE TABLE ${table} (${[...written, `"leasehold number" integer ${numbers}`].join(", ")})`;
}

function handOver({ schema, name, owner }: SceneTable): string[] {
  if (owner === undefined) return [];
  return [`ALTER TABLE ${quoteQualified(schema, name)} OWNER TO ${quoteIdentifier(owner)}`];
}

/** What nobody declares: a table, a sequence and a function, on which somebody else has rights. */
function beside(schema: string): string[] {
  const [table, sequence] = ["leasehold beside", "leasehold beside numbers"].map((name) =>
    quoteQualified(schema, name),
  );
  return [
    `CREATE TABLE ${table} (id integer, note text)`,
    `CREATE SEQUENCE ${sequence}`,
    `CREATE FUNCTION ${quoteQualified(schema, "leasehold_beside")}() RETURNS integer LANGUAGE sql AS 'SELECT 1'`,
    `GRANT USAGE ON SCHEMA ${quoteIdentifier(schema)} TO ${STRANGER}`,
    `GRANT SELECT, INSERT ON ${table} TO ${STRANGER}`,
    `GRANT UPDATE (note) ON ${table} TO ${STRANGER}`,
  ];
}

/** Where nobody runs bootstrap SQL, Vault's login hands on what it holds itself. */
function handOn({ login, databaseName }: BootstrapInput, schemas: readonly string[]): string[] {
  const user = quoteIdentifier(login);
  return [
    `CREATE ROLE ${user} LOGIN CREATEROLE NOINHERIT`,
    `GRANT CONNECT ON DATABASE ${quoteIdentifier(databaseName)} TO ${user}`,
    ...schemas
      .map(quoteIdentifier)
      .flatMap((schema) => [
        `GRANT USAGE ON SCHEMA ${schema} TO ${user} WITH GRANT OPTION`,
        `GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO ${user} WITH GRANT OPTION`,
        `GRANT ALL ON ALL SEQUENCES IN SCHEMA ${schema} TO ${user} WITH GRANT OPTION`,
        `GRANT EXECUTE ON ALL ROUTINES IN SCHEMA ${schema} TO ${user} WITH GRANT OPTION`,
      ]),
  ];
}
