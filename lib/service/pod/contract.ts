import { createHash } from "node:crypto";
import {
  CONTRACT_DIRECTORY,
  CONTRACT_FILE,
  rootCertificateFile,
  rootCertificatePath,
} from "../declaration/contract-files";
import { credentialsFilePath, type Credentials } from "../declaration/credentials-file";
import {
  forbiddenBy,
  PGBOUNCER,
  type EndpointServer,
  type Forbidden,
  type PgBouncer,
} from "../declaration/endpoint";
import type { ServiceDatabase, ServiceEndpoint } from "../declaration/platform";
import type { PlannedDatabase, ServicePlan } from "../service-plan";

/** What an application needs to use its credentials, so that it hard-codes nothing that could drift. */
export interface Contract {
  readonly version: 1;
  readonly service: string;
  /** How long the application may take to end its work after SIGTERM, in seconds. */
  readonly drainSeconds: number;
  /** By the name of the database in the environment. */
  readonly databases: Readonly<Record<string, DatabaseContract>>;
}

/** One database of a {@link Contract}. */
export interface DatabaseContract {
  /** Path of the file with user and password; it is replaced at each rotation. */
  readonly credentialsFile: string;
  readonly format: Credentials["format"];
  readonly host: string;
  readonly port: number;
  /** What answers there, and beside which server; left out where it is the one in which Vault makes credentials. */
  readonly endpoint?: ContractEndpoint;
  /** Name of the database in PostgreSQL. */
  readonly database: string;
  readonly schema: string;
  readonly sslMode: ServiceDatabase["tls"]["mode"];
  /** Path of the CA's certificate, or null for the trusted roots of the image. */
  readonly sslRootCert: string | null;
  /** Largest number of connections of a pool. */
  readonly poolMax: number;
  /** After how long a pool must close a connection, in seconds. */
  readonly poolMaxLifetimeSeconds: number;
  /** How long the old credential still works after the file was replaced, in seconds. */
  readonly overlapSeconds: number;
}

/** Another way to a database: what answers there, and beside which server it is. */
export type ContractEndpoint = {
  readonly name: string;
  readonly of: { readonly host: string; readonly port: number };
} & (
  | { readonly kind: Exclude<EndpointServer["kind"], "pgbouncer"> }
  | (Required<Omit<PgBouncer, "authUser" | "maxPreparedStatements">> & {
      /** What the application must not do there. */
      readonly forbids: readonly Forbidden[];
    })
);

/** The contract of a service. */
export function contract({ name, timing, databases }: ServicePlan): Contract {
  return {
    version: 1,
    service: name,
    drainSeconds: timing.drain.value,
    databases: Object.fromEntries(
      databases.map((planned) => [planned.database.name, databaseContract(planned, timing)]),
    ),
  };
}

function databaseContract(planned: PlannedDatabase, timing: ServicePlan["timing"]): DatabaseContract {
  const { database, endpoint, file, format, poolMax } = planned;
  const { host, port } = endpoint ?? database;
  return {
    credentialsFile: credentialsFilePath(file.fileName),
    format,
    host,
    port,
    ...(endpoint && { endpoint: contractEndpoint(endpoint, database) }),
    database: database.database,
    schema: database.schema,
    sslMode: database.tls.mode,
    sslRootCert: rootCertificatePath(database),
    poolMax,
    poolMaxLifetimeSeconds: timing.poolMaxLifetime.value,
    overlapSeconds: timing.overlap.value,
  };
}

function contractEndpoint(endpoint: ServiceEndpoint, { host, port }: ServiceDatabase): ContractEndpoint {
  const { name, kind } = endpoint;
  const of = { host, port };
  if (kind !== "pgbouncer") return { name, kind, of };
  const { poolMode, maxClientConn, defaultPoolSize, maxDbConnections, processes } = {
    ...PGBOUNCER,
    ...endpoint,
  };
  const limits = { maxClientConn, defaultPoolSize, maxDbConnections, processes };
  return { name, kind, poolMode, ...limits, forbids: forbiddenBy(endpoint), of };
}

/** The same as environment variables; durations in seconds. */
export function contractEnvironment({ drainSeconds, databases }: Contract): Record<string, string> {
  const variables = Object.entries(databases).map(([name, database]) => databaseEnvironment(name, database));
  return {
    LEASEHOLD_CONTRACT: `${CONTRACT_DIRECTORY}/${CONTRACT_FILE}`,
    LEASEHOLD_DRAIN: String(drainSeconds),
    ...Object.fromEntries(variables.flatMap(Object.entries<string>)),
  };
}

function databaseEnvironment(name: string, database: DatabaseContract): Record<string, string> {
  const prefix = `LEASEHOLD_${name.toUpperCase().replaceAll("-", "_")}`;
  return {
    [`${prefix}_CREDENTIALS_FILE`]: database.credentialsFile,
    [`${prefix}_FORMAT`]: database.format,
    [`${prefix}_HOST`]: database.host,
    [`${prefix}_PORT`]: String(database.port),
    [`${prefix}_DATABASE`]: database.database,
    [`${prefix}_SCHEMA`]: database.schema,
    [`${prefix}_SSL_MODE`]: database.sslMode,
    ...(database.sslRootCert !== null && { [`${prefix}_SSL_ROOT_CERT`]: database.sslRootCert }),
    [`${prefix}_POOL_MAX`]: String(database.poolMax),
    [`${prefix}_POOL_MAX_LIFETIME`]: String(database.poolMaxLifetimeSeconds),
    [`${prefix}_OVERLAP`]: String(database.overlapSeconds),
  };
}

/** The files of the contract: what the ConfigMap holds. */
export function contractFiles(plan: ServicePlan): Record<string, string> {
  const certificates = plan.databases.flatMap(({ database: { name, tls } }) =>
    tls.mode === "verify-full" && tls.caCertificate !== undefined
      ? [[rootCertificateFile(name), tls.caCertificate] as const]
      : [],
  );
  const text = `${JSON.stringify(contract(plan), null, 2)}\n`;
  return { [CONTRACT_FILE]: text, ...Object.fromEntries(certificates) };
}

/** Changes with the files; on the pods it makes a changed contract roll them. */
export function contractChecksum(files: Readonly<Record<string, string>>): string {
  return createHash("sha256").update(JSON.stringify(files)).digest("hex");
}

/** Name of the ConfigMap. */
export function contractConfigMapName(service: string): string {
  return `${service}-contract`;
}
