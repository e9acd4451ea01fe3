import path from "node:path";
import { groupBy } from "../../core";
import type { Rule } from "../rule";

/** Measured: of a stack with 90, a change of one service is planned in 20 s on two cores. */
const MOST = 90;

export const servicesPerStack: Rule = {
  id: "capacity/services-per-stack",
  severity: "warning",
  title: "stack of so many services that each plan of it takes long",
  why: `A plan goes through every service of its stack, whoever has changed what: about 0.2 s for each, and 20 s at ${MOST} of them; and whoever applies one locks the state for all. (Measured: docs/terraform.md)`,
  example: {
    language: "hcl",
    text: `resource "vault_kubernetes_auth_backend_role" "service" {
  count                            = ${MOST + 1}
  backend                          = "kubernetes"
  role_name                        = "service-\${count.index}"
  bound_service_account_names      = ["service-\${count.index}"]
  bound_service_account_namespaces = ["shop"]
  audience                         = "vault"
}`,
  },
  *check({ authRoles, terraform }) {
    // A service has one login.
    for (const [root, [first, ...more]] of groupBy(authRoles, ({ origin }) => origin.root)) {
      const count = more.length + 1;
      if (root === undefined || first === undefined || count <= MOST) continue;
      const settings = terraform.settings.find(({ origin }) => origin.root === root);
      yield {
        at: settings?.origin ?? first.origin,
        message: `the stack ${JSON.stringify(path.basename(root))} has ${count} services, and plans stay under 20 s up to ${MOST}`,
        fix: "give services a 'team': those of a team then have a stack and a state of their own (docs/terraform.md, docs/runbooks/services.md#move-to-a-teams-stack)",
      };
    }
  },
};
