import type { Rule } from "../rule";
import { vaultReleases } from "./releases";

export const chartUnpinned: Rule = {
  id: "vault/chart-unpinned",
  severity: "warning",
  title: "chart without a version",
  why: "Each apply may install another Vault and another injector, whose annotations and defaults differ. (Helm provider, helm_release)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name   = "vault"
  chart  = "vault"
  values = ["global: { tlsDisable: false }\\nserver: { ha: { enabled: true, replicas: 3 } }"]
}`,
  },
  *check(graph) {
    for (const { origin: at, version } of vaultReleases(graph)) {
      if (version !== undefined) continue;
      yield {
        at,
        message: "the release names no version of the chart",
        fix: 'set version, such as "0.34.1"',
      };
    }
  },
};
