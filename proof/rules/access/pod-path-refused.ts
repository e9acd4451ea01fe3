import { credsPath, isUnknown, known, mayLogIn } from "../../access";
import { BOUND, DEPLOYMENT_END, DEPLOYMENT_METADATA, POLICY } from "../example-parts";
import type { Rule } from "../rule";
import { choices, listed, show } from "../words";

export const podPathRefused: Rule = {
  id: "access/pod-path-refused",
  severity: "error",
  title: "pod that asks for credentials it may not read",
  why: "Vault answers 403 or 'unknown role', the agent retries for five minutes and exits, and the application never starts. (consul-template, config/retry.go)",
  example: {
    language: "hcl",
    text: `resource "vault_auth_backend" "kubernetes" {
  type = "kubernetes"
}

resource "vault_kubernetes_auth_backend_role" "orders" {
  backend                          = vault_auth_backend.kubernetes.path
  role_name                        = "orders"
${BOUND}
  token_policies                   = [vault_policy.orders.name]
}

${POLICY}

${DEPLOYMENT_METADATA}
    replicas = 2
    template {
      metadata {
        annotations = {
          "vault.hashicorp.com/agent-inject"             = "true"
          "vault.hashicorp.com/role"                     = "orders"
          "vault.hashicorp.com/agent-inject-secret-shop" = "database/creds/order"
        }
      }
      spec {
        service_account_name = "orders"
        container {
          name = "orders"
${DEPLOYMENT_END}`,
  },
  *check({ chains, databaseRoles, mounts }) {
    for (const { workload, use, authRole, policies, allowed, databaseRole } of chains) {
      const at = workload.origin;
      if (authRole !== undefined && allowed === false) {
        const names = policies.map(({ name }) => show(name));
        yield {
          at,
          message: `the pod reads ${show(use.path)}, and ${names.length === 0 ? `the role ${show(authRole.name)} carries no policy` : `the policies ${listed(names)} of the role ${show(authRole.name)} do not allow it`}`,
          fix: `add read on ${show(use.path)} to the policy, or ask for a path that it allows`,
        };
      }
      const isCreds = typeof use.path === "string" && /\/creds\//.test(use.path);
      const isNowhere = !mounts.some((mount) => mayLogIn(workload, mount));
      if (!isCreds || databaseRole !== undefined || isNowhere) continue;
      if (databaseRoles.some((role) => isUnknown(credsPath(role)))) continue;
      const served = databaseRoles
        .filter((role) => mayLogIn(workload, role))
        .flatMap((role) => known(credsPath(role)) ?? []);
      yield {
        at,
        message: `the pod reads ${show(use.path)}, which no database role serves`,
        fix: `ask for one of ${choices(served, String(use.path)) || "the roles that there will be"}`,
      };
    }
  },
};
