import { AUTH_ROLE_HEAD, BOUND } from "../example-parts";
import type { Rule } from "../rule";

export const noDefaultPolicy: Rule = {
  id: "ttl/no-default-policy",
  severity: "error",
  title: "token without the default policy",
  why: "The agent renews leases and its own token by what the default policy allows; without it each renewal is 'permission denied' and a new user is made after 70 % of every TTL. (Vault, leases)",
  example: {
    language: "hcl",
    text: `${AUTH_ROLE_HEAD}
${BOUND}
  token_period                     = 3600
  token_no_default_policy          = true
}`,
  },
  *check({ authRoles }) {
    for (const { origin: at, tokenNoDefaultPolicy } of authRoles) {
      if (tokenNoDefaultPolicy !== true) continue;
      yield {
        at,
        message: "token_no_default_policy is true",
        fix: "leave it out, or allow sys/leases/renew, auth/token/renew-self and auth/token/revoke-self in a policy of the role and waive this",
      };
    }
  },
};
