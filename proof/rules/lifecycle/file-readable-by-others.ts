import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
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
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/agent-inject-perms-shop: "0644"
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
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
          fix: `set ${pod.injection.configMap === undefined ? `vault.hashicorp.com/agent-inject-perms-${name} to "0400"` : 'perms = "0400" in its template'}, and run the agent as the user of the application (agent-run-as-user or agent-run-as-same-user)`,
        };
      }
    }
  },
};
