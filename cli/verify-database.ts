import { find, JUDGED, UsageError, withHelp, working } from "@leasehold/proof/cli";
import { conclude, failOnOption, formatOption, type FindingsOptions } from "@leasehold/proof/cli/findings";
import type { Finding } from "@leasehold/proof/rules";
import { Command, InvalidArgumentError } from "commander";
import { Client, type ClientConfig } from "pg";
import { InvalidConfigurationError, isDuration, seconds } from "../lib/core";
import { wholeOf } from "../lib/environment/clusters";
import { bootstrapInput } from "../lib/environment/derive";
import { configurationProblems } from "../lib/environment/problems";
import {
  renderVerificationSql,
  VERIFICATION_KINDS,
  type BootstrapInput,
  type VerificationKind,
} from "../lib/postgres";
import { withDeclarations } from "./declarations";
import type { Environments } from "./environments";

interface Options extends FindingsOptions {
  readonly timeout: string;
}

/** `leasehold verify-database <environment> <database>`: compares a live PostgreSQL with what is declared. */
export function verifyDatabaseCommand(environments: Environments): Command {
  const command = new Command("verify-database")
    .argument("<environment>", "name of an environment")
    .argument("<database>", "name of one of its databases")
    .addOption(formatOption())
    .addOption(failOnOption())
    .option(
      "--timeout <duration>",
      'how long to wait for the connection, and for each answer, such as "30s" or "5m"',
      duration,
      "30s",
    )
    .action((environment: string, database: string, options: Options) =>
      verify(environments, environment, database, options),
    );
  return withHelp(command, {
    notes:
      "The connection is that of libpq's variables: PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE.",
    exitCodes: JUDGED,
    example:
      "PGHOST=pg.acme.internal PGDATABASE=shop PGUSER=dba npx leasehold verify-database production shop",
    page: "docs/runbooks/first-apply.md",
  });
}

async function verify(
  environments: Environments,
  environmentName: string,
  databaseName: string,
  options: Options,
): Promise<void> {
  const all = await environments();
  const problems = configurationProblems(all);
  if (problems.length > 0) throw new InvalidConfigurationError(problems);
  const environment = find("environment", environmentName, all);
  const database = find("database", databaseName, environment.databases);
  const rows = await working("asking the database", () =>
    readDifferences(bootstrapInput(wholeOf(environment), database), waiting(options.timeout)),
  );
  const findings = rows.map(({ kind, finding }) =>
    asFinding(kind, finding, `${environmentName}/${databaseName}`),
  );
  conclude(withDeclarations({ findings, failures: [] }, [environment]), options);
}

function duration(given: string): string {
  if (isDuration(given) && seconds(given) > 0 && seconds(given) <= 86_400) return given;
  throw new InvalidArgumentError('write it as "30s", "5m" or "1h", up to "24h"');
}

/** The server ends a statement that takes too long; where the server itself is silent, the client gives up a little later. */
function waiting(timeout: string): ClientConfig {
  const milliseconds = isDuration(timeout) ? seconds(timeout) * 1000 : 0;
  return {
    connectionTimeoutMillis: milliseconds,
    statement_timeout: milliseconds,
    query_timeout: milliseconds + 1000,
  };
}

/** One difference. */
export interface Row {
  readonly kind: VerificationKind;
  readonly finding: string;
}

/**
 * Everything in which a live database differs from its declaration, in one transaction that only reads.
 *
 * @param connection settings that win over libpq's variables
 * @throws UsageError where the database cannot be reached, or is another one than was declared
 */
export async function readDifferences(input: BootstrapInput, connection: ClientConfig): Promise<Row[]> {
  const client = new Client({ application_name: "leasehold verify-database", ...connection });
  try {
    await client.connect();
    await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query("SET LOCAL search_path = pg_catalog, pg_temp");
    await client.query("SET LOCAL jit = off");
    await refuseAnother(client, input);
    const { rows } = await client.query<Row>(renderVerificationSql(input));
    await client.query("ROLLBACK");
    return rows;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`the database cannot be read: ${reasonOf(error)}`);
  } finally {
    await client.end();
  }
}

/** The same as the bootstrap SQL refuses: memberships mean other things before PostgreSQL 16. */
async function refuseAnother(
  client: Client,
  { databaseName, postgresVersion }: BootstrapInput,
): Promise<void> {
  const { rows } = await client.query<{ name: string; version: number }>(
    "SELECT current_database() AS name, current_setting('server_version_num')::integer / 10000 AS version",
  );
  const [here] = rows;
  if (here?.name !== databaseName) {
    throw new UsageError(
      `the declaration is for the database ${databaseName}, and this is ${String(here?.name)}; set PGDATABASE`,
    );
  }
  if (here.version < 16 !== postgresVersion < 16) {
    throw new UsageError(
      `the declaration is for PostgreSQL ${postgresVersion}, and the server is ${here.version}; set postgresVersion`,
    );
  }
}

/** A refused connection to several addresses has no message of its own. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  if (/timeout/i.test(message ?? "")) {
    return `it did not answer in time (${message ?? ""}); see whether the host is right and no lock is held on a catalog (pg_locks), or raise --timeout`;
  }
  return message || code || String(error);
}

function asFinding(kind: VerificationKind, finding: string, file: string): Finding {
  const [severity, why, fix] = VERIFICATION_KINDS[kind];
  return {
    rule: `database/${kind}`,
    severity,
    resource: finding,
    path: null,
    file,
    line: null,
    message: why,
    why: "What the proof says of the declaration holds for the database only while both are the same.",
    fix,
    evidence: [],
    waived: null,
    waiver: null,
  };
}
