import type { Rule } from "../rule";
import { listed, show } from "../words";

/** Paths of a secrets engine; at sys/leases a lease is named by the path that gave it out. */
const CREDS = /^(?!(sys|auth|identity|cubbyhole)\/).+\/(static-)?creds(\/|$)/;
/** Paths at which credentials, roles or connections are changed. */
const ENGINE = /\/(roles|static-roles|config|rotate-root|rotate-role|reset)\//;

export const policyWritesCredentials: Rule = {
  id: "access/policy-writes-credentials",
  severity: "error",
  title: "policy with more than read on credentials, or with a say about roles",
  why: "Reading mints a credential; nothing else is ever needed at creds, and whoever writes roles or connections writes the SQL that Vault runs as its own login. (Vault, API of the database secrets engine)",
  example: {
    language: "hcl",
    text: `resource "vault_policy" "orders" {
  name   = "orders"
  policy = "path \\"database/creds/orders\\" { capabilities = [\\"read\\", \\"update\\", \\"sudo\\"] }"
}`,
  },
  *check({ policies, mounts, authRoles }) {
    const carried = new Set(
      authRoles.flatMap(({ policies: names }) => (Array.isArray(names) ? (names as readonly unknown[]) : [])),
    );
    for (const { origin: at, name, rules = [] } of policies) {
      for (const { path, capabilities } of rules) {
        const extra = [...capabilities].filter((each) => !["read", "list", "deny"].includes(each));
        const isEngine = mounts.some(
          (mount) => typeof mount.path === "string" && path.startsWith(`${mount.path}/`),
        );
        const atEngine = isEngine && ENGINE.test(path) && carried.has(name);
        const wide = isEngine && path.endsWith("/*");
        if (extra.length === 0 || !(CREDS.test(path) || atEngine || wide)) continue;
        yield {
          at,
          message: `${show(path)} is opened with ${listed(extra.map(show))}`,
          fix: 'leave capabilities = ["read"] on the path of one role',
        };
      }
    }
  },
};
