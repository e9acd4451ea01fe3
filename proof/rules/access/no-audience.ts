import { AUTH_ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";

export const noAudience: Rule = {
  id: "access/no-audience",
  severity: "error",
  title: "auth role without an audience",
  why: "Without one Vault takes any ServiceAccount token of the cluster, also the one that a pod shows to somebody else; Vault 1.21 warns, later ones refuse. (vault-plugin-auth-kubernetes, path_role.go)",
  example: {
    language: "hcl",
    text: `${AUTH_ROLE_HEAD}
  bound_service_account_names      = ["orders"]
  bound_service_account_namespaces = ["shop"]
}`,
  },
  *check({ authRoles }) {
    for (const { origin: at, audience } of authRoles) {
      if (audience !== undefined) continue;
      yield {
        at,
        message: "the role names no audience",
        fix: 'set audience = "vault", and project a token for that audience into the pod (agent-service-account-token-volume-name)',
      };
    }
  },
};
