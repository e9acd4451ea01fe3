import { credsPath, isWildcard, known, matches } from "../../access";
import type { Rule } from "../rule";
import { folded, show } from "../words";

export const policyTooWide: Rule = {
  id: "access/policy-too-wide",
  severity: "error",
  title: "wildcard in a policy that opens credentials",
  why: "A path with * or + over creds hands out every role of the mount, also those that are added next year; a policy names the one role that its service needs. (Vault, policies, path wildcards)",
  example: {
    language: "hcl",
    text: `resource "vault_policy" "orders" {
  name   = "orders"
  policy = "path \\"database/creds/*\\" { capabilities = [\\"read\\"] }"
}`,
  },
  *check({ policies, databaseRoles, mounts }) {
    const paths = databaseRoles.flatMap((role) => known(credsPath(role)) ?? []);
    const prefixes = mounts.flatMap(({ path }) => (typeof path === "string" ? [`${path}/creds/any`] : []));
    for (const { origin: at, rules = [] } of policies) {
      for (const { path, capabilities } of rules) {
        if (!isWildcard(path) || capabilities.has("deny")) continue;
        const opened = paths.filter((each) => matches(path, each));
        const opensCreds =
          /^(?!(sys|auth|identity|cubbyhole)\/).+\/creds\//.test(path) ||
          prefixes.some((each) => matches(path, each));
        if (opened.length === 0 && !opensCreds) continue;
        yield {
          at,
          message: `${show(path)} opens ${opened.length > 0 ? folded(opened) : "every role's credentials"}`,
          evidence: [path, ...opened],
          fix: `write the paths of the roles that are needed, such as ${show(opened[0] ?? path.replace(/[*+].*$/, "orders"))}`,
        };
      }
    }
  },
};
