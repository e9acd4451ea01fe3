import { helmValue } from "../../access";
import type { Rule } from "../rule";
import { runsInjector, vaultReleases } from "./releases";

export const webhookLetsPodsThrough: Rule = {
  id: "vault/webhook-lets-pods-through",
  severity: "error",
  title: "webhook that lets pods through without credentials",
  why: "Under Ignore, the chart's default, a pod that is created while the injector is away starts without its agent and is never looked at again. (Kubernetes, webhook failurePolicy)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name    = "vault"
  chart   = "vault"
  version = "0.34.1"
  values = [yamlencode({
    global   = { tlsDisable = false }
    server   = { ha = { enabled = true, replicas = 3 } }
    injector = { replicas = 2 }
  })]
}`,
  },
  *check(graph, { limits }) {
    if (limits.vault === "any") return;
    for (const release of vaultReleases(graph)) {
      if (
        !runsInjector(release) ||
        release.incomplete ||
        helmValue(release, "injector.webhook.failurePolicy") === "Fail"
      )
        continue;
      yield {
        at: release.origin,
        message: "injector.webhook.failurePolicy is not Fail",
        fix: 'set it to "Fail", with a namespaceSelector that leaves kube-system and Vault\'s own namespace out',
      };
    }
  },
};
