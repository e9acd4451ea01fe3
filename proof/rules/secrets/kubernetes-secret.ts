import type { Rule } from "../rule";
import { listed, show } from "../words";

export const kubernetesSecret: Rule = {
  id: "secrets/kubernetes-secret",
  severity: "error",
  title: "Secret whose data stands in the configuration",
  why: "Base64 is no encryption: the values are in Git, in the plan and in the state file. (Kubernetes, Secrets)",
  example: {
    language: "yaml",
    text: `apiVersion: v1
kind: Secret
metadata: { name: orders, namespace: shop }
stringData:
  password: not-a-real-one`,
  },
  *check({ secrets }) {
    for (const { origin: at, inlineKeys } of secrets) {
      if (inlineKeys.length === 0) continue;
      yield {
        at,
        message: `the Secret holds ${listed(inlineKeys.map(show))} in the configuration`,
        fix: "let the pod get its credentials from Vault; what has to be a Secret is made outside of Git and Terraform",
      };
    }
  },
};
