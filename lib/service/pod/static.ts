import { staticCredentials, type StaticCredentials } from "../declaration/migration";
import type { PlannedDatabase, ServicePlan } from "../service-plan";
import { contractEnvironment, type Contract } from "./contract";
import type { EnvVar, Volume, VolumeMount } from "./types";

/** What pods need that take a static user and password. */
export interface StaticPod {
  readonly env: readonly EnvVar[];
  readonly volumes: readonly Volume[];
  readonly volumeMounts: readonly VolumeMount[];
  /** Databases whose static file stands where the contract says, by their names. */
  readonly files: Readonly<Record<string, string>>;
}

const DIRECTORY = "/etc/leasehold-static";

/** References to the Secrets; what they hold is known to Kubernetes alone. */
export function staticPod(plan: ServicePlan): StaticPod {
  const all = [...staticCredentials(plan.migration)].sort((a, b) => (a.database < b.database ? -1 : 1));
  const parts = all.map((credentials) => part(credentials, plan.databases));
  return {
    env: parts.flatMap(({ env }) => env),
    volumes: parts.flatMap(({ volumes }) => volumes),
    volumeMounts: parts.flatMap(({ volumeMounts }) => volumeMounts),
    files: Object.assign({}, ...parts.map(({ files }) => files)) as Record<string, string>,
  };
}

/**
 * The contract's variables for an application that reads a static file by them. The document is not
 * named: it says where the dynamic file is.
 */
export function staticContractEnvironment(
  contract: Contract,
  files: StaticPod["files"],
): Record<string, string> {
  const databases = Object.entries(contract.databases).flatMap(([name, database]) => {
    const credentialsFile = files[name];
    return credentialsFile === undefined ? [] : [[name, { ...database, credentialsFile }] as const];
  });
  if (databases.length === 0) return {};
  const variables = contractEnvironment({ ...contract, databases: Object.fromEntries(databases) });
  return Object.fromEntries(Object.entries(variables).filter(([name]) => name !== "LEASEHOLD_CONTRACT"));
}

function part({ database, secret, as }: StaticCredentials, databases: readonly PlannedDatabase[]): StaticPod {
  if (as.kind === "env") {
    const env = Object.entries(as.variables).map(([name, key]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    }));
    return { env, volumes: [], volumeMounts: [], files: {} };
  }
  const fileName = databases.find((planned) => planned.database.name === database)?.file.fileName ?? as.key;
  const name = `static-${database}`;
  const mountPath = `${DIRECTORY}/${database}`;
  return {
    env: [],
    volumes: [{ name, secret: { secretName: secret, items: [{ key: as.key, path: fileName }] } }],
    volumeMounts: [{ name, mountPath, readOnly: true }],
    files: { [database]: `${mountPath}/${fileName}` },
  };
}
