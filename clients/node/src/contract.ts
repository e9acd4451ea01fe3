import fs from "node:fs";

/** What leasehold tells the application about its databases; durations in seconds. */
export interface Contract {
  readonly version: 1;
  readonly service: string;
  /** How long the application may take to end its work after SIGTERM. */
  readonly drainSeconds: number;
  /** By the name of the database in the environment. */
  readonly databases: Readonly<Record<string, DatabaseContract>>;
}

/** One database of a {@link Contract}. */
export interface DatabaseContract {
  /** Path of the file with user and password. */
  readonly credentialsFile: string;
  readonly format: CredentialsFormat;
  readonly host: string;
  readonly port: number;
  /** Another way than to the server in which Vault makes users; variables do not tell it. */
  readonly endpoint?: Endpoint;
  /** Name of the database in PostgreSQL. */
  readonly database: string;
  /** Schema of the tables that are named without one. */
  readonly schema: string;
  readonly sslMode: SslMode;
  /** Path of the CA's certificate, or null for the roots that Node trusts. */
  readonly sslRootCert: string | null;
  readonly poolMax: number;
  readonly poolMaxLifetimeSeconds: number;
  /** How long the old user still works after the file was replaced, at least. */
  readonly overlapSeconds: number;
}

/** A replica, a pooler, or another name of the server. */
export interface Endpoint {
  readonly name: string;
  readonly kind: string;
  /** What a pooler forbids its clients, such as `listen`. */
  readonly forbids?: readonly string[];
}

const FORMATS = ["json", "env", "properties", "url", "custom"] as const;
const SSL_MODES = ["verify-full", "require", "disable"] as const;
const DRAIN_SECONDS = 20;

export type CredentialsFormat = (typeof FORMATS)[number];
export type SslMode = (typeof SSL_MODES)[number];

/** The contract is not there, or does not say what a pool needs; names everything that is wrong. */
export class ContractError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`the contract of leasehold cannot be used: ${problems.join("; ")}`);
    this.name = "ContractError";
  }
}

/** One database of a service, with what the service as a whole is told. */
export interface DatabaseOfService {
  readonly name: string;
  readonly service: string;
  readonly drainSeconds: number;
  readonly database: DatabaseContract;
}

/**
 * The contract of one database. A document wins over variables: it is what leasehold has written as a
 * whole, and LEASEHOLD_CONTRACT names it in every pod.
 *
 * @param name of the database; may be left out where the service has one alone
 * @throws ContractError
 */
export function databaseContract(
  name: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
  document: Contract | undefined = readDocument(env),
): DatabaseOfService {
  const contract = document === undefined ? contractOfVariables(env) : checked("the contract", document);
  const chosen = choose(name, Object.keys(contract.databases));
  const database = contract.databases[chosen] as DatabaseContract;
  const problems = databaseProblems(`databases.${chosen}`, database);
  if (problems.length > 0) throw new ContractError(problems);
  return { name: chosen, service: contract.service, drainSeconds: contract.drainSeconds, database };
}

/** A document may be anything; one that is none of leasehold is said to be so. */
function checked(where: string, document: unknown): Contract {
  if (!isObject(document)) throw new ContractError([`${where} must be an object, got ${shown(document)}`]);
  const { version, service = "", drainSeconds = DRAIN_SECONDS, databases } = document as Partial<Contract>;
  const problems = [
    ...(version === 1
      ? []
      : [`${where} has version ${JSON.stringify(version) ?? "none"}; this client reads version 1`]),
    ...(isObject(databases) ? [] : [`'databases' of ${where} must be an object, got ${shown(databases)}`]),
    ...(typeof service === "string" ? [] : [`'service' of ${where} must be a text, got ${shown(service)}`]),
    ...(Number.isFinite(drainSeconds) && drainSeconds >= 0
      ? []
      : [`'drainSeconds' of ${where} must be a number of 0 or more, got ${shown(drainSeconds)}`]),
  ];
  if (problems.length > 0 || databases === undefined) throw new ContractError(problems);
  return { version: 1, service, drainSeconds, databases };
}

function choose(name: string | undefined, known: readonly string[]): string {
  const list = known.join(", ") || "none";
  if (name !== undefined) {
    if (known.includes(name)) return name;
    throw new ContractError([`there is no database ${JSON.stringify(name)}; known: ${list}`]);
  }
  const [only] = known;
  if (only !== undefined && known.length === 1) return only;
  throw new ContractError([`it has ${known.length} databases (${list}); name one as 'contractDatabase'`]);
}

/** The document that LEASEHOLD_CONTRACT names; nothing where the variable or the file is not there. */
function readDocument(env: NodeJS.ProcessEnv): Contract | undefined {
  const file = env.LEASEHOLD_CONTRACT;
  if (file === undefined || !fs.existsSync(file)) return undefined;
  return checked(file, parseDocument(file));
}

function parseDocument(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    const reason = error instanceof SyntaxError ? "it is no JSON" : (error as NodeJS.ErrnoException).code;
    throw new ContractError([`${file} cannot be read: ${reason}`]);
  }
}

/** The largest of what is counted; of `poolMax` what `max_connections` of PostgreSQL may be. */
const WHOLE = { port: 65_535, poolMax: 262_143 };

const FILE_VARIABLE = /^LEASEHOLD_(.+)_CREDENTIALS_FILE$/;

function contractOfVariables(env: NodeJS.ProcessEnv): Contract {
  const prefixes = Object.keys(env).flatMap((key) => FILE_VARIABLE.exec(key)?.[1] ?? []);
  if (prefixes.length === 0) {
    throw new ContractError([
      "there is neither a file that LEASEHOLD_CONTRACT names nor a variable LEASEHOLD_<DATABASE>_CREDENTIALS_FILE; leasehold gives both to a pod of its own, and a patch with them to one that is deployed elsewhere",
    ]);
  }
  return checked("the contract of LEASEHOLD_*", {
    version: 1,
    service: env.LEASEHOLD_SERVICE ?? "",
    drainSeconds: Number(env.LEASEHOLD_DRAIN ?? DRAIN_SECONDS),
    databases: Object.fromEntries(
      prefixes.map((prefix) => [prefix.toLowerCase().replaceAll("_", "-"), databaseOfVariables(prefix, env)]),
    ),
  });
}

function databaseOfVariables(prefix: string, env: NodeJS.ProcessEnv): DatabaseContract {
  const get = (key: string) => env[`LEASEHOLD_${prefix}_${key}`];
  return {
    credentialsFile: get("CREDENTIALS_FILE") ?? "",
    format: get("FORMAT") as CredentialsFormat,
    host: get("HOST") ?? "",
    port: Number(get("PORT")),
    database: get("DATABASE") ?? "",
    schema: get("SCHEMA") ?? "public",
    sslMode: get("SSL_MODE") as SslMode,
    sslRootCert: get("SSL_ROOT_CERT") ?? null,
    poolMax: Number(get("POOL_MAX")),
    poolMaxLifetimeSeconds: Number(get("POOL_MAX_LIFETIME")),
    overlapSeconds: Number(get("OVERLAP")),
  };
}

function databaseProblems(where: string, database: unknown): string[] {
  if (!isObject(database)) return [`'${where}' must be an object, got ${shown(database)}`];
  const texts = ["credentialsFile", "host", "database", "schema"] as const;
  const numbers = ["port", "poolMax", "poolMaxLifetimeSeconds", "overlapSeconds"] as const;
  const { format, sslMode, sslRootCert } = database;
  return [
    ...texts
      .filter((key) => typeof database[key] !== "string" || database[key] === "")
      .map((key) => `'${where}.${key}' must be a text, got ${shown(database[key])}`),
    ...numbers
      .filter((key) => !isPositive(database[key]))
      .map((key) => `'${where}.${key}' must be a number above 0, got ${shown(database[key])}`),
    ...Object.entries(WHOLE)
      .filter(([key, most]) => isPositive(database[key]) && !isWhole(database[key], most))
      .map(
        ([key, most]) =>
          `'${where}.${key}' must be a whole number up to ${most}, got ${shown(database[key])}`,
      ),
    ...oneOf(`${where}.format`, format, FORMATS),
    ...oneOf(`${where}.sslMode`, sslMode, SSL_MODES),
    ...(isEndpoint(database.endpoint)
      ? []
      : [
          `'${where}.endpoint' must be an object with 'name' and 'kind', and texts where it has 'forbids', got ${shown(database.endpoint)}`,
        ]),
    ...(sslRootCert === null || typeof sslRootCert === "string"
      ? []
      : [`'${where}.sslRootCert' must be a path or null, got ${shown(sslRootCert)}`]),
  ];
}

function isEndpoint(endpoint: unknown): boolean {
  if (endpoint === undefined) return true;
  if (!isObject(endpoint)) return false;
  const { name, kind, forbids = [] } = endpoint;
  const areTexts = Array.isArray(forbids) && forbids.every((each) => typeof each === "string");
  return typeof name === "string" && typeof kind === "string" && areTexts;
}

/** Whether the way to a database forbids something, such as a pooler does that hands connections on. */
export function isForbidden({ endpoint }: DatabaseContract, what: string): boolean {
  return endpoint?.forbids?.includes(what) === true;
}

/** Whether a user comes a moment after its file. */
export function awaitsFirstUser({ endpoint }: DatabaseContract): boolean {
  return endpoint?.kind === "replica";
}

function oneOf(where: string, value: unknown, allowed: readonly string[]): string[] {
  if (typeof value === "string" && allowed.includes(value)) return [];
  return [`'${where}' must be one of ${allowed.join(", ")}, got ${shown(value)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) <= most;
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
}
