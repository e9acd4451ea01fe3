import {
  databaseRoleName,
  type CredentialStrategy,
  type CredentialTtl,
  type Grant,
  type Owner,
  type Replication,
} from "../postgres";
import { credentialsFileName, credentialsTemplate, type Credentials } from "./declaration/credentials-file";
import type { DatabaseAccess, ServiceProps } from "./declaration/declaration";
import type { InjectedFile, Injection } from "./declaration/injection-input";
import type { Migration, RestartOnRotation } from "./declaration/migration";
import type { ServiceDatabase, ServiceEndpoint, ServiceVault } from "./declaration/platform";
import { deriveTiming, type Timing } from "./declaration/timing";
import type { Workload } from "./declaration/workload";

/** A declaration with its defaults and with everything that follows from it. */
export interface ServicePlan {
  /** Name of the service, its auth role, ServiceAccount and workload. */
  readonly name: string;
  readonly namespace: string;
  readonly ttl: CredentialTtl;
  readonly timing: Timing;
  readonly vault: ServiceVault;
  /** Name of the policy in Vault. */
  readonly policyName: string;
  /** In the order of their names, so that the order in the declaration says nothing. */
  readonly databases: readonly PlannedDatabase[];
  readonly injection: Injection;
  readonly workload: Workload;
  readonly migration: Migration;
  readonly restartOnRotation: RestartOnRotation | undefined;
}

/** One database of a service. */
export interface PlannedDatabase {
  readonly database: ServiceDatabase;
  /** The way that the application goes, where it is another one than Vault's. */
  readonly endpoint: ServiceEndpoint | undefined;
  /** None where a credential acts as the owner. */
  readonly grants: readonly Grant[];
  readonly owner: Owner | undefined;
  readonly replication: Replication | undefined;
  readonly strategy: CredentialStrategy | undefined;
  /** Name of the role, in Vault and in PostgreSQL. */
  readonly roleName: string;
  readonly file: InjectedFile;
  readonly format: Credentials["format"];
  readonly poolMax: number;
  /** Sessions that one credential may have: a pool that replaces a connection has both for a moment. */
  readonly connectionLimit: number;
}

/** More than the pool: one that is being replaced, and one for whoever looks into the pod. */
const SPARE_CONNECTIONS = 2;

/** Name of a service's policy; policies are of Vault as a whole, and one Vault may serve several environments. */
export function policyNameOf(environment: string, service: string): string {
  return `${environment}-${service}`;
}

/** Plans a service whose declaration has no problems. */
export function planService(props: ServiceProps): ServicePlan {
  const { name, namespace, ttl, workload, platform } = props;
  const { injection = { mode: "native-sidecar" }, drain = "20s" } = props;
  const { migration = { stage: "complete" }, restartOnRotation } = props;
  const access = [...props.access].sort((a, b) => (a.database < b.database ? -1 : 1));
  return {
    name,
    namespace,
    ttl,
    timing: deriveTiming(ttl, drain),
    vault: platform.vault,
    policyName: policyNameOf(platform.environment, name),
    databases: access.map((entry) => planDatabase(props, entry)),
    injection,
    workload,
    migration,
    restartOnRotation,
  };
}

function planDatabase({ name, platform }: ServiceProps, access: DatabaseAccess): PlannedDatabase {
  const { grants = [], owner, replication, strategy, credentials = { format: "json" } } = access;
  const { pool: { max = 10 } = {} } = access;
  const database = platform.databases.find((known) => known.name === access.database);
  if (database === undefined)
    throw new Error(`no database ${JSON.stringify(access.database)} in the environment`);
  const endpoint = database.endpoints?.find((each) => each.name === access.endpoint);
  const reached = endpoint ? { ...database, host: endpoint.host, port: endpoint.port } : database;
  const roleName = databaseRoleName(name, database.name);
  const credsPath = `${platform.vault.mountPath}/creds/${roleName}`;
  return {
    database,
    endpoint,
    grants,
    owner,
    replication,
    strategy,
    roleName,
    file: {
      name: database.name,
      credsPath,
      fileName: credentialsFileName(database.name, credentials),
      template: credentialsTemplate(credsPath, credentials, reached),
    },
    format: credentials.format,
    poolMax: max,
    connectionLimit: max + SPARE_CONNECTIONS,
  };
}
