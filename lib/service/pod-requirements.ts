import {
  contract,
  contractChecksum,
  contractConfigMapName,
  contractEnvironment,
  contractFiles,
} from "./contract";
import { CONTRACT_DIRECTORY } from "./contract-files";
import { injectionAnnotations } from "./injection";
import type { ContainerSecurityContext, EnvVar, PodSecurityContext, Volume, VolumeMount } from "./pod-types";
import type { ServicePlan } from "./service-plan";
import { containerName, containerUser } from "./workload";

/** What a pod needs to get credentials and to use them, whoever deploys it. */
export interface PodRequirements {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly serviceAccountName: string;
  readonly terminationGracePeriodSeconds: number;
  readonly podSecurityContext: PodSecurityContext;
  readonly volumes: readonly Volume[];
  /** Name of the container that uses the credentials. */
  readonly container: string;
  readonly env: readonly EnvVar[];
  readonly securityContext: ContainerSecurityContext;
  readonly volumeMounts: readonly VolumeMount[];
}

/** The label by which all pods with credentials are found, and the service that they belong to. */
const SERVICE_LABEL = "leasehold/service";
const CHECKSUM_ANNOTATION = "leasehold/contract-checksum";
const TOKEN_VOLUME = "vault-token";
const CONTRACT_VOLUME = "leasehold-contract";

/** Together they pass Pod Security `restricted`. */
export function podRequirements(plan: ServicePlan): PodRequirements {
  const { name, timing, workload } = plan;
  return {
    labels: { [SERVICE_LABEL]: name },
    annotations: annotations(plan),
    serviceAccountName: name,
    terminationGracePeriodSeconds: timing.terminationGracePeriod.value,
    podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    volumes: [tokenVolume(plan), { name: CONTRACT_VOLUME, configMap: { name: contractConfigMapName(name) } }],
    container: containerName(name, workload),
    env: Object.entries(contractEnvironment(contract(plan))).map(([key, value]) => ({ name: key, value })),
    securityContext: containerSecurityContext(containerUser(workload)),
    volumeMounts: [{ name: CONTRACT_VOLUME, mountPath: CONTRACT_DIRECTORY, readOnly: true }],
  };
}

function annotations(plan: ServicePlan): Record<string, string> {
  const { name, injection, timing, vault, workload, databases } = plan;
  return {
    ...injectionAnnotations({
      injection,
      role: name,
      authPath: vault.authPath,
      address: vault.address,
      agentCaCertificate: vault.agentCaCertificate,
      container: containerName(name, workload),
      uid: containerUser(workload),
      tokenVolume: TOKEN_VOLUME,
      files: databases.map(({ file }) => file),
      timing,
    }),
    // A ConfigMap that changes under a running pod changes nothing that the application has read already.
    [CHECKSUM_ANNOTATION]: contractChecksum(contractFiles(plan)),
  };
}

/** For the agent alone: the injector mounts it there, and the application gets no token at all. */
function tokenVolume({ vault, timing }: ServicePlan): Volume {
  const serviceAccountToken = {
    audience: vault.audience,
    expirationSeconds: timing.serviceAccountTokenExpiry.value,
    path: "token",
  };
  return { name: TOKEN_VOLUME, projected: { sources: [{ serviceAccountToken }] } };
}

/** The user is said on the container: the agent's user must be the same, and the pod's would not do for the injector. */
function containerSecurityContext(uid: number): ContainerSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: uid,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  };
}
