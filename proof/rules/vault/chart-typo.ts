import { isObject } from "../../access";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { vaultReleases } from "./releases";

/** Keys of vault-helm 0.34.1. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "": ["global", "injector", "server", "ui", "csi", "serverTelemetry"],
  global: [
    "enabled",
    "namespace",
    "imagePullSecrets",
    "tlsDisable",
    "externalVaultAddr",
    "externalBaoAddr",
    "openshift",
    "psp",
    "serverTelemetry",
  ],
  injector: [
    "enabled",
    "replicas",
    "port",
    "leaderElector",
    "metrics",
    "externalVaultAddr",
    "image",
    "agentImage",
    "agentDefaults",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "authPath",
    "logLevel",
    "logFormat",
    "revokeOnShutdown",
    "webhook",
    "failurePolicy",
    "namespaceSelector",
    "objectSelector",
    "webhookAnnotations",
    "certs",
    "securityContext",
    "resources",
    "extraEnvironmentVars",
    "affinity",
    "topologySpreadConstraints",
    "tolerations",
    "nodeSelector",
    "priorityClassName",
    "annotations",
    "extraLabels",
    "hostNetwork",
    "service",
    "serviceAccount",
    "podDisruptionBudget",
    "strategy",
  ],
};

export const chartTypo: Rule = {
  id: "vault/chart-typo",
  severity: "error",
  title: "value that the chart does not know",
  why: "The chart's schema lets every key through: a typo changes nothing, and the value that was meant stays at its default. (vault-helm, values.schema.json)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name    = "vault"
  chart   = "vault"
  version = "0.34.1"
  values  = ["injektor: { replicas: 2 }"]
}`,
  },
  *check(graph) {
    for (const release of vaultReleases(graph)) {
      for (const [path, known] of Object.entries(KEYS)) {
        const value = path === "" ? release.values : release.values[path];
        if (!isObject(value)) continue;
        const unknown = Object.keys(value).filter((key) => !known.includes(key));
        if (unknown.length === 0) continue;
        const names = unknown.map((key) => (path === "" ? key : `${path}.${key}`));
        yield {
          at: release.origin,
          message: `the chart has no ${listed(names.map(show))}`,
          fix: `write one of ${known.join(", ")}`,
        };
      }
    }
  },
};
