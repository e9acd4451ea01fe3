import type { BootstrapInput, BootstrapRole, Pooler } from "./bootstrap-input";
import { raiseIfAny, section, type View } from "./bootstrap-sql";
import {
  isColumnGrant,
  isDatabaseGrant,
  isFunctionGrant,
  isOwnerGrant,
  isSequenceGrant,
  isTableGrant,
  privilegesIn,
  type Grant,
  type OwnerGrant,
} from "./grants";
import { commentLine, quoteArray, quoteLiteral } from "./identifiers";
import { readSignature, SIGNATURE_OF_FUNCTION, signatureText } from "./signatures";

/** The grants as rows, near to how the operator wrote them, so that two versions of the script compare. */
export function declarationSection({ roles, schema, poolers = [] }: BootstrapInput): string {
  return section(
    "2. What is declared",
    ["One row per grant. These tables are gone when the transaction ends."],
    TABLES,
    ...insert("leasehold_role", roles.map(roleRow)),
    ...insert(
      "leasehold_grant",
      roles.flatMap((role) => grantRows(role, schema)),
    ),
    ...insert(
      "leasehold_owner_grant",
      roles.flatMap((role) => ownerGrantRows(role, schema)),
    ),
    ...insert(
      "leasehold_object_grant",
      roles.flatMap((role) => objectGrantRows(role, schema)),
    ),
    ...insert("leasehold_owner", roles.flatMap(ownerRows)),
    ...insert("leasehold_replication", roles.flatMap(replicationRows)),
    ...insert("leasehold_pooler", poolers.map(poolerRow)),
    raiseIfAny("EXCEPTION", "declared, but not in this database:", MISSING),
  );
}

const TABLES = `CREATE TEMPORARY TABLE leasehold_role (
  role_name text, retired boolean
) ON COMMIT DROP;
CREATE TEMPORARY TABLE leasehold_grant (
  role_name text, schema_name text, table_names text[], column_names text[], privileges text[]
) ON COMMIT DROP;
CREATE TEMPORARY TABLE leasehold_owner_grant (
  role_name text, schema_name text, owner_name text, privileges text[]
) ON COMMIT DROP;
CREATE TEMPORARY TABLE leasehold_object_grant (
  role_name text, kind text, schema_name text, object_names text[], privileges text[]
) ON COMMIT DROP;
CREATE TEMPORARY TABLE leasehold_owner (
  role_name text, owner_name text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE leasehold_replication (
  role_name text, publication_names text[]
) ON COMMIT DROP;
CREATE TEMPORARY TABLE leasehold_pooler (
  login_name text, role_names text[]
) ON COMMIT DROP;`;

/** The same rows as common tables. A column has its type by itself: a list may have no rows, or nothing but NULL in it. */
export function declarationViews({ roles, schema, poolers = [] }: BootstrapInput): View[] {
  const rowsOf = (name: string, columns: readonly (readonly [string, string])[], rows: readonly string[]) => {
    const names = columns.map(([column]) => column).join(", ");
    const typed = columns.map(([column, type]) => `${column}::${type}`).join(", ");
    const none = `SELECT ${columns.map(() => "NULL").join(", ")} WHERE false`;
    const source = rows.length === 0 ? none : `VALUES\n${rows.join(",\n")}`;
    return { name: `${name} (${names})`, query: `SELECT ${typed} FROM (${source}\n) AS written (${names})` };
  };
  const [text, list] = ["text", "text[]"] as const;
  return [
    rowsOf(
      "leasehold_role",
      [
        ["role_name", text],
        ["retired", "boolean"],
      ],
      roles.map(roleRow),
    ),
    rowsOf(
      "leasehold_grant",
      [
        ["role_name", text],
        ["schema_name", text],
        ["table_names", list],
        ["column_names", list],
        ["privileges", list],
      ],
      roles.flatMap((role) => grantRows(role, schema)),
    ),
    rowsOf(
      "leasehold_owner_grant",
      [
        ["role_name", text],
        ["schema_name", text],
        ["owner_name", text],
        ["privileges", list],
      ],
      roles.flatMap((role) => ownerGrantRows(role, schema)),
    ),
    rowsOf(
      "leasehold_object_grant",
      [
        ["role_name", text],
        ["kind", text],
        ["schema_name", text],
        ["object_names", list],
        ["privileges", list],
      ],
      roles.flatMap((role) => objectGrantRows(role, schema)),
    ),
    rowsOf(
      "leasehold_owner",
      [
        ["role_name", text],
        ["owner_name", text],
      ],
      roles.flatMap(ownerRows),
    ),
    rowsOf(
      "leasehold_replication",
      [
        ["role_name", text],
        ["publication_names", list],
      ],
      roles.flatMap(replicationRows),
    ),
    rowsOf(
      "leasehold_pooler",
      [
        ["login_name", text],
        ["role_names", list],
      ],
      poolers.map(poolerRow),
    ),
  ];
}

function insert(table: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [`INSERT INTO ${table} VALUES\n${rows.join(",\n")};`];
}

function roleRow({ name }: BootstrapRole): string {
  return `  (${quoteLiteral(name)}, false)`;
}

function grantRows({ name, grants }: BootstrapRole, defaultSchema: string): string[] {
  return grants.filter(isTableGrant).map((grant) => {
    const { schema = defaultSchema, tables, privileges } = grant;
    const columns = isColumnGrant(grant) ? quoteArray(grant.columns) : "NULL";
    const names = [name, schema].map(quoteLiteral);
    return `  (${[...names, quoteArray(tables), columns, quoteArray(privileges)].join(", ")})`;
  });
}

function ownerGrantRows({ name, grants }: BootstrapRole, defaultSchema: string): string[] {
  return grants
    .filter((grant): grant is OwnerGrant => isOwnerGrant(grant))
    .map(({ schema = defaultSchema, allTablesOwnedBy, privileges, reason }) => {
      const names = [name, schema, allTablesOwnedBy].map(quoteLiteral);
      return `  ${commentLine(reason)}\n  (${[...names, quoteArray(privileges)].join(", ")})`;
    });
}

/** What is beside tables: sequences, functions and procedures by their signature, and the database itself. */
function objectGrantRows({ name, grants }: BootstrapRole, defaultSchema: string): string[] {
  return grants.flatMap((grant) => {
    const objects = objectsOf(grant, defaultSchema);
    if (objects === undefined) return [];
    const { kind, schema, names } = objects;
    const where = [schema === undefined ? "NULL" : quoteLiteral(schema), names ? quoteArray(names) : "NULL"];
    const row = [quoteLiteral(name), quoteLiteral(kind), ...where, quoteArray(privilegesIn(grant))];
    return [`  (${row.join(", ")})`];
  });
}

function objectsOf(grant: Grant, defaultSchema: string) {
  if (isDatabaseGrant(grant)) return { kind: "DATABASE" };
  const { schema = defaultSchema } = grant;
  if (isSequenceGrant(grant)) return { kind: "SEQUENCE", schema, names: grant.sequences };
  if (!isFunctionGrant(grant)) return undefined;
  const names = grant.functions.map((written) => {
    const signature = readSignature(written, schema);
    return signature === undefined ? written : signatureText(signature);
  });
  return { kind: "FUNCTION", schema, names };
}

/** Whoever changes the schema acts as its owner. */
function ownerRows({ name, owner }: BootstrapRole): string[] {
  if (owner === undefined) return [];
  return [`  ${commentLine(owner.reason)}\n  (${[name, owner.role].map(quoteLiteral).join(", ")})`];
}

/** Whoever streams reads more than its publications, so each row says why. */
function replicationRows({ name, replication }: BootstrapRole): string[] {
  if (replication === undefined) return [];
  const { publications, reason } = replication;
  return [`  ${commentLine(reason)}\n  (${quoteLiteral(name)}, ${quoteArray(publications)})`];
}

/** Whose users a pooler may ask for. */
function poolerRow({ login, roles }: Pooler): string {
  return `  (${quoteLiteral(login)}, ${quoteArray([...roles].sort())})`;
}

/** Schemas that grants are in. */
export const SCHEMAS_OF_GRANTS = `SELECT role_name, schema_name FROM leasehold_grant
    UNION SELECT role_name, schema_name FROM leasehold_owner_grant
    UNION SELECT role_name, schema_name FROM leasehold_object_grant WHERE schema_name IS NOT NULL`;

/** Schemas, tables, columns, sequences, functions, owners and publications that are declared and not there. */
export const MISSING = `    SELECT format('schema %I', schema_name)
    FROM (${SCHEMAS_OF_GRANTS}) AS used
    WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = schema_name)
    UNION
    SELECT format('table %I.%I', schema_name, table_name)
    FROM leasehold_grant, unnest(table_names) AS table_name
    WHERE NOT EXISTS (
      SELECT FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
      WHERE nspname = schema_name AND relname = table_name AND relkind IN ('r', 'p', 'v', 'm', 'f'))
    UNION
    SELECT format('column %I.%I.%I', schema_name, table_name, column_name)
    FROM leasehold_grant, unnest(table_names) AS table_name, unnest(column_names) AS column_name
    WHERE to_regclass(format('%I.%I', schema_name, table_name)) IS NOT NULL AND NOT EXISTS (
      SELECT FROM pg_attribute
      WHERE attrelid = to_regclass(format('%I.%I', schema_name, table_name))
        AND attname = column_name AND NOT attisdropped)
    UNION
    SELECT format('sequence %I.%I', schema_name, object_name)
    FROM leasehold_object_grant, unnest(object_names) AS object_name
    WHERE kind = 'SEQUENCE' AND NOT EXISTS (
      SELECT FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
      WHERE nspname = schema_name AND relname = object_name AND relkind = 'S')
    UNION
    SELECT format('function %I.%s%s', schema_name, object_name, (
      SELECT format(' (there is %s)', string_agg(${SIGNATURE_OF_FUNCTION}, ', ' ORDER BY p.oid))
      FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace
      WHERE nspname = schema_name AND proname = split_part(object_name, '(', 1)::name HAVING count(*) > 0))
    FROM leasehold_object_grant, unnest(object_names) AS object_name
    WHERE kind = 'FUNCTION' AND NOT EXISTS (
      SELECT FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace
      WHERE nspname = schema_name AND proname = split_part(object_name, '(', 1)::name AND object_name = ${SIGNATURE_OF_FUNCTION})
    UNION
    SELECT format('role %I', owner_name)
    FROM (SELECT owner_name FROM leasehold_owner_grant UNION SELECT owner_name FROM leasehold_owner) AS owners
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = owner_name)
    UNION
    SELECT format('publication %I', publication_name)
    FROM leasehold_replication, unnest(publication_names) AS publication_name
    WHERE NOT EXISTS (SELECT FROM pg_publication WHERE pubname = publication_name)`;
