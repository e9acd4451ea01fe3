import { known } from "../../access";
import type { Rule } from "../rule";
import { show } from "../words";

/** Keys of what the secrets engine answers and is told; beside them only names are worth reading in a log. */
const SECRET = new Set(["password", "connection_url"]);

export const loggedInClear: Rule = {
  id: "secrets/logged-in-clear",
  severity: "error",
  title: "mount whose passwords stand in the audit log in clear",
  why: "Vault writes an HMAC of every value into its audit log, but for the keys that a mount excepts: with password among them, whoever reads the log logs in. (Vault, audit_non_hmac_response_keys)",
  example: {
    language: "hcl",
    text: `resource "vault_mount" "db" {
  type                         = "database"
  path                         = "db"
  audit_non_hmac_response_keys = ["username", "password"]
}`,
  },
  *check({ mounts }) {
    for (const { origin: at, loggedInClear: keys } of mounts) {
      const found = (known(keys) ?? []).flatMap((key) => known(key) ?? []).filter((key) => SECRET.has(key));
      if (found.length === 0) continue;
      yield {
        at,
        message: `${found.map(show).join(" and ")} of its answers and requests stand in the audit log as they are`,
        fix: "except names alone, such as username, by which a login in PostgreSQL's log is found in Vault's",
      };
    }
  },
};
