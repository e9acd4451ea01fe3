import { credsPath, isWildcard, known, isTemplated } from "../../access";
import type { Rule } from "../rule";
import { choices, show } from "../words";

export const policyPathWithoutRole: Rule = {
  id: "access/policy-path-without-role",
  severity: "error",
  title: "policy path that no mount and role serve",
  why: "Vault takes any path in a policy; the first read of it fails with 'unknown role' or 'no handler for route'. (Vault, database secrets engine)",
  example: {
    language: "hcl",
    text: `resource "vault_mount" "database" {
  path                      = "database"
  type                      = "database"
  default_lease_ttl_seconds = 3600
  max_lease_ttl_seconds     = 86400
  lifecycle {
    prevent_destroy = true
  }
}

resource "vault_policy" "orders" {
  name   = "orders"
  policy = "path \\"database/creds/order\\" { capabilities = [\\"read\\"] }"
}`,
  },
  *check({ policies, databaseRoles, mounts }) {
    const served = new Set(databaseRoles.map((role) => known(credsPath(role))));
    if (mounts.length === 0 || served.has(undefined)) return;
    for (const { origin: at, rules = [] } of policies) {
      for (const { path, capabilities } of rules) {
        const role = /^(?!(?:sys|auth|identity|cubbyhole)\/)(.+)\/creds\/([^/]+)$/.exec(path);
        if (role === null || isWildcard(path) || isTemplated(path) || capabilities.has("deny")) continue;
        if (served.has(path)) continue;
        const mounted = mounts.some((mount) => known(mount.path) === role[1]);
        yield {
          at,
          message: mounted
            ? `${show(path)} names the role ${show(role[2])}, which the mount ${show(role[1])} has not got`
            : `${show(path)} names the mount ${show(role[1])}, at which there is no database secrets engine`,
          fix: `name a path that is served: ${
            choices([...served].map(show), show(path)) || "add the role first"
          }`,
        };
      }
    }
  },
};
