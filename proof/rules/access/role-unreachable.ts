import { credsPath, known } from "../../access";
import { reachOf } from "../reach";
import { ROLE } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";

export const roleUnreachable: Rule = {
  id: "access/role-unreachable",
  severity: "warning",
  title: "database role that no workload can read",
  why: "A role that no policy opens is a way to the tables that nobody reviews and nobody misses.",
  example: {
    language: "hcl",
    text: `${ROLE}

resource "vault_policy" "billing" {
  name   = "billing"
  policy = "path \\"auth/token/lookup-self\\" { capabilities = [\\"read\\"] }"
}`,
  },
  *check({ databaseRoles, policies }) {
    if (policies.length === 0 || policies.some(({ rules }) => rules === undefined)) return;
    const reach = reachOf(databaseRoles);
    const opened = new Set(policies.flatMap(({ rules = [] }) => reach(rules)));
    for (const role of databaseRoles) {
      const path = known(credsPath(role));
      if (path === undefined || opened.has(role)) continue;
      yield {
        at: role.origin,
        message: `no policy lets ${show(path)} be read`,
        fix: `add a policy with read on ${show(path)} to the auth role of the workload, or remove the role`,
      };
    }
  },
};
