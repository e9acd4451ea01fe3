import {
  known,
  sqlNodes,
  type AccessGraph,
  type Chain,
  type Connection,
  type DatabaseRole,
  type People,
} from "../../access";
import { blockKey } from "../identities";

/** What the pods of one connection ask of Vault and PostgreSQL. */
export interface ConnectionBudget {
  readonly connection: Connection;
  readonly shares: readonly Share[];
  /** What people hold of it beside the pods. */
  readonly people: readonly PeopleShare[];
  /** Users at the same time, at a rolling restart: old and new pods, each with a user per login. */
  readonly liveRoles: number;
  /** Users right after an outage of Vault, when every pod has fetched a new one. */
  readonly liveRolesAfterOutage: number;
  /** Creations and renewals per second. */
  readonly perSecond: number;
  /** Connections to PostgreSQL while every pod holds its old and its new user. */
  readonly connections: number;
}

/** What one workload asks for. */
export interface Share {
  readonly chain: Chain;
  readonly role: DatabaseRole;
  readonly replicas: number;
  readonly surge: number;
  /** Logins per pod. */
  readonly logins: number;
  /** Connections per user. */
  readonly pool: number;
  /** Default TTL in seconds. */
  readonly ttl: number;
}

/** What the people of one group ask for. */
export interface PeopleShare {
  readonly people: People;
  readonly role: DatabaseRole;
  /** Credentials at a time, as their group says it. */
  readonly credentials: number;
  /** Sessions per credential. */
  readonly sessions: number;
  /** In seconds. */
  readonly ttl: number;
}

/** The agent renews after 70 % of a TTL. */
const RENEWAL = 0.7;
/** An application that says nothing is taken to open this many (the default of node-postgres and HikariCP). */
const USUAL_POOL = 10;

/**
 * The lease budget of each connection.
 *
 * @param siblings the same connections, with the pods of other clusters
 */
export function leaseBudget(
  { chains, connections, people: groups }: AccessGraph,
  siblings: readonly AccessGraph[] = [],
): ConnectionBudget[] {
  const everywhere = [chains, ...siblings.map((each) => each.chains)].flat();
  return connections.map((connection) => {
    const shares = everywhere.filter((chain) => isOf(chain, connection)).flatMap(shareOf);
    // Of what clusters have in common, which people are, each cluster has the whole.
    const people = groups.flatMap((each) => peopleShares(each, connection));
    const held = sum(people, ({ credentials }) => credentials);
    return {
      connection,
      shares,
      people,
      liveRoles: sum(shares, ({ replicas, surge, logins }) => (replicas + surge) * logins) + held,
      liveRolesAfterOutage: sum(shares, ({ replicas, logins }) => 2 * replicas * logins) + held,
      perSecond:
        sum(shares, ({ replicas, logins, ttl }) => (replicas * logins) / (ttl * RENEWAL)) +
        sum(people, ({ credentials, ttl }) => credentials / ttl),
      connections:
        sum(shares, ({ replicas, surge, pool }) => (replicas + surge) * pool) +
        sum(people, ({ credentials, sessions }) => credentials * sessions),
    };
  });
}

function isOf(chain: Chain, connection: Connection): boolean {
  if (chain.connection === connection) return true;
  const other = chain.connection?.origin;
  return other !== undefined && blockKey(other) === blockKey(connection.origin);
}

function shareOf(chain: Chain): Share[] {
  const { workload, databaseRole: role, use } = chain;
  if (role === undefined) return [];
  const { injection } = workload.pod;
  const ttl = known(role.defaultTtl) || known(chain.mount?.defaultLeaseTtl);
  return [
    {
      chain,
      role,
      replicas: known(workload.replicas) ?? 1,
      surge: workload.surge,
      logins: injection?.mode === "init-and-sidecar" ? 2 : 1,
      pool: poolOf(workload, use.name) ?? USUAL_POOL,
      ttl: ttl === undefined || ttl === 0 ? 768 * 3600 : ttl,
    },
  ];
}

function peopleShares(people: People, connection: Connection): PeopleShare[] {
  const { group, accesses } = people;
  return accesses
    .filter((access) => access.connection === connection)
    .map(({ databaseRole: role }) => ({
      people,
      role,
      credentials: Number(known(group.metadata["leasehold-credentials"])) || 1,
      sessions: connectionLimitOf(role) ?? USUAL_POOL,
      ttl: known(role.defaultTtl) || 3600,
    }));
}

/** Sessions that a credential of a role may have at a time; nothing where its statements do not say it. */
function connectionLimitOf({ creation }: DatabaseRole): number | undefined {
  const [first] = known(creation) ?? [];
  const [create] = sqlNodes(known(first) ?? "") ?? [];
  const options = (create?.CreateRoleStmt?.options ?? []) as { DefElem?: Record<string, unknown> }[];
  const limit = options.find(({ DefElem }) => DefElem?.["defname"] === "connectionlimit")?.DefElem?.["arg"];
  return (limit as { Integer?: { ival?: number } } | undefined)?.Integer?.ival;
}

/** The largest pool that the contract or a variable of that name gives a container. */
function poolOf({ pod }: Chain["workload"], database: string): number | undefined {
  const own = `${database.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_POOL_MAX`;
  const values = pod.containers.flatMap(({ env }) =>
    env.flatMap(({ name, value }) => {
      const variable = known(name) ?? "";
      const counts = variable.endsWith(own) || /(^|_)POOL_(MAX|SIZE)$/.test(variable);
      return counts && Number(known(value)) > 0 ? [{ variable, count: Number(known(value)) }] : [];
    }),
  );
  const exact = values.filter(({ variable }) => variable.endsWith(own));
  const chosen = exact.length > 0 ? exact : values;
  return chosen.length === 0 ? undefined : Math.max(...chosen.map(({ count }) => count));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
