import {
  isColumnGrant,
  isDatabaseGrant,
  isFunctionGrant,
  isSequenceGrant,
  isTableGrant,
  quoteLiteral,
  type Grant,
} from "../../postgres";
import { quoteSignature, readSignature } from "../../postgres/signatures";
import { CONTRACT_DIRECTORY, rootCertificatePath } from "../declaration/contract-files";
import { credentialsFilePath } from "../declaration/credentials-file";
import { CHECK_CONTAINER } from "../declaration/migration";
import { runsToCompletion } from "../declaration/workload";
import type { PlannedDatabase, ServicePlan } from "../service-plan";
import type { PodRequirements } from "./requirements";
import type { Container } from "./types";

const EVERY_SECONDS = 60;

/**
 * A container that logs in with each credentials file and asks PostgreSQL whether the declared grants
 * are there. It only says what it finds: it never ends with an error and has no probe, so that the pod
 * is as ready as it was without it.
 */
export function checkContainer(plan: ServicePlan, image: string, required: PodRequirements): Container {
  const checks = plan.databases.map((planned, index) => `check ${index} ${planned.database.name}`);
  const once = `${checks.join("; ")}`;
  const loop = runsToCompletion(plan.workload) ? once : `while :; do ${once}; sleep ${EVERY_SECONDS}; done`;
  const functions = plan.databases.map((planned, index) => login(planned, index)).join("\n");
  return {
    name: CHECK_CONTAINER,
    image,
    command: ["/bin/sh", "-c", `${functions}\n${CHECK}\n${loop}`],
    env: plan.databases.map(({ grants, database }, index) => ({
      name: `CHECK_${index}`,
      value: missingGrantsSql(grants, database.schema),
    })),
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
    securityContext: { ...required.securityContext, readOnlyRootFilesystem: true },
    volumeMounts: required.volumeMounts.filter(({ mountPath }) => mountPath === CONTRACT_DIRECTORY),
  };
}

/** One line per look, for a person and for a machine; psql's errors name no password. */
const CHECK = `check() {
  if ! [ -s "$(file_$1)" ]; then echo "credentials-check $2: WAITING for the credentials file"; return 0; fi
  eval "sql=\\$CHECK_$1"
  if missing=$(login_$1 "$sql" 2>&1); then
    if [ -z "$missing" ]; then echo "credentials-check $2: OK"; else echo "credentials-check $2: MISSING $missing"; fi
  else echo "credentials-check $2: FAILED $(echo "$missing" | head -n 1)"; fi
}`;

/** How psql logs in with the file, whatever its format; in a subshell, so that nothing of it stays. */
function login({ database, endpoint, file, format }: PlannedDatabase, index: number): string {
  const { host, port } = endpoint ?? database;
  const path = credentialsFilePath(file.fileName);
  const rootCertificate = rootCertificatePath(database);
  const address = [
    `PGHOST=${word(host)} PGPORT=${port} PGDATABASE=${word(database.database)}`,
    `PGSSLMODE=${database.tls.mode} PGCONNECT_TIMEOUT=10`,
    ...(rootCertificate === null ? [] : [`PGSSLROOTCERT=${rootCertificate}`]),
  ].join(" ");
  const psql = 'psql --no-psqlrc --no-align --tuples-only --set=ON_ERROR_STOP=1 --command="$1"';
  const body = {
    json: `${fields('.*"username":"', '.*"password":"', '".*')}; export ${address}; ${psql}`,
    properties: `${fields("username=", "password=", "")}; export ${address}; ${psql}`,
    env: `set -a; . "$(file_${index})"; export ${address}; ${psql}`,
    url: `${psql} "$(cat "$(file_${index})")"`,
    custom: "false",
  }[format];
  return `file_${index}() { echo ${path}; }\nlogin_${index}() ( file=$(file_${index}); ${body} )`;
}

/** Vault generates users and passwords of letters, digits, '-' and '_': sed finds them by what is around them. */
function fields(user: string, password: string, end: string): string {
  const value = (before: string) => `$(sed -n 's/^${before}\\([A-Za-z0-9_-]*\\)${end}$/\\1/p' "$file")`;
  return `PGUSER=${value(user)}; PGPASSWORD=${value(password)}; export PGUSER PGPASSWORD`;
}

function word(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A query whose answer is the list of declared privileges that the one who asks has not got; empty if all are there. */
export function missingGrantsSql(grants: readonly Grant[], schema: string): string {
  const others = grants.flatMap((grant) => besideTables(grant, schema));
  const ofTables = missingOnTablesSql(grants, schema);
  if (others.length === 0) return ofTables;
  const list = others.map(({ what, held }) => `(${quoteLiteral(what)}, ${held})`).join(", ");
  const ofOthers = `SELECT string_agg(what, ', ') FROM (VALUES ${list}) AS declared (what, held) WHERE NOT coalesce(held, false)`;
  return `SELECT concat_ws(', ', nullif((${ofTables}), ''), (${ofOthers}))`;
}

function missingOnTablesSql(grants: readonly Grant[], schema: string): string {
  const values = grants.flatMap((grant) => rows(grant, schema));
  const list = values.length === 0 ? "(NULL, NULL, NULL, NULL)" : values.join(", ");
  return (
    `SELECT coalesce(string_agg(privilege || coalesce(' (' || col || ')', '') || ' ON ' || rel, ', '), '') ` +
    `FROM (VALUES ${list}) AS declared (nsp, rel, privilege, col) ` +
    `WHERE rel IS NOT NULL AND NOT coalesce((SELECT CASE WHEN col IS NULL THEN has_table_privilege(c.oid, privilege) ` +
    `ELSE has_column_privilege(c.oid, col, privilege) END FROM pg_catalog.pg_class c ` +
    `JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = nsp AND c.relname = rel), false)`
  );
}

function rows(grant: Grant, defaultSchema: string): string[] {
  if (!isTableGrant(grant)) return [];
  const { schema = defaultSchema, tables } = grant;
  const columns = isColumnGrant(grant) ? grant.columns.map(quoteLiteral) : ["NULL"];
  return tables.flatMap((table) =>
    grant.privileges.flatMap((privilege) =>
      columns.map(
        (column) =>
          `(${quoteLiteral(schema)}, ${quoteLiteral(table)}, ${quoteLiteral(privilege)}, ${column})`,
      ),
    ),
  );
}

/** What is declared of other objects than tables, and the expression that says whether it is held. */
function besideTables(grant: Grant, defaultSchema: string): { what: string; held: string }[] {
  if (isDatabaseGrant(grant))
    return grant.database.map((privilege) => ({
      what: `${privilege} ON DATABASE`,
      held: `has_database_privilege(current_database(), ${quoteLiteral(privilege)})`,
    }));
  if (!isSequenceGrant(grant) && !isFunctionGrant(grant)) return [];
  const { schema = defaultSchema } = grant;
  const objects = isSequenceGrant(grant)
    ? grant.sequences.map((name) => ({ name, has: hasOnSequence(schema, name) }))
    : grant.functions.map((name) => ({ name, has: hasOnFunction(schema, name) }));
  return objects.flatMap(({ name, has }) =>
    grant.privileges.map((privilege) => ({
      what: `${privilege} ON ${isSequenceGrant(grant) ? "SEQUENCE " : ""}${name}`,
      held: has(quoteLiteral(privilege)),
    })),
  );
}

function hasOnSequence(schema: string, name: string): (privilege: string) => string {
  return (privilege) =>
    `(SELECT has_sequence_privilege(c.oid, ${privilege}) FROM pg_catalog.pg_class c ` +
    `JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ` +
    `WHERE c.relkind = 'S' AND n.nspname = ${quoteLiteral(schema)} AND c.relname = ${quoteLiteral(name)})`;
}

function hasOnFunction(schema: string, written: string): (privilege: string) => string {
  const signature = readSignature(written, schema);
  const name = signature === undefined ? written : quoteSignature(schema, signature);
  return (privilege) => `has_function_privilege(to_regprocedure(${quoteLiteral(name)}), ${privilege})`;
}
