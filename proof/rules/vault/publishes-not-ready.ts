import { helmValue, known } from "../../access";
import type { Rule } from "../rule";
import { runsServer, vaultReleases } from "./releases";

export const publishesNotReady: Rule = {
  id: "vault/publishes-not-ready",
  severity: "warning",
  title: "agents that are sent to sealed servers",
  why: "The chart publishes addresses that are not ready unless told otherwise, so vault.<namespace>.svc answers 503 from a sealed server now and then. (vault-helm, values.yaml)",
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
    // Who goes to the active server only never meets a sealed one.
    const addresses = graph.workloads.flatMap(({ pod }) => known(pod.injection?.address) ?? []);
    if (addresses.length > 0 && addresses.every((address) => address.includes("-active."))) return;
    for (const release of vaultReleases(graph)) {
      if (!runsServer(release) || release.incomplete) continue;
      if (helmValue(release, "server.service.publishNotReadyAddresses") === false) continue;
      yield {
        at: release.origin,
        message: "server.service.publishNotReadyAddresses is not false",
        fix: "set it to false, or send the agents to the -active Service",
      };
    }
  },
};
