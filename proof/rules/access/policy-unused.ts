import { known } from "../../access";
import { AUTH_ROLE_HEAD, BOUND, POLICY } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";

export const policyUnused: Rule = {
  id: "access/policy-unused",
  severity: "warning",
  title: "policy for credentials that no auth role carries",
  why: "Nobody can use it today, and nobody notices who can tomorrow: whoever gets its name gets the database.",
  example: {
    language: "hcl",
    text: `${POLICY}

${AUTH_ROLE_HEAD}
${BOUND}
  token_policies                   = ["default"]
}`,
  },
  *check({ policies, authRoles: own, terraform }, { siblings = [] }) {
    const authRoles = [own, ...siblings.map((each) => each.authRoles)].flat();
    const carried = new Set(authRoles.flatMap((role) => known(role.policies) ?? []));
    const unknown = authRoles.some(
      (role) =>
        known(role.policies) === undefined ||
        [...(known(role.policies) ?? [])].some((each) => typeof each !== "string"),
    );
    // Tokens, groups and other auth methods carry policies too.
    const others = terraform.resources.some(
      ({ mode, type }) =>
        mode === "managed" &&
        /^vault_(token|identity|.*_auth_backend_)/.test(type) &&
        !type.startsWith("vault_kubernetes"),
    );
    if (unknown || others || authRoles.length === 0) return;
    for (const { origin: at, name, rules = [] } of policies) {
      if (typeof name !== "string" || carried.has(name)) continue;
      if (!rules.some(({ path }) => path.includes("/creds/"))) continue;
      yield {
        at,
        message: `no role carries the policy ${show(name)}`,
        fix: "name it in the token_policies of the role that needs it, or remove it",
      };
    }
  },
};
