import { known } from "../../access";
import { BOUND } from "../example-parts";
import type { Rule } from "../rule";
import { duration } from "../words";
import { methodTtl } from "./method";

export const tokenPeriodOverMount: Rule = {
  id: "ttl/token-period-over-mount",
  severity: "error",
  title: "token period above the auth method's maximum",
  why: "Vault refuses to write the role: 'period cannot be greater than the mount's max TTL'. (vault-plugin-auth-kubernetes, path_role.go)",
  example: {
    language: "hcl",
    text: `resource "vault_auth_backend" "kubernetes" {
  type = "kubernetes"
  tune {
    max_lease_ttl = "30m"
  }
}

resource "vault_kubernetes_auth_backend_role" "orders" {
  backend                          = vault_auth_backend.kubernetes.path
  role_name                        = "orders"
${BOUND}
  token_period                     = 3600
}`,
  },
  *check(graph) {
    for (const role of graph.authRoles) {
      const limit = methodTtl(graph, role);
      const period = known(role.tokenPeriod) ?? 0;
      if (limit === undefined || period <= limit) continue;
      yield {
        at: role.origin,
        message: `token_period is ${duration(period)}, and the auth method allows ${duration(limit)}`,
        fix: "raise max_lease_ttl in the tune block of the auth method, or shorten the period",
      };
    }
  },
};
