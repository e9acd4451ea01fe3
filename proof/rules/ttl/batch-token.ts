import { AUTH_ROLE_HEAD, BOUND } from "../example-parts";
import type { Rule } from "../rule";

export const batchToken: Rule = {
  id: "ttl/batch-token",
  severity: "error",
  title: "batch token for leases",
  why: "A batch token can be neither renewed nor revoked, and its leases end with it: there is nothing to renew and nothing to revoke when the pod is gone. (Vault, tokens)",
  example: {
    language: "hcl",
    text: `${AUTH_ROLE_HEAD}
${BOUND}
  token_ttl                        = 3600
  token_type                       = "batch"
}`,
  },
  *check({ authRoles }) {
    for (const { origin: at, tokenType } of authRoles) {
      if (tokenType !== "batch" && tokenType !== "default-batch") continue;
      yield { at, message: `token_type is "${tokenType}"`, fix: "leave token_type out" };
    }
  },
};
