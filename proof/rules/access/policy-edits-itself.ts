import { capabilitiesAt } from "../../access";
import { AUTH_ROLE_HEAD, BOUND } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";

const POWERS = [
  ["sys/policies/acl/any", "write policies"],
  ["sys/policy/any", "write policies"],
  ["auth/kubernetes/role/any", "write roles of the auth method"],
  ["auth/token/create", "make tokens"],
  ["sys/auth/any", "mount auth methods"],
  ["sys/mounts/any", "mount secrets engines"],
] as const;

export const policyEditsItself: Rule = {
  id: "access/policy-edits-itself",
  severity: "error",
  title: "workload's policy that can widen itself",
  why: "Whoever may write policies, auth roles or tokens may give itself everything else; the pod's token is not bounded by what its other paths say. (Vault, hardening)",
  example: {
    language: "hcl",
    text: `resource "vault_policy" "orders" {
  name   = "orders"
  policy = "path \\"sys/policies/acl/*\\" { capabilities = [\\"create\\", \\"update\\"] }"
}

${AUTH_ROLE_HEAD}
${BOUND}
  token_policies                   = ["orders"]
}`,
  },
  *check({ policies, authRoles, authMethods }) {
    const carried = new Set(
      authRoles.flatMap((role) =>
        Array.isArray(role.policies) ? (role.policies as readonly unknown[]) : [],
      ),
    );
    const methods = authMethods.flatMap(({ path }) =>
      typeof path === "string" ? [[`auth/${path}/role/any`, "write roles of the auth method"] as const] : [],
    );
    for (const { origin: at, name, rules = [] } of policies) {
      if (!carried.has(name)) continue;
      const powers = [...POWERS, ...methods].filter(([path]) => {
        const capabilities = capabilitiesAt(rules, path);
        return ["create", "update", "sudo"].some((each) => capabilities.has(each as "create"));
      });
      const what = [...new Set(powers.map(([, power]) => power))];
      if (what.length === 0) continue;
      yield {
        at,
        message: `a workload that carries ${show(name)} can ${what.join(", ")}`,
        fix: "take these paths out of the policy of a workload; who administers Vault logs in otherwise",
      };
    }
  },
};
