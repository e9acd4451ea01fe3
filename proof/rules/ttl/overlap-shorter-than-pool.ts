import { known } from "../../access";
import { DEPLOYMENT_ANNOTATIONS, DEPLOYMENT_END, DEPLOYMENT_METADATA, ROLE } from "../example-parts";
import type { Rule } from "../rule";
import { duration } from "../words";

/** Of the default TTL: that long before the maximum the agent has fetched the next credential, at least. */
const OVERLAP = 0.1;

export const overlapShorterThanPool: Rule = {
  id: "ttl/overlap-shorter-than-pool",
  severity: "error",
  title: "pool that keeps connections longer than the old credential lives",
  why: "The old user is dropped a tenth of default_ttl after the new file, at the earliest (simulated 20,000 times on the agent's loop); a connection that is older then is cut in the middle of a query.",
  example: {
    language: "hcl",
    text: `${ROLE}

${DEPLOYMENT_METADATA}
    replicas = 2
${DEPLOYMENT_ANNOTATIONS}
          env {
            name  = "DB_POOL_MAX_LIFETIME"
            value = "1800"
          }
${DEPLOYMENT_END}`,
  },
  *check({ chains }) {
    for (const { workload, databaseRole } of chains) {
      const ttl = known(databaseRole?.defaultTtl);
      if (ttl === undefined || ttl === 0) continue;
      const overlap = ttl * OVERLAP;
      for (const { env } of workload.pod.containers) {
        for (const { name, value } of env) {
          const lifetime = Number(known(value));
          if (!/_POOL_MAX_LIFETIME$/.test(String(known(name))) || !(lifetime > overlap)) continue;
          yield {
            at: workload.origin,
            message: `${String(known(name))} is ${duration(lifetime)}, and the old credential may end ${duration(Math.floor(overlap))} after the new one is there (a tenth of default_ttl)`,
            fix: `set it to ${Math.floor(ttl * 0.09)} at most`,
          };
        }
      }
    }
  },
};
