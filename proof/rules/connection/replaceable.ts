import type { Rule } from "../rule";

export const replaceable: Rule = {
  id: "connection/replaceable",
  severity: "error",
  title: "mount or connection that an apply could destroy",
  why: "Terraform deletes the connection before the mount, and with it the way to revoke: every live lease is stranded and its user stays. (Vault, secret_creds.go)",
  example: {
    language: "hcl",
    text: `resource "vault_mount" "database" {
  path                      = "database"
  type                      = "database"
  default_lease_ttl_seconds = 3600
  max_lease_ttl_seconds     = 86400
}`,
  },
  *check({ mounts, connections }, { limits }) {
    if (limits.protection === "any") return;
    for (const { origin: at, preventDestroy } of [...mounts, ...connections]) {
      if (preventDestroy) continue;
      yield {
        at,
        message: "nothing keeps an apply from destroying it",
        fix: "add lifecycle { prevent_destroy = true }",
      };
    }
  },
};
