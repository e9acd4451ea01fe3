import { connectionNumber, known, type AccessGraph, type Chain, type Connection } from "../../access";
import { groupBy } from "../../core";
import {
  CONNECTION,
  DEPLOYMENT_ANNOTATIONS,
  DEPLOYMENT_END,
  DEPLOYMENT_METADATA,
  ROLE,
} from "../example-parts";
import { loginOf, sharedServers } from "../identities";
import type { Rule } from "../rule";
import { show, summands, type Summand } from "../words";
import {
  leaseBudget,
  pooledConnections,
  pooledShares,
  sessionsAtRollingRestart,
  sessionsOf,
  usersAtRollingRestart,
  type ConnectionBudget,
  type PeopleShare,
  type Pooled,
  type Share,
} from "./budget";

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
  *check(graph, { capacities, siblings, others = [] }) {
    const own = budgetsOf(graph, siblings, { environment: "", isShared: () => true });
    const foreign = others.flatMap(({ name, graph: other, siblings: besides }) => {
      return budgetsOf(other, besides, { environment: name, isShared: sharedServers(graph, other) });
    });
    for (const budget of own) {
      const { connection, vault, shares, people } = budget;
      const capacity = capacities.get(known(connection.name) ?? "");
      if (capacity === undefined || shares.length + people.length === 0) continue;
      const beside = [...own, ...foreign].filter((other) => other !== budget && isOneServer(budget, other));
      const needed = [budget, ...beside].reduce((sum, each) => sum + demandOf(each), RESERVED);
      if (needed <= capacity.maxConnections) continue;
      const parts = [
        // In one order, so that each cluster says the same.
        ...summands([
          ...shares.filter(({ pooler }) => pooler === undefined).map(inWords),
          ...pooledShares(shares).map(pooledInWords),
          ...people.map(peopleInWords),
        ]),
        `${vault} of Vault`,
        ...summands(beside.map(besideInWords)),
        `${RESERVED} reserved`,
      ];
      yield {
        at: connection.origin,
        message: `at a rolling restart ${parts.join(" + ")} = ${needed} connections are needed, and max_connections of ${show(connection.name)} is ${capacity.maxConnections}`,
        fix: "lower the pools or the replicas, put a pooler with maxDbConnections in between, or raise max_connections (maxConnections of the database)",
      };
    }
  },
};

/** What a database's connections ask of its server together: a pooler in front of it is one for all of them. */
interface Budget extends Pick<ConnectionBudget, "shares" | "people" | "connections"> {
  /** The first one. */
  readonly connection: Connection;
  /** Connections that Vault opens. */
  readonly vault: number;
  /** Empty: the judged one. */
  readonly environment: string;
  /** Whether a server is the same one for the judged environment. */
  readonly isShared: (server: string) => boolean;
}

function budgetsOf(
  graph: AccessGraph,
  siblings: readonly AccessGraph[] | undefined,
  whose: Pick<Budget, "environment" | "isShared">,
): Budget[] {
  const ofDatabase = groupBy(leaseBudget(graph, siblings), ({ connection: { origin, mount, database } }) =>
    JSON.stringify([origin.vault, origin.root, mount, database]),
  );
  return [...ofDatabase.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const connection = all.find((each) => connectionNumber(each.connection) === 1)?.connection;
    const shares = all.flatMap((each) => each.shares);
    const people = all.flatMap((each) => each.people);
    return {
      ...whose,
      connection: connection ?? first.connection,
      vault: all.reduce((sum, each) => sum + vaultPool(each.connection), 0),
      shares,
      people,
      connections: sessionsAtRollingRestart(shares, people),
    };
  });
}

function vaultPool({ maxOpenConnections }: Connection): number {
  return known(maxOpenConnections) ?? VAULT_POOL;
}

function demandOf({ vault, connections }: Budget): number {
  return connections + vault;
}

/** Databases of one server share its connections, also those of other environments. */
function isOneServer(one: Budget, other: Budget): boolean {
  const servers = loginOf(one.connection)?.servers ?? [];
  return (loginOf(other.connection)?.servers ?? []).some(
    (each) => servers.includes(each) && other.isShared(each),
  );
}

function besideInWords(budget: Budget): Summand {
  const { connection, environment } = budget;
  const amount = demandOf(budget);
  const where = environment === "" ? "" : ` of ${environment}`;
  return { text: `${amount} of the connection ${show(connection.name)}${where}`, amount };
}

function peopleInWords({ people, credentials, sessions }: PeopleShare): Summand {
  return {
    text: `${show(people.group.name)} ${credentials} people's × ${sessions}`,
    amount: credentials * sessions,
  };
}

function pooledInWords(pooled: Pooled): Summand {
  const { pooler, shares } = pooled;
  const { defaultPoolSize, maxDbConnections, processes } = pooler;
  const users = shares.map((share) => {
    const [most, sessions] = [usersAtRollingRestart(share), sessionsOf(share)];
    return { text: `${nameOf(share.chain)} ${most} users × ${sessions}`, amount: most * sessions };
  });
  const parts = [...summands(users), `${defaultPoolSize * processes} to look users up`].join(", ");
  const limit = maxDbConnections === 0 ? "" : `, at most ${maxDbConnections * processes}`;
  const amount = pooledConnections(pooled);
  return { text: `${amount} of the pooler ${show(pooler.name)} (${parts}${limit})`, amount };
}

function nameOf({ workload }: Chain): string {
  return show(workload.origin.address.split(/[./]/).at(-1) ?? "");
}

function inWords({ chain, replicas, surge, pool }: Share): Summand {
  return {
    text: `${nameOf(chain)} (${replicas} + ${surge} surge) × ${pool}`,
    amount: (replicas + surge) * pool,
  };
}
