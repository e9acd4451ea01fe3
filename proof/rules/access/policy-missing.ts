import { isOneVault, known } from "../../access";
import { AUTH_ROLE_HEAD, BOUND, POLICY } from "../example-parts";
import type { Rule } from "../rule";
import { choices, show } from "../words";

/** Policies that Vault has without anybody's doing. */
const BUILT_IN = new Set(["default", "root"]);

export const policyMissing: Rule = {
  id: "access/policy-missing",
  severity: "error",
  title: "auth role that carries a policy which is not there",
  why: "Vault gives a token the name of a policy that does not exist without a word, and the token may then do nothing. (Vault, concepts, policies)",
  example: {
    language: "hcl",
    text: `${AUTH_ROLE_HEAD}
${BOUND}
  token_policies                   = ["order"]
}

${POLICY}`,
  },
  *check({ authRoles, policies, databaseRoles }) {
    // Neither policies nor roles: both stand in another configuration.
    if (policies.length === 0 && databaseRoles.length === 0) return;
    const namesBy = new Map<string | undefined, ReadonlySet<string | undefined>>();
    for (const role of authRoles) {
      const { origin: at, policies: carried } = role;
      const names =
        namesBy.get(at.vault) ??
        new Set(policies.filter((policy) => isOneVault(policy, role)).map(({ name }) => known(name)));
      namesBy.set(at.vault, names);
      for (const name of known(carried) ?? []) {
        if (typeof name !== "string" || names.has(name) || BUILT_IN.has(name)) continue;
        yield {
          at,
          message: `the role carries the policy ${show(name)}, which no vault_policy writes`,
          fix: `add the policy${
            names.size === 0 ? "" : `, or name one of ${choices([...names].map(show), show(name))}`
          }`,
        };
      }
    }
  },
};
