import { asBoolean, helmValue } from "../../access";
import type { Rule } from "../rule";
import { runsServer, vaultReleases } from "./releases";

export const devMode: Rule = {
  id: "vault/dev-mode",
  severity: "error",
  title: "Vault in dev mode",
  why: "A dev server keeps everything in memory, has a known root token and starts unsealed: any restart loses all mounts, roles and leases, and every user stays in PostgreSQL. (Vault, dev server)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name    = "vault"
  chart   = "vault"
  version = "0.34.1"
  values  = ["global: { tlsDisable: false }\\nserver: { dev: { enabled: true } }"]
}`,
  },
  *check(graph, { limits }) {
    if (limits.vault === "any") return;
    for (const release of vaultReleases(graph)) {
      if (!runsServer(release) || asBoolean(helmValue(release, "server.dev.enabled")) !== true) continue;
      yield {
        at: release.origin,
        message: "server.dev.enabled is true",
        fix: "set server.ha.enabled with raft and three replicas instead",
      };
    }
  },
};
