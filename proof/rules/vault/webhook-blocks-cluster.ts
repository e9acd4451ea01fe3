import { helmValue } from "../../access";
import type { Rule } from "../rule";
import { runsInjector, vaultReleases, webhookSelector } from "./releases";

export const webhookBlocksCluster: Rule = {
  id: "vault/webhook-blocks-cluster",
  severity: "error",
  title: "webhook that can block every pod of the cluster",
  why: "failurePolicy Fail without a namespaceSelector asks the injector for every pod, its own and those of kube-system too: when it is down, nothing starts that could bring it back. (hashicorp/vault-helm#609, #1078)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name    = "vault"
  chart   = "vault"
  version = "0.34.1"
  values = [yamlencode({
    global   = { tlsDisable = false }
    server   = { ha = { enabled = true, replicas = 3 } }
    injector = { replicas = 2, webhook = { failurePolicy = "Fail" } }
  })]
}`,
  },
  *check(graph) {
    for (const release of vaultReleases(graph)) {
      const fails = helmValue(release, "injector.webhook.failurePolicy") === "Fail";
      const selector = webhookSelector(release, "namespaceSelector");
      if (!runsInjector(release) || !fails || selector !== undefined) continue;
      yield {
        at: release.origin,
        message: "injector.webhook.failurePolicy is Fail, and there is no namespaceSelector",
        fix: "leave kube-system and Vault's own namespace out by injector.webhook.namespaceSelector",
      };
    }
  },
};
