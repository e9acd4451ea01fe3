import { loadSqlParser } from "@leasehold/proof/access";
import { find, UsageError, withHelp, working } from "@leasehold/proof/cli";
import { checkText, shown } from "@leasehold/proof/input";
import { Command } from "commander";
import fs from "node:fs";
import { Client, type ClientConfig } from "pg";
import { withDefaults } from "../lib/environment/derive";
import type { DeclaredEnvironment, EnvironmentService } from "../lib/environment/environment";
import {
  compare,
  LogError,
  logFormat,
  observe,
  proposal,
  statementsOfLog,
  type Observation,
} from "../lib/observe";
import type { Grant } from "../lib/postgres";
import { staticCredentials } from "../lib/service";
import type { Environments } from "./environments";

/** How long the database may take, in milliseconds: to connect, and to answer. */
const TIMEOUTS = { connectionTimeoutMillis: 10_000, query_timeout: 120_000 } as const;

interface Options {
  readonly database?: string;
  readonly user?: string;
  readonly log?: readonly string[];
}

/** `leasehold observe <environment> <service>`: what its static user really uses, and would lose. */
export function observeCommand(environments: Environments): Command {
  const command = new Command("observe")
    .argument("<environment>", "name of an environment")
    .argument("<service>", "name of one of its services")
    .option("--database <name>", "one of the service's databases", "")
    .option("--user <name>", "the static user; where nothing is said, the one of the service's migration")
    .option(
      "--log <files...>",
      "logs in csvlog or jsonlog, with pgaudit's lines or log_statement; else pg_stat_statements",
    )
    .action((environment: string, service: string, options: Options) =>
      run(environments, environment, service, options),
    );
  return withHelp(command, {
    notes: "The connection is that of libpq's variables, as for verify-database; it needs pg_read_all_stats.",
    exitCodes: { 0: "nothing would be lost", 1: "something would", 2: "could not run" },
    example: "npx leasehold observe production orders --log postgresql.csv",
    page: "docs/runbooks/migration.md",
  });
}

async function run(
  environments: Environments,
  environmentName: string,
  serviceName: string,
  options: Options,
): Promise<void> {
  const environment = find("environment", environmentName, await environments());
  const service = find("service", serviceName, environment.services);
  const target = targetOf(environment, service, options);
  await loadSqlParser();
  const { statements, blind } =
    options.log === undefined ? await statementsOfDatabase(target, {}) : fromLogs(options.log, target);
  const observation = await working("reading statements", () => observe(statements, target.schema));
  if (observation.read === observation.unread) throw nothingObserved(target, observation, blind);
  const { lost, text } = report(observation, target, blind);
  console.log(text);
  process.exitCode = lost > 0 ? 1 : 0;
}

/** Nobody knows what a user needs of whom nothing was seen; that nothing would be lost is the wrong answer. */
function nothingObserved(
  { user, database }: Target,
  { unread }: Observation,
  blind: readonly string[],
): UsageError {
  const seen =
    unread === 0 ? "no statement was seen" : `${unread} statements were seen, and none can be parsed`;
  return new UsageError(
    [
      `${seen} of ${user} in the database ${database}, so nothing is known of what it uses; check --user, --database and what is logged. Not seen from here:`,
      ...blind.map((each) => `  ${each}`),
    ].join("\n"),
  );
}

/** Whose statements are looked for, where, and what is declared for them. */
export interface Target {
  readonly service: string;
  readonly user: string;
  /** Name of the database in PostgreSQL. */
  readonly database: string;
  readonly schema: string;
  readonly grants: readonly Grant[];
}

function targetOf(environment: DeclaredEnvironment, service: EnvironmentService, options: Options): Target {
  const names = service.access.map((access) => ({ ...access, name: access.database }));
  if (!options.database && names.length > 1)
    throw new UsageError(
      `${service.name} uses several databases; choose one: --database ${names.map(({ name }) => name).join(" or ")}`,
    );
  const access = options.database ? find("database", options.database, names) : names[0]!;
  const { database, schema } = withDefaults(find("database", access.name, environment.databases));
  const known =
    service.migration && staticCredentials(service.migration).find((each) => each.database === access.name);
  const user = options.user ?? known?.user;
  if (user === undefined)
    throw new UsageError(
      `the literal of ${service.name} names no static user for ${access.name}; say it: --user NAME`,
    );
  return { service: service.name, user, database, schema, grants: access.grants ?? [] };
}

interface Statements {
  readonly statements: Iterable<string> | AsyncIterable<string>;
  /** What this source does not show. */
  readonly blind: readonly string[];
}

function fromLogs(files: readonly string[], target: Target): Statements {
  files.forEach(checkText);
  return {
    statements: statementsOfFiles(files, target),
    blind: [
      "what was not logged: log_statement below 'all', or objects that pgaudit was not told of",
      "anything before the first line of the logs, and after the last one",
    ],
  };
}

async function* statementsOfFiles(
  files: readonly string[],
  { user, database }: Target,
): AsyncGenerator<string> {
  for (const file of files) {
    try {
      yield* statementsOfLog(fs.createReadStream(file, "utf8"), logFormat(beginningOf(file)), user, database);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      throw new UsageError(
        `${shown(file)}: ${error.message}; observe reads what log_destination = 'csvlog' or 'jsonlog' writes`,
      );
    }
  }
}

function beginningOf(file: string): string {
  const buffer = Buffer.alloc(256);
  const descriptor = fs.openSync(file, "r");
  try {
    return buffer.toString("utf8", 0, fs.readSync(descriptor, buffer));
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * The user's statements in pg_stat_statements, and what may be missing among them.
 *
 * @param connection settings that win over libpq's variables
 */
export async function statementsOfDatabase(
  { user, database }: Target,
  connection: ClientConfig,
): Promise<Statements> {
  const client = new Client({ application_name: "leasehold observe", database, ...TIMEOUTS, ...connection });
  try {
    await client.connect();
    await client.query("BEGIN TRANSACTION READ ONLY");
    const { rows } = await client.query<{ query: string | null }>(
      `SELECT s.query FROM pg_stat_statements s JOIN pg_catalog.pg_roles r ON r.oid = s.userid
       JOIN pg_catalog.pg_database d ON d.oid = s.dbid WHERE r.rolname = $1 AND d.datname = current_database()`,
      [user],
    );
    const { rows: info } = await client.query<{ dealloc: string; since: Date; track: string | null }>(
      "SELECT dealloc, stats_reset AS since, current_setting('pg_stat_statements.track', true) AS track FROM pg_stat_statements_info",
    );
    const [{ dealloc, since, track } = { dealloc: "0", since: new Date(0), track: null }] = info;
    return {
      statements: rows.map(({ query }) => query ?? ""),
      blind: [
        `anything before ${since.toISOString()}, when the statistics began`,
        ...(Number(dealloc) > 0
          ? [`rare statements: room was made for others ${dealloc} times (pg_stat_statements.max)`]
          : []),
        ...(track === "all"
          ? []
          : ["what functions and triggers do inside (pg_stat_statements.track is not 'all')"]),
      ],
    };
  } catch (error) {
    const { message, code } = error as { message?: string; code?: string };
    throw new UsageError(
      `pg_stat_statements cannot be read: ${message || code || "no answer"}; it takes the extension, shared_preload_libraries and pg_read_all_stats, or use --log`,
    );
  } finally {
    await client.end();
  }
}

/** No text of a statement is repeated: it may hold what somebody typed. */
export function report(
  observation: Observation,
  target: Target,
  blind: readonly string[],
): { lost: number; text: string } {
  const { service, user, grants, schema } = target;
  const { lost, unseen, columns } = compare(observation, grants, schema);
  const changes = observation.schemaChanges.map(
    (kind) => `a change of the schema (${kind}): it needs an access of its own, as the owner role`,
  );
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${title}\n${lines.map((line) => `  ${line}`).join("\n")}`];
  const sections = [
    `${user}, for ${service}: ${observation.read} statements`,
    ...section("would be lost:", [...lost, ...changes]),
    ...section("declared, and not seen:", unseen),
    ...section("declared for some columns only, which are not compared:", columns),
    ...(observation.used.size === 0
      ? []
      : [`all that was seen, as grants:\n${proposal(observation, schema)}`]),
    ...section("not seen from here:", [
      ...blind,
      ...(observation.unread > 0
        ? [`${observation.unread} statements that cannot be parsed, such as those that were cut`]
        : []),
      "dynamic SQL in functions, and other databases of the server",
    ]),
  ];
  return { lost: lost.length + changes.length, text: sections.join("\n\n") };
}
