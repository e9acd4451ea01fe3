import type { Rule } from "../rule";
import { show } from "../words";
import { injected } from "./pods";

/** What consul-template gives a file. */
const DEFAULT = "0644";

export const fileReadableByOthers: Rule = {
  id: "lifecycle/file-readable-by-others",
  severity: "warning",
  title: "credentials file that every user of the pod may read",
  why: "Every container that mounts the volume, whatever its user, can read the password. (consul-template, default perms 0644)",
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
        vault.hashicorp.com/role: orders
        vault.hashicorp.com/agent-inject-secret-shop: database/creds/orders
        vault.hashicorp.com/agent-inject-perms-shop: "0644"
    spec:
      serviceAccountName: orders
      containers: [{ name: orders }]`,
  },
  *check(graph) {
    for (const { origin: at, pod } of injected(graph)) {
      for (const { name, permissions } of pod.injection.uses) {
        const mode =
          typeof permissions === "string" ? permissions : permissions === undefined ? DEFAULT : undefined;
        if (mode === undefined || (parseInt(mode, 8) & 0o007) === 0) continue;
        yield {
          at,
          message: `the file of ${show(name)} has the mode ${mode}`,
          fix: `set vault.hashicorp.com/agent-inject-perms-${name} to "0400", and run the agent as the user of the application (agent-run-as-user or agent-run-as-same-user)`,
        };
      }
    }
  },
};
