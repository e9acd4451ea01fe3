import { known } from "../../access";
import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { duration } from "../words";

/** The kubelet replaces the token at 80 % of its life and looks once a minute. */
const SHORTEST = 600;

export const projectedTokenTooShort: Rule = {
  id: "ttl/projected-token-too-short",
  severity: "error",
  title: "projected token that Kubernetes refuses",
  why: "Kubernetes takes no expirationSeconds below 600; the pod is not admitted. (Kubernetes, TokenRequest)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/agent-service-account-token-volume-name: vault-token
${MANIFEST_POD}
${MANIFEST_CONTAINER}
      volumes:
        - name: vault-token
          projected:
            sources:
              - serviceAccountToken: { audience: vault, expirationSeconds: 60, path: token }`,
  },
  *check({ workloads }) {
    for (const { origin: at, pod } of workloads) {
      if (pod.injection?.requested !== true) continue;
      for (const { tokens } of pod.volumes) {
        for (const { expiration } of tokens) {
          const seconds = known(expiration);
          if (seconds === undefined || seconds >= SHORTEST) continue;
          yield {
            at,
            message: `the projected token lives for ${duration(seconds)}; a login needs one that is good whenever the agent asks`,
            fix: `set expirationSeconds to ${SHORTEST} or more`,
          };
        }
      }
    }
  },
};
