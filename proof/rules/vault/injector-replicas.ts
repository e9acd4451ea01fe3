import { asNumber, helmValue, known } from "../../access";
import type { Rule } from "../rule";
import { runsInjector, vaultReleases } from "./releases";

export const injectorReplicas: Rule = {
  id: "vault/injector-replicas",
  severity: "error",
  title: "one injector replica",
  why: "While it restarts no pod gets its agent: under failurePolicy Fail nothing starts, under Ignore pods start without credentials. (vault-k8s#182: SIGTERM ends it at once)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name    = "vault"
  chart   = "vault"
  version = "0.34.1"
  values = [yamlencode({
    global   = { tlsDisable = false }
    server   = { ha = { enabled = true, replicas = 3 } }
    injector = { replicas = 1 }
  })]
}`,
  },
  *check(graph, { limits }) {
    if (limits.vault === "any") return;
    for (const release of vaultReleases(graph)) {
      const replicas = known(asNumber(helmValue(release, "injector.replicas"))) ?? 1;
      if (!runsInjector(release) || release.incomplete || replicas >= 2) continue;
      yield {
        at: release.origin,
        message: `injector.replicas is ${replicas}`,
        fix: "set injector.replicas: 2 and injector.podDisruptionBudget.maxUnavailable: 1",
      };
    }
  },
};
