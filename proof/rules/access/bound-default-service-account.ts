import { known } from "../../access";
import { AUTH_ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";

export const boundDefaultServiceAccount: Rule = {
  id: "access/bound-default-service-account",
  severity: "error",
  title: "auth role bound to the ServiceAccount default",
  why: "Every pod of the namespace that names no ServiceAccount runs as default, so each of them gets the credentials. (Kubernetes, ServiceAccounts)",
  example: {
    language: "hcl",
    text: `${AUTH_ROLE_HEAD}
  bound_service_account_names      = ["default"]
  bound_service_account_namespaces = ["shop"]
  audience                         = "vault"
}`,
  },
  *check({ authRoles }) {
    for (const { origin: at, serviceAccounts } of authRoles) {
      if (!(known(serviceAccounts) ?? []).includes("default")) continue;
      yield {
        at,
        message: 'bound_service_account_names has "default"',
        fix: "give the workload a ServiceAccount of its own and bind that",
      };
    }
  },
};
