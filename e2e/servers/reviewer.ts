import type { KubernetesClient } from "./kubernetes-client";

export const REVIEWERS = "/api/v1/namespaces/vault/serviceaccounts";

/**
 * The JWT of a ServiceAccount that may ask the API server whether a token is genuine, as the runbook of the first apply has
 * it for an external Vault. What is there already is taken.
 */
export async function reviewerJwt(kubernetes: KubernetesClient, name = "vault-reviewer"): Promise<string> {
  await kubernetes.ensure(REVIEWERS, { metadata: { name } });
  await kubernetes.ensure("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
    subjects: [{ kind: "ServiceAccount", name, namespace: "vault" }],
  });
  const { status } = await kubernetes.create<{ status: { token: string } }>(`${REVIEWERS}/${name}/token`, {
    spec: { expirationSeconds: 24 * 3600 },
  });
  return status.token;
}
