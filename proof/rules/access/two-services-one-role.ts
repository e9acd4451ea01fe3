import { known, type Chain } from "../../access";
import { MANIFEST_CONTAINER, MANIFEST_POD } from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";

export const twoServicesOneRole: Rule = {
  id: "access/two-services-one-role",
  severity: "error",
  title: "two workloads on one database role",
  why: "What one of them may do the other may too, and the audit log cannot tell whose credential did it; a role belongs to one service.",
  example: {
    language: "yaml",
    text: `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  replicas: 2
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/role: shop
        vault.hashicorp.com/agent-inject-secret-shop: database/creds/shop
${MANIFEST_POD}
${MANIFEST_CONTAINER}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: billing, namespace: shop }
spec:
  replicas: 2
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/role: shop
        vault.hashicorp.com/agent-inject-secret-shop: database/creds/shop
    spec:
      serviceAccountName: billing
      containers: [{ name: billing }]`,
  },
  *check({ chains }) {
    const users = new Map<string, Chain[]>();
    for (const chain of chains) {
      const path = known(chain.use.path);
      if (path === undefined || !path.includes("/creds/")) continue;
      const key = `${chain.databaseRole?.origin.vault ?? ""} ${path}`;
      users.set(key, [...(users.get(key) ?? []), chain]);
    }
    for (const all of users.values()) {
      const services = new Map(all.map((chain) => [serviceOf(chain), chain]));
      if (services.size < 2) continue;
      const [first] = all;
      if (first === undefined) continue;
      yield {
        at: first.databaseRole?.origin ?? first.workload.origin,
        message: `${listed([...services.values()].map(({ workload }) => workload.origin.address))} read ${show(first.use.path)}`,
        fix: "give each service a role, a policy and a group role of its own",
      };
    }
  },
};

/** The stages of one service share its ServiceAccount. */
function serviceOf({ workload }: Chain): string {
  return `${String(known(workload.namespace))}/${String(known(workload.pod.serviceAccount))}`;
}
