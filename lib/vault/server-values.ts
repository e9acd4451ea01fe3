import type {
  IngressRule,
  SecretMount,
  SecretVolume,
  Selector,
  ServerValues,
  SpreadConstraint,
  StorageValues,
} from "./chart-values";
import type { BreakGlass, HaVault, ServerResources, Storage } from "./ha-vault";
import { RESTRICTED_POD, type ContainerResources } from "./pod-security";
import { TRANSIT_DIRECTORY, type Seal } from "./seal";
import { serverConfig, TLS_DIRECTORY } from "./server-config";

/** Labels of the servers' pods. */
const SERVERS: Selector = { matchLabels: { "app.kubernetes.io/name": "vault", component: "server" } };

/** Mode 0440, which YAML 1.1 and 1.2 would read differently as an octal number. */
const GROUP_READABLE = 288;

/** A Service must not lead to a sealed server; servers that join use the headless one. */
const SERVICE = { publishNotReadyAddresses: false } as const;

/** The values of a dev server. */
export const DEV_SERVER: ServerValues = {
  dev: { enabled: true },
  service: SERVICE,
  statefulSet: { securityContext: RESTRICTED_POD },
};

/** The values of a cluster of servers. */
export function haServerValues(vault: HaVault): ServerValues {
  const { replicas = 3, serviceAccountAnnotations, dataStorage, auditStorage } = vault;
  return {
    logFormat: "json",
    resources: resourcesOf(vault.resources),
    service: SERVICE,
    serviceAccount: serviceAccountAnnotations && { annotations: serviceAccountAnnotations },
    extraLabels: workloadIdentityLabels(serviceAccountAnnotations),
    // A new configuration waits until its pod is deleted; the checksum shows which pods still have to be.
    includeConfigAnnotation: true,
    topologySpreadConstraints: [acrossZones()],
    ...environment(vault),
    ...mounts(vault),
    dataStorage: storageOf(dataStorage),
    auditStorage: storageOf(auditStorage),
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    statefulSet: { annotations: breakGlassAnnotations(vault.breakGlass), securityContext: RESTRICTED_POD },
    networkPolicy: { enabled: true, ingress: ingressRules(vault) },
    ha: {
      enabled: true,
      replicas,
      // One at a time, also where the majority could spare more: somebody may have to unseal it.
      disruptionBudget: { maxUnavailable: 1 },
      raft: { enabled: true, setNodeId: true, config: serverConfig(vault) },
    },
  };
}

/** On the StatefulSet, where no pod is replaced by it. */
function breakGlassAnnotations(breakGlass: BreakGlass | undefined) {
  if (breakGlass === undefined) return undefined;
  const { kind, reason } = breakGlass;
  const how = kind === "second-login" ? `a login at auth/${breakGlass.mount}` : "generate-root";
  return { "leasehold/break-glass": `${how}: ${reason}` };
}

function resourcesOf(resources: ServerResources = {}): ContainerResources {
  const { cpuRequest = "250m", memoryRequest = "256Mi", memoryLimit = "1Gi" } = resources;
  return { requests: { cpu: cpuRequest, memory: memoryRequest }, limits: { memory: memoryLimit } };
}

function storageOf({ size = "10Gi", storageClass }: Storage = {}): StorageValues {
  return { enabled: true, size, storageClass };
}

/** Azure's webhook looks at labelled pods only. */
function workloadIdentityLabels(
  annotations: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> | undefined {
  const usesAzure = "azure.workload.identity/client-id" in annotations;
  return usesAzure ? { "azure.workload.identity/use": "true" } : undefined;
}

/** Where the nodes have zones, one zone's failure must not take the majority; where not, nothing changes. */
function acrossZones(): SpreadConstraint {
  return {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: SERVERS,
  };
}

function environment({
  tls,
  seal,
}: HaVault): Pick<ServerValues, "extraEnvironmentVars" | "extraSecretEnvironmentVars"> {
  return {
    // For the CLI inside a pod.
    extraEnvironmentVars: { VAULT_CACERT: `${TLS_DIRECTORY}/${tls.caFile ?? "ca.crt"}`, ...regionOf(seal) },
    extraSecretEnvironmentVars: seal.kind === "transit" ? [transitToken(seal)] : undefined,
  };
}

/**
 * Vault prefers AWS_REGION to the region of its configuration, and EKS sets it in pods with an IAM role:
 * to the cluster's region, unless it is there already.
 */
function regionOf(seal: Seal): Readonly<Record<string, string>> {
  return seal.kind === "awskms" ? { AWS_REGION: seal.region } : {};
}

function transitToken({ secret }: Extract<Seal, { kind: "transit" }>) {
  return { envName: "VAULT_TOKEN", secretName: secret.name, secretKey: secret.tokenKey ?? "token" };
}

function mounts({ tls, seal }: HaVault): Pick<ServerValues, "volumes" | "volumeMounts"> {
  const volumes = [secretVolume("tls", tls.secretName)];
  const volumeMounts = [secretMount("tls", TLS_DIRECTORY)];
  if (seal.kind === "transit" && seal.secret.caKey !== undefined) {
    volumes.push(secretVolume("transit", seal.secret.name, seal.secret.caKey));
    volumeMounts.push(secretMount("transit", TRANSIT_DIRECTORY));
  }
  return { volumes, volumeMounts };
}

/** A volume of a Secret, whole or of one key. */
function secretVolume(name: string, secretName: string, key?: string): SecretVolume {
  const items = key === undefined ? undefined : [{ key, path: key }];
  return { name, secret: { secretName, defaultMode: GROUP_READABLE, items } };
}

function secretMount(name: string, mountPath: string): SecretMount {
  return { name, mountPath, readOnly: true };
}

/** Clients reach the API; only servers reach each other's cluster port. */
function ingressRules({ clientNamespaces, clientCidrs = [] }: HaVault): IngressRule[] {
  const pods = clientNamespaces?.map((name) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
  })) ?? [{ namespaceSelector: {} }];
  const others = clientCidrs.map((cidr) => ({ ipBlock: { cidr } }));
  const api = { port: 8200, protocol: "TCP" } as const;
  return [
    { from: [...pods, ...others], ports: [api] },
    { from: [{ podSelector: SERVERS }], ports: [api, { port: 8201, protocol: "TCP" }] },
  ];
}
