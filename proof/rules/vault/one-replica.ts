import { asBoolean, asNumber, helmValue, known } from "../../access";
import type { Rule } from "../rule";
import { runsServer, vaultReleases } from "./releases";

/** Raft goes on while a majority is there. */
const FEWEST = 3;

export const oneReplica: Rule = {
  id: "vault/one-replica",
  severity: "error",
  title: "Vault that stops with one node",
  why: "While Vault is away nobody renews: after a tenth of a TTL the first pods may be shut out of their databases. Raft needs three nodes to lose one. (Vault, integrated storage)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name    = "vault"
  chart   = "vault"
  version = "0.34.1"
  values  = ["global: { tlsDisable: false }\\nserver: { ha: { enabled: true, replicas: 1 } }"]
}`,
  },
  *check(graph, { limits }) {
    if (limits.vault === "any") return;
    for (const release of vaultReleases(graph)) {
      if (
        !runsServer(release) ||
        release.incomplete ||
        asBoolean(helmValue(release, "server.dev.enabled")) === true
      )
        continue;
      const isHa = asBoolean(helmValue(release, "server.ha.enabled")) === true;
      const replicas = isHa ? (known(asNumber(helmValue(release, "server.ha.replicas"))) ?? FEWEST) : 1;
      if (replicas >= FEWEST) continue;
      yield {
        at: release.origin,
        message: isHa
          ? `server.ha.replicas is ${replicas}`
          : "server.ha.enabled is not true, so that there is one server",
        fix: `set server.ha.enabled, server.ha.raft.enabled and server.ha.replicas: ${FEWEST}`,
      };
    }
  },
};
