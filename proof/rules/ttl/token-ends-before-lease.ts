import { known, type AuthRole } from "../../access";
import { BOUND, POLICY, ROLE } from "../example-parts";
import type { Rule } from "../rule";
import { duration } from "../words";
import { rolesWithCredentials } from "./roles";

export const tokenEndsBeforeLease: Rule = {
  id: "ttl/token-ends-before-lease",
  severity: "error",
  title: "token that dies before its lease",
  why: "A lease ends with the token that read it: at the token's maximum all credentials are revoked under open pools, however long their own TTL is. (Vault, expiration.go)",
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
  token_max_ttl                    = 7200
}

${POLICY}

${ROLE}`,
  },
  *check(graph) {
    for (const { authRole: role, databaseRole } of rolesWithCredentials(graph)) {
      const lease = known(databaseRole.maxTtl) || known(databaseRole.defaultTtl) || 0;
      const end = tokenEnd(role);
      if (end === undefined || end.seconds >= lease || lease === 0) continue;
      yield {
        at: role.origin,
        message: `${end.argument} ends the token after ${duration(end.seconds)}, and a credential of ${databaseRole.origin.address} may live for ${duration(lease)}`,
        fix: `set token_period = ${known(databaseRole.defaultTtl) ?? lease} and leave the maximum out, or raise it to ${lease}`,
      };
    }
  },
};

/** When a token ends that is renewed for as long as it can be; nothing where it never does. */
function tokenEnd(role: AuthRole): { seconds: number; argument: string } | undefined {
  const explicit = known(role.tokenExplicitMaxTtl) ?? 0;
  const maximum = known(role.tokenMaxTtl) ?? 0;
  if (explicit > 0) return { seconds: explicit, argument: "token_explicit_max_ttl" };
  if ((known(role.tokenPeriod) ?? 0) > 0 || maximum === 0) return undefined;
  return { seconds: maximum, argument: "token_max_ttl" };
}
