import { known, type Container } from "../../access";
import { DEPLOYMENT_ANNOTATIONS, DEPLOYMENT_END, DEPLOYMENT_METADATA, ROLE } from "../example-parts";
import type { Rule } from "../rule";
import { duration } from "../words";

/** In seconds; whatever is below, HikariCP takes for a mistake. */
const LEAST = 30;

/** Such as `LEASEHOLD_SHOP_POOL_MAX_LIFETIME`; the format of the same database stands beside it. */
const LIFETIME = /^(\w+)_POOL_MAX_LIFETIME$/;

export const poolBelowThirtySeconds: Rule = {
  id: "ttl/pool-below-thirty-seconds",
  severity: "warning",
  title: "pool lifetime that HikariCP does not take",
  why: "HikariCP warns of a maxLifetime below 30 s and takes its default of 30 min instead: its connections outlive their user, and are cut in the middle of a query. The format properties is that of the JVM; which pool reads it nobody sees here. (HikariCP, HikariConfig)",
  example: {
    language: "hcl",
    text: `${ROLE}

${DEPLOYMENT_METADATA}
    replicas = 2
${DEPLOYMENT_ANNOTATIONS}
          env {
            name  = "SHOP_FORMAT"
            value = "properties"
          }
          env {
            name  = "SHOP_POOL_MAX_LIFETIME"
            value = "27"
          }
${DEPLOYMENT_END}`,
  },
  *check({ workloads }) {
    for (const { origin: at, pod } of workloads) {
      for (const [name, lifetime] of pod.containers.flatMap((container) => [...shortLifetimes(container)])) {
        yield {
          at,
          message: `${name} is ${duration(lifetime)}, and a pool that reads the format "properties" may make 30m of less than ${LEAST}s`,
          fix: "raise default_ttl (ttl.default) to 334s or more, of which the pool's lifetime is 9 %, or waive this where the pool is another one or evicts its connections at each new file",
        };
      }
    }
  },
};

function* shortLifetimes({ env }: Container): Iterable<readonly [string, number]> {
  const values = new Map(env.map(({ name, value }) => [known(name), known(value)]));
  for (const [name = "", value] of values) {
    const [, prefix] = LIFETIME.exec(name) ?? [];
    const lifetime = value === undefined ? NaN : Number(value);
    if (prefix !== undefined && values.get(`${prefix}_FORMAT`) === "properties" && lifetime < LEAST)
      yield [name, lifetime];
  }
}
