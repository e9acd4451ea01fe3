import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { injected } from "./pods";

export const twoLogins: Rule = {
  id: "lifecycle/two-logins",
  severity: "warning",
  title: "pod that logs in twice",
  why: "The init container and the sidecar each log in and each get a user; the file is rewritten seconds after the application has started, and the first user is never renewed. (hashicorp/vault-k8s#125, #162)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check(graph) {
    for (const { origin: at, pod } of injected(graph)) {
      // An application that takes up new files from the contract does not mind.
      const contract = pod.containers.some(({ env }) =>
        env.some(({ name }) => name === "LEASEHOLD_CONTRACT"),
      );
      if (pod.injection.mode !== "init-and-sidecar" || pod.injection.uses.length === 0 || contract) continue;
      yield {
        at,
        message:
          "an init container and a sidecar log in, and the second one replaces the file under the running application",
        fix: "set agent-pre-populate-only and make the init container a native sidecar, or make the application take up a new file at once",
      };
    }
  },
};
