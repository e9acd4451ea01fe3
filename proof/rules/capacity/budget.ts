import {
  known,
  sqlNodes,
  type AccessGraph,
  type Chain,
  type Connection,
  type DatabaseRole,
  type People,
} from "../../access";
import { groupBy } from "../../core";
import { contractFinder } from "../closed/contracts";
import type { ContractPgBouncer, DatabaseContract } from "../closed/contract-shape";
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
  /** Connections that an application opens. */
  readonly pool: number;
  /** What it opens them to, where that is no server. */
  readonly pooler: Pooler | undefined;
  /** Default TTL in seconds. */
  readonly ttl: number;
}

/** PgBouncer, as the contracts of those who go by it say it. */
export interface Pooler extends ContractPgBouncer {
  readonly name: string;
  /** Host and port, by which pods reach it. */
  readonly address: string;
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
export function leaseBudget(graph: AccessGraph, siblings: readonly AccessGraph[] = []): ConnectionBudget[] {
  const { connections, people: groups } = graph;
  const everywhere = [graph, ...siblings].flatMap((each) => {
    const poolerOf = poolerFinder(each);
    return each.chains.map((chain) => ({ chain, poolerOf }));
  });
  return connections.map((connection) => {
    const shares = everywhere
      .filter(({ chain }) => isOf(chain, connection))
      .flatMap(({ chain, poolerOf }) => shareOf(chain, poolerOf));
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
      connections: sessionsAtRollingRestart(shares, people),
    };
  });
}

function isOf(chain: Chain, connection: Connection): boolean {
  if (chain.connection === connection) return true;
  const other = chain.connection?.origin;
  return other !== undefined && blockKey(other) === blockKey(connection.origin);
}

/** Sessions on the server while old and new pods run, and all people are there. */
export function sessionsAtRollingRestart(shares: readonly Share[], people: readonly PeopleShare[]): number {
  return (
    serverConnections(shares, usersAtRollingRestart) +
    sum(people, ({ credentials, sessions }) => credentials * sessions)
  );
}

/** Users of a share at the same time, while old and new pods run. */
export function usersAtRollingRestart({ replicas, surge, pooler }: Share): number {
  // A pooler keeps the connections of an old user beside those of the new one, for as long as it likes.
  return pooler === undefined ? replicas + surge : Math.max(replicas + surge, 2 * replicas);
}

/** Sessions on the server that so many users of each share have together. */
export function serverConnections(shares: readonly Share[], usersOf: (share: Share) => number): number {
  const direct = shares.filter(({ pooler }) => pooler === undefined);
  return (
    sum(direct, (share) => usersOf(share) * share.pool) +
    sum(pooledShares(shares), (pooled) => pooledConnections(pooled, usersOf))
  );
}

/** What goes by one pooler. */
export interface Pooled {
  readonly pooler: Pooler;
  readonly shares: readonly Share[];
}

/** The shares that go by poolers, by these; one environment says one thing of it. */
export function pooledShares(shares: readonly Share[]): Pooled[] {
  const pooled = shares.filter((share) => share.pooler !== undefined);
  return [...groupBy(pooled, ({ pooler }) => pooler?.address ?? "").values()].map((own) => ({
    pooler: (own[0] as Share).pooler as Pooler,
    shares: own,
  }));
}

/** Sessions of a user by way of a pooler. */
export function sessionsOf({ pool, pooler }: Share): number {
  return pooler === undefined ? pool : Math.min(pool, pooler.defaultPoolSize * pooler.processes);
}

/** Sessions that a pooler holds at most, those in which it looks up its users among them. */
export function pooledConnections(
  { pooler, shares }: Pooled,
  usersOf: (share: Share) => number = usersAtRollingRestart,
): number {
  const { defaultPoolSize, maxDbConnections, processes } = pooler;
  const wanted = sum(shares, (share) => usersOf(share) * sessionsOf(share)) + defaultPoolSize * processes;
  return maxDbConnections === 0 ? wanted : Math.min(wanted, maxDbConnections * processes);
}

/** Tells by which pooler the pods of a chain go. */
export function poolerFinder(graph: AccessGraph): (chain: Chain) => Pooler | undefined {
  const contractsOf = contractFinder(graph);
  return ({ workload, use }) =>
    contractsOf(workload)
      .flatMap(({ contract }) => Object.values(contract.databases))
      .filter(({ credentialsFile }) => credentialsFile === known(use.file))
      .map(poolerOf)
      .find((pooler) => pooler !== undefined);
}

/** The pooler that a contract leads to. */
export function poolerOf({ endpoint, host, port }: DatabaseContract): Pooler | undefined {
  return endpoint?.kind === "pgbouncer" ? { ...endpoint, address: `${host}:${port}` } : undefined;
}

function shareOf(chain: Chain, poolerOfChain: (chain: Chain) => Pooler | undefined): Share[] {
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
      pooler: poolerOfChain(chain),
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
