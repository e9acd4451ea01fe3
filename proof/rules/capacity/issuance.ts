import {
  CONNECTION,
  CREATE,
  DEPLOYMENT_ANNOTATIONS,
  DEPLOYMENT_END,
  DEPLOYMENT_METADATA,
  DROP,
} from "../example-parts";
import type { Rule } from "../rule";
import { duration, show } from "../words";
import { leaseBudget } from "./budget";

/** Vault creates, renews and revokes one at a time per connection; 20 ms each on a database that is not busy. */
const PER_SECOND = 50;
/** Of the TTL: what is left for a renewal that has to queue. */
const SLACK = 0.27;

export const issuance: Rule = {
  id: "capacity/issuance",
  severity: "error",
  title: "more credentials per second than one connection issues",
  why: "Vault holds one lock per connection through each creation, renewal and revocation; when they queue for longer than a TTL has left, leases end before they are renewed. (Vault, postgresql.go)",
  example: {
    language: "hcl",
    text: `${CONNECTION}

resource "vault_database_secret_backend_role" "orders" {
  backend               = "database"
  name                  = "orders"
  db_name               = "shop"
  default_ttl           = 60
  max_ttl               = 600
${CREATE}
${DROP}
}

${DEPLOYMENT_METADATA}
    replicas = 2000
${DEPLOYMENT_ANNOTATIONS}
${DEPLOYMENT_END}`,
  },
  *check(graph, { siblings }) {
    for (const { connection, shares, liveRoles, perSecond } of leaseBudget(graph, siblings)) {
      if (shares.length === 0) continue;
      const slack = Math.min(...shares.map(({ ttl }) => ttl)) * SLACK;
      const queue = liveRoles / PER_SECOND;
      const at = connection.origin;
      const fix =
        "lengthen default_ttl, or spread the services over more connections (connections of the database), each of which has a lock of its own";
      if (perSecond > PER_SECOND) {
        yield {
          at,
          message: `${liveRoles} credentials are renewed ${Math.round(perSecond)} times per second together, and one connection manages about ${PER_SECOND}`,
          fix,
        };
      } else if (queue > slack) {
        yield {
          at,
          message: `after an outage ${liveRoles} credentials queue for about ${duration(Math.ceil(queue))} (${PER_SECOND} per second) behind ${show(connection.name)}, and the shortest TTL has ${duration(Math.floor(slack))} left`,
          fix,
        };
      }
    }
  },
};
