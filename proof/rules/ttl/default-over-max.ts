import { known } from "../../access";
import { CREATE, DROP } from "../example-parts";
import type { Rule } from "../rule";
import { duration } from "../words";

export const defaultOverMax: Rule = {
  id: "ttl/default-over-max",
  severity: "error",
  title: "default TTL above the maximum",
  why: "Vault does not compare the two and cuts the lease without a word, so that the renewal that the default promises never comes. (Vault, path_roles.go)",
  example: {
    language: "hcl",
    text: `resource "vault_database_secret_backend_role" "orders" {
  backend               = "database"
  name                  = "orders"
  db_name               = "shop"
  default_ttl           = 7200
  max_ttl               = 3600
${CREATE}
${DROP}
}`,
  },
  *check({ databaseRoles, mounts }) {
    for (const { origin: at, defaultTtl, maxTtl } of databaseRoles)
      yield* compare(at, known(defaultTtl), known(maxTtl));
    for (const { origin: at, defaultLeaseTtl, maxLeaseTtl } of mounts) {
      yield* compare(at, known(defaultLeaseTtl), known(maxLeaseTtl));
    }
  },
};

function* compare<T>(at: T, standard = 0, maximum = 0) {
  if (standard === 0 || maximum === 0 || standard <= maximum) return;
  yield {
    at,
    message: `the default of ${duration(standard)} is above the maximum of ${duration(maximum)}`,
    fix: "raise the maximum or lower the default",
  };
}
