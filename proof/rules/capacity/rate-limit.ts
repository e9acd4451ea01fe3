import { known, type AccessGraph, type RateLimit } from "../../access";
import { DEPLOYMENT_END, DEPLOYMENT_METADATA } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";

export const rateLimit: Rule = {
  id: "capacity/rate-limit",
  severity: "error",
  title: "rate limit below what one pod asks for",
  why: "A quota counts per client address: a pod that fetches more credentials at its start than the quota lets through gets 429 and starts late or never. (Vault, rate limit quotas)",
  example: {
    language: "hcl",
    text: `resource "vault_quota_rate_limit" "creds" {
  name = "creds"
  path = "database/creds/*"
  rate = 1
}

resource "vault_mount" "database" {
  path                      = "database"
  type                      = "database"
  default_lease_ttl_seconds = 3600
  max_lease_ttl_seconds     = 86400
  lifecycle {
    prevent_destroy = true
  }
}

${DEPLOYMENT_METADATA}
    replicas = 2
    template {
      metadata {
        annotations = {
          "vault.hashicorp.com/agent-inject"                = "true"
          "vault.hashicorp.com/role"                        = "orders"
          "vault.hashicorp.com/agent-inject-secret-shop"    = "database/creds/orders"
          "vault.hashicorp.com/agent-inject-secret-archive" = "database/creds/orders-archive"
        }
      }
      spec {
        service_account_name = "orders"
        container {
          name = "orders"
${DEPLOYMENT_END}`,
  },
  *check(graph) {
    for (const limit of graph.rateLimits) {
      const rate = known(limit.rate);
      if (rate === undefined) continue;
      const allowed = rate * (known(limit.interval) ?? 1);
      const { pod, count } = busiest(graph, limit);
      if (pod === undefined || count <= allowed) continue;
      yield {
        at: limit.origin,
        message: `a pod of ${pod} fetches ${count} credentials at its start, and ${show(limit.path)} lets ${allowed} through per interval`,
        fix: `raise the rate to ${count} at least`,
      };
    }
  },
};

/** The pod that asks for most, at the paths of a quota. */
function busiest({ workloads }: AccessGraph, { path }: RateLimit): { pod?: string; count: number } {
  const prefix = (known(path) ?? "").replace(/\*$/, "");
  return workloads.reduce<{ pod?: string; count: number }>(
    (most, { origin, pod }) => {
      const { injection } = pod;
      const paths = new Set((injection?.uses ?? []).map((use) => known(use.path) ?? ""));
      const logins = injection?.mode === "init-and-sidecar" ? 2 : 1;
      const count = [...paths].filter((each) => each.startsWith(prefix)).length * logins;
      return count > most.count ? { pod: origin.address, count } : most;
    },
    { count: 0 },
  );
}
