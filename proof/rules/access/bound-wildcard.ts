import { known } from "../../access";
import { AUTH_ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";

export const boundWildcard: Rule = {
  id: "access/bound-wildcard",
  severity: "error",
  title: "auth role that binds ServiceAccounts or namespaces by a wildcard",
  why: "Every pod that matches may log in: with * in both, every pod of the cluster. Vault also matches globs such as app-*. (vault-plugin-auth-kubernetes, path_login.go)",
  example: {
    language: "hcl",
    text: `${AUTH_ROLE_HEAD}
  bound_service_account_names      = ["*"]
  bound_service_account_namespaces = ["shop"]
  audience                         = "vault"
}`,
  },
  *check({ authRoles }) {
    for (const role of authRoles) {
      for (const [argument, names] of [
        ["bound_service_account_names", role.serviceAccounts],
        ["bound_service_account_namespaces", role.namespaces],
      ] as const) {
        for (const name of known(names) ?? []) {
          if (typeof name !== "string" || !name.includes("*")) continue;
          yield {
            at: role.origin,
            message: `${argument} has ${show(name)}`,
            fix: "write the names of the ServiceAccount and the namespace of the one workload",
          };
        }
      }
    }
  },
};
