import { known } from "../../access";
import {
  CONNECTION,
  DEPLOYMENT_ANNOTATIONS,
  DEPLOYMENT_END,
  DEPLOYMENT_METADATA,
  ROLE,
} from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";
import { leaseBudget, type Share } from "./budget";

/** PostgreSQL's superuser_reserved_connections. */
const RESERVED = 3;
/** What the provider sends where nothing is said. */
const VAULT_POOL = 2;

export const connections: Rule = {
  id: "capacity/connections",
  severity: "error",
  title: "more connections than PostgreSQL has",
  why: "At a rolling restart old and new pods are connected together; above max_connections PostgreSQL answers 'sorry, too many clients already', also to Vault, which then can neither create nor revoke. (PostgreSQL, max_connections)",
  example: {
    language: "hcl",
    maxConnections: 50,
    text: `${CONNECTION}

${ROLE}

${DEPLOYMENT_METADATA}
    replicas = 10
${DEPLOYMENT_ANNOTATIONS}
          env {
            name  = "POOL_MAX"
            value = "5"
          }
${DEPLOYMENT_END}`,
  },
  *check(graph, { capacities }) {
    for (const { connection, shares, connections } of leaseBudget(graph)) {
      const capacity = capacities.get(known(connection.name) ?? "");
      if (capacity === undefined || shares.length === 0) continue;
      const vault = known(connection.maxOpenConnections) ?? VAULT_POOL;
      const needed = connections + vault + RESERVED;
      if (needed <= capacity.maxConnections) continue;
      yield {
        at: connection.origin,
        message: `at a rolling restart ${shares.map(inWords).join(" + ")} + ${vault} of Vault + ${RESERVED} reserved = ${needed} connections are needed, and max_connections of ${show(connection.name)} is ${capacity.maxConnections}`,
        fix: "lower the pools or the replicas, put a pooler in between, or raise max_connections (maxConnections of the database)",
      };
    }
  },
};

function inWords({ chain, replicas, surge, pool }: Share): string {
  return `${chain.workload.origin.address.split(/[./]/).at(-1) ?? ""} (${replicas} + ${surge} surge) × ${pool}`;
}
