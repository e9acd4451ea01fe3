import { known } from "../../access";
import { MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";
import { injected } from "./pods";

/** User and group of the injector's agents. */
const AGENT = { user: 100, group: 1000 };

export const fileUnreadable: Rule = {
  id: "lifecycle/file-unreadable",
  severity: "error",
  title: "credentials file that the application may not read",
  why: "The agent writes as 100:1000; a mode without others' bits shuts out an application that runs as somebody else: EACCES at its first connection. (vault-k8s, agent.go)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/agent-inject-perms-shop: "0400"
${MANIFEST_POD}
      containers:
        - name: orders
          securityContext: { runAsUser: 10001 }`,
  },
  *check(graph) {
    for (const { origin: at, pod } of injected(graph)) {
      const { injection, containers } = pod;
      const agent = injection.runAsSameUser ? containers[0]?.runAsUser : (injection.runAsUser ?? AGENT.user);
      const reading = containers.filter(
        ({ name }) =>
          injection.containers === undefined || injection.containers.includes(String(known(name))),
      );
      for (const { permissions } of injection.uses) {
        const mode = parseInt(String(known(permissions) ?? "0644"), 8);
        if ((mode & 0o004) !== 0) continue;
        for (const { name, runAsUser } of reading) {
          const user = known(runAsUser ?? pod.runAsUser);
          if (typeof agent !== "number" || user === undefined || user === agent || user === 0) continue;
          const byGroup = (mode & 0o040) !== 0 && known(pod.fsGroup) === AGENT.group;
          if (byGroup) continue;
          yield {
            at,
            message: `the agent writes the file as user ${agent} with the mode ${mode.toString(8).padStart(4, "0")}, and the container ${show(name)} runs as user ${user}`,
            fix: `set vault.hashicorp.com/agent-run-as-user to "${user}"`,
          };
        }
      }
    }
  },
};
