import { asBoolean, helmValue } from "../../access";
import type { Rule } from "../rule";
import { runsServer, vaultReleases } from "./releases";

export const networkPolicy: Rule = {
  id: "vault/network-policy",
  severity: "warning",
  title: "Vault without a network policy",
  why: "Every pod of the cluster reaches Vault's cluster port and its metrics. (vault-helm, server.networkPolicy)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name    = "vault"
  chart   = "vault"
  version = "0.34.1"
  values  = ["global: { tlsDisable: false }\\nserver: { ha: { enabled: true, replicas: 3 } }"]
}`,
  },
  *check(graph, { limits }) {
    if (limits.vault === "any") return;
    for (const release of vaultReleases(graph)) {
      if (!runsServer(release) || release.incomplete) continue;
      if (asBoolean(helmValue(release, "server.networkPolicy.enabled")) === true) continue;
      yield {
        at: release.origin,
        message: "server.networkPolicy.enabled is not true",
        fix: "set it, and open 8200 to the namespaces of the workloads and to whoever else asks Vault, and 8201 to the servers",
      };
    }
  },
};
