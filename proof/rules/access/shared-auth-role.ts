import { known } from "../../access";
import type { Rule } from "../rule";
import { listed, show } from "../words";

export const sharedAuthRole: Rule = {
  id: "access/shared-auth-role",
  severity: "warning",
  title: "auth role for several ServiceAccounts",
  why: "Each of them gets the policies of all, and an audit entry names the role and not the service.",
  example: {
    language: "hcl",
    text: `resource "vault_kubernetes_auth_backend_role" "shop" {
  backend                          = "kubernetes"
  role_name                        = "shop"
  bound_service_account_names      = ["orders", "billing"]
  bound_service_account_namespaces = ["shop"]
  audience                         = "vault"
}`,
  },
  *check({ authRoles }) {
    for (const { origin: at, serviceAccounts } of authRoles) {
      const names = known(serviceAccounts) ?? [];
      if (names.length < 2) continue;
      yield {
        at,
        message: `the role binds the ServiceAccounts ${listed(names.map((name) => show(name)))}`,
        fix: "write one role per ServiceAccount",
      };
    }
  },
};
