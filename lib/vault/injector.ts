import { integerProblems, labelProblems, reasonProblems, within, type Problem } from "../core";
import type { InjectorValues } from "./chart-values";
import type { InjectorOptions } from "./injector-options";
import { RESTRICTED_POD } from "./pod-security";
import { vaultCaCertificate, installedNamespace, type InstalledVault } from "./vault";

/** Pods that the cluster needs in order to come up must never wait for the webhook. */
const CLUSTER_NAMESPACES = ["kube-system", "kube-public", "kube-node-lease"];

/** The values of the injector that serves this Vault. */
export function injectorValues(vault: InstalledVault, authPath: string): InjectorValues {
  const options: InjectorOptions = vault.injector ?? {};
  const { replicas = vault.mode === "dev" ? 1 : 2 } = options;
  const caCertificate = vaultCaCertificate(vault);
  return {
    replicas,
    authPath: `auth/${authPath}`,
    metrics: { enabled: true },
    strategy: strategyOf(replicas),
    podDisruptionBudget: replicas > 1 ? { maxUnavailable: 1 } : undefined,
    webhook: webhookValues(vault, options),
    // Reaches every agent, so no Secret with the CA has to be copied into the applications' namespaces.
    extraEnvironmentVars: caCertificate
      ? { AGENT_INJECT_VAULT_CACERT_BYTES: certificatesOf(caCertificate) }
      : undefined,
    // An agent uses 2m to 15m CPU and 13Mi to 20Mi. The injector ignores an empty limit, so that the
    // CPU limit can only be lifted by the annotation of a pod.
    agentDefaults: { cpuRequest: "10m", cpuLimit: "250m", memRequest: "32Mi", memLimit: "64Mi" },
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    securityContext: {
      pod: RESTRICTED_POD.pod,
      container: { ...RESTRICTED_POD.container, readOnlyRootFilesystem: true },
    },
  };
}

/**
 * The chart demands a node per replica: without a node to spare, a replica that should come before its predecessor goes would wait for
 * ever. Where one of one may be unavailable, Helm waits for none (`deploymentReady` in its `pkg/kube/ready.go`), and pods that come
 * before the webhook answers stay without an agent where it may be ignored.
 */
function strategyOf(replicas: number): InjectorValues["strategy"] {
  if (replicas === 1) return { type: "Recreate" };
  return { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } };
}

/** The certificates of a PEM file, without the remarks that some tools write between them. */
function certificatesOf(pem: string): string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => `${block}\n`).join("");
}

/** The namespaces that the webhook of this Vault leaves out: their pods start as they are. */
export function namespacesWithoutAgents(vault: InstalledVault): string[] {
  const options: InjectorOptions = vault.injector ?? {};
  return [
    ...new Set([...CLUSTER_NAMESPACES, installedNamespace(vault), ...(options.excludedNamespaces ?? [])]),
  ];
}

function webhookValues(vault: InstalledVault, options: InjectorOptions): InjectorValues["webhook"] {
  const kind = options.failurePolicy?.kind ?? (vault.mode === "dev" ? "ignore" : "fail");
  return {
    failurePolicy: kind === "fail" ? "Fail" : "Ignore",
    timeoutSeconds: options.timeoutSeconds ?? 5,
    namespaceSelector: {
      matchExpressions: [
        { key: "kubernetes.io/metadata.name", operator: "NotIn", values: namespacesWithoutAgents(vault) },
      ],
    },
  };
}

/** Everything that is wrong with the injector's options. */
export function injectorProblems(options: InjectorOptions): Problem[] {
  const { replicas = 1, failurePolicy, excludedNamespaces = [], timeoutSeconds = 5 } = options;
  return [
    ...integerProblems("replicas", replicas, 1, 9),
    ...(failurePolicy?.kind === "ignore"
      ? within("failurePolicy", reasonProblems("reason", failurePolicy.reason))
      : []),
    ...excludedNamespaces.flatMap((name, index) => labelProblems(`excludedNamespaces[${index}]`, name)),
    ...integerProblems("timeoutSeconds", timeoutSeconds, 1, 30),
  ];
}
