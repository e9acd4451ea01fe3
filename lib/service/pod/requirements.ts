import { CONTRACT_DIRECTORY } from "../declaration/contract-files";
import type { Beside, Injection, InjectionInput } from "../declaration/injection-input";
import { CHECK_CONTAINER, type CredentialSource } from "../declaration/migration";
import { containerName, containerUser, runsToCompletion, type Workload } from "../declaration/workload";
import type { ServicePlan } from "../service-plan";
import {
  contract,
  contractChecksum,
  contractConfigMapName,
  contractEnvironment,
  contractFiles,
} from "./contract";
import { injectionAnnotations } from "./injection";
import { CREDENTIALS_LABEL, SERVICE_LABEL } from "./migration-labels";
import { staticContractEnvironment, staticPod, type StaticPod } from "./static";
import type { ContainerSecurityContext, EnvVar, PodSecurityContext, Volume, VolumeMount } from "./types";

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

const CHECKSUM_ANNOTATION = "leasehold/contract-checksum";
const TOKEN_VOLUME = "vault-token";
const CONTRACT_VOLUME = "leasehold-contract";

/** Together they pass Pod Security `restricted`. */
export function podRequirements(plan: ServicePlan, source: CredentialSource = "dynamic"): PodRequirements {
  const { name, timing, workload } = plan;
  const fixed = source === "dynamic" ? NOTHING_STATIC : staticPod(plan);
  return {
    labels: { [SERVICE_LABEL]: name, ...credentialsLabel(plan, source) },
    annotations: annotations(plan, source),
    serviceAccountName: name,
    terminationGracePeriodSeconds: timing.terminationGracePeriod.value,
    podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    volumes: [
      ...(source === "static" ? [] : [tokenVolume(plan)]),
      { name: CONTRACT_VOLUME, configMap: { name: contractConfigMapName(name) } },
      ...fixed.volumes,
    ],
    container: containerName(name, workload),
    env: [...fixed.env, ...variables(environment(plan, source, fixed))],
    securityContext: containerSecurityContext(containerUser(workload)),
    volumeMounts: [
      { name: CONTRACT_VOLUME, mountPath: CONTRACT_DIRECTORY, readOnly: true },
      ...fixed.volumeMounts,
    ],
  };
}

const NOTHING_STATIC: StaticPod = { env: [], volumes: [], volumeMounts: [], files: {} };

/** Only while there are pods of both kinds, or might be: afterwards every pod is what it looks like. */
function credentialsLabel({ migration }: ServicePlan, source: CredentialSource): Record<string, string> {
  if (source !== "dynamic") return { [CREDENTIALS_LABEL]: "static" };
  return migration.stage === "canary" ? { [CREDENTIALS_LABEL]: "dynamic" } : {};
}

/**
 * An application that reads a static file finds it where the contract says; in `shadow` one that takes
 * variables gets the contract beside them, and goes by its variables.
 */
function environment(
  plan: ServicePlan,
  source: CredentialSource,
  { files }: StaticPod,
): Record<string, string> {
  const whole = contract(plan);
  const goesByFile = Object.keys(files).length > 0;
  return source === "dynamic" || (source === "shadow" && !goesByFile)
    ? contractEnvironment(whole)
    : staticContractEnvironment(whole, files);
}

function variables(values: Readonly<Record<string, string>>): EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

function annotations(plan: ServicePlan, source: CredentialSource): Record<string, string> {
  return {
    ...(source === "static" ? {} : injectionAnnotations(injectionInput(plan, source))),
    // A ConfigMap that changes under a running pod changes nothing that the application has read already.
    [CHECKSUM_ANNOTATION]: contractChecksum(contractFiles(plan)),
  };
}

function injectionInput(plan: ServicePlan, source: CredentialSource): InjectionInput {
  const { name, timing, vault, workload, databases, restartOnRotation } = plan;
  const container = containerName(name, workload);
  return {
    injection: injectionOf(plan, source),
    role: name,
    authPath: vault.authPath,
    address: vault.address,
    namespace: vault.namespace,
    agentCaCertificate: vault.agentCaCertificate,
    containers: [
      container,
      ...(hasCheckContainer(plan, source) ? [CHECK_CONTAINER] : []),
      ...sidecarsWithDatabases(workload),
    ],
    uid: containerUser(workload),
    tokenVolume: TOKEN_VOLUME,
    files: databases.map(({ file }) => file),
    ...(source === "dynamic" && { restartOnRotation }),
    timing,
  };
}

/** The injector gives the file to every init container, and to those of the others that are named. */
function sidecarsWithDatabases(workload: Workload): string[] {
  const { sidecars = [] } = workload.kind === "elsewhere" ? {} : (workload.pod ?? {});
  return sidecars.filter(({ databases }) => databases === "all").map(({ name }) => name);
}

/** A Job could not end with an agent beside it: it has the agent that it will have. */
function injectionOf({ injection, workload }: ServicePlan, source: CredentialSource): Injection | Beside {
  return source === "shadow" && !runsToCompletion(workload) ? { mode: "beside" } : injection;
}

function hasCheckContainer({ migration }: ServicePlan, source: CredentialSource): boolean {
  return source === "shadow" && migration.stage === "shadow" && migration.check.kind === "container";
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
export function containerSecurityContext(uid: number): ContainerSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: uid,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  };
}
