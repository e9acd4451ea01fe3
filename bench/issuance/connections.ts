import { scramVerifier } from "../../e2e/servers/scram";
import type { PostgresServer } from "../../e2e/servers/postgres";
import type { VaultServer } from "../../e2e/servers/vault";
import {
  connectionOf,
  connectionsOf,
  credentialStatements,
  databaseRoleName,
  renderBootstrapSql,
  type Grant,
} from "../../lib/postgres";
import { connect, PASSWORD } from "./databases";
import { quantile } from "./measure";

const GRANTS: readonly Grant[] = [{ tables: ["orders"], privileges: ["SELECT"] }];

/** As many services as make the load of every connection much the same. */
const SERVICES = 64;

export interface Spreading {
  /** Name of the database. */
  readonly database: string;
  /** As many connections as are measured at most. */
  readonly most: number;
  /**
   * Port by which Vault reaches PostgreSQL.
   * @default - the server's own
   */
  readonly port?: number;
}

/** A database with several connections, over which its services are spread as leasehold does it. */
export class SpreadDatabase {
  private readonly roles: readonly string[];

  private constructor(
    private readonly name: string,
    private readonly postgres: PostgresServer,
    private readonly vault: VaultServer,
  ) {
    this.roles = Array.from({ length: SERVICES }, (_, index) => databaseRoleName(`service-${index}`, name));
  }

  /** Makes the database, by its bootstrap SQL, and the connections. */
  static async create(
    postgres: PostgresServer,
    vault: VaultServer,
    { database, most, port }: Spreading,
  ): Promise<SpreadDatabase> {
    const spread = new SpreadDatabase(database, postgres, vault);
    const login = `vault_${database}`;
    const connections = connectionsOf(database, login, most);
    await postgres.query(`CREATE DATABASE ${database}`);
    await postgres.query("CREATE TABLE orders (id serial PRIMARY KEY)", { database });
    const sql = renderBootstrapSql({
      environment: "bench",
      connection: database,
      databaseName: database,
      schema: "public",
      login,
      furtherLogins: connections.slice(1).map(({ login }) => login),
      postgresVersion: 18,
      roles: spread.roles.map((name) => ({ name, grants: GRANTS })),
    });
    await postgres.query(sql, { database });
    for (const { name, login: username } of connections) {
      await postgres.query(`ALTER ROLE ${username} PASSWORD '${scramVerifier(PASSWORD)}'`);
      await connect(postgres, vault, { name, database, username, port: port ?? postgres.port });
    }
    return spread;
  }

  /** Spreads the services over so many of the connections, as Terraform does: a role that moves is made anew. */
  async spread(count: number): Promise<void> {
    await Promise.all(this.roles.map((role) => this.define(role, connectionOf(this.name, role, count))));
  }

  /** Reads so many credentials, each service's in its turn, and revokes them all. */
  async issue(count: number, workers: number): Promise<Spread> {
    const issued = await this.read(this.roles, count, workers);
    const startedAt = performance.now();
    await this.revokeAll();
    return { ...issued, revokingSeconds: (performance.now() - startedAt) / 1000 };
  }

  /**
   * Latencies of one service's credentials in ms: alone, and while others of its connection, or of another one, come in
   * a herd.
   */
  async besideAHerd(connections: number, herd: number, where: "same" | "other") {
    const [victim = "", ...others] = this.roles;
    const own = connectionOf(this.name, victim, connections);
    const isOwn = (role: string) => connectionOf(this.name, role, connections) === own;
    const neighbours = others.filter((role) => isOwn(role) === (where === "same"));
    const alone = await this.read([victim], 20, 1);
    let running = true;
    const crowd = this.read(neighbours, herd, herd).finally(() => (running = false));
    const meanwhile: number[] = [];
    while (running) meanwhile.push(...(await this.read([victim], 1, 1)).latencies);
    await crowd;
    await this.revokeAll();
    return { alone: quantile(alone.latencies, 0.5), meanwhile: quantile(meanwhile, 0.5) };
  }

  /**
   * Leases of all services, taken on one connection, are renewed and revoked when the services are spread over so many.
   *
   * @returns how many services have moved, and how many users of the leases are left
   */
  async move(count: number): Promise<{ readonly moved: number; readonly left: number }> {
    const { client } = this.vault;
    await this.spread(1);
    const { leaseIds } = await this.read(this.roles, SERVICES, 1);
    await this.spread(count);
    for (const lease_id of leaseIds) {
      await client.write("sys/leases/renew", { lease_id });
      await client.write("sys/leases/revoke", { lease_id, sync: true });
    }
    const left = await this.postgres.query("SELECT FROM pg_roles WHERE rolname LIKE 'v-service-%'");
    const moved = this.roles.filter((role) => connectionOf(this.name, role, count) !== this.name).length;
    return { moved, left: left.length };
  }

  private async read(roles: readonly string[], count: number, workers: number) {
    const leaseIds: string[] = [];
    const latencies: number[] = [];
    let next = 0;
    const startedAt = performance.now();
    const worker = async () => {
      while (next < count) {
        const role = roles[next++ % roles.length];
        const before = performance.now();
        leaseIds.push((await this.vault.client.read(`database/creds/${role}`)).lease_id);
        latencies.push(performance.now() - before);
      }
    };
    await Promise.all(Array.from({ length: workers }, worker));
    return { leaseIds, latencies, seconds: (performance.now() - startedAt) / 1000 };
  }

  private async revokeAll(): Promise<void> {
    const prefixes = this.roles.map((role) => `sys/leases/revoke-prefix/database/creds/${role}`);
    await Promise.all(prefixes.map((path) => this.vault.client.write(path, { sync: true })));
  }

  private async define(role: string, connection: string): Promise<void> {
    const { creation, revocation } = credentialStatements({
      strategy: "group",
      roleName: role,
      schema: "public",
      grants: GRANTS,
      connectionLimit: 20,
    });
    await this.vault.client.delete(`database/roles/${role}`);
    await this.vault.client.write(`database/roles/${role}`, {
      db_name: connection,
      creation_statements: creation,
      revocation_statements: revocation,
      default_ttl: "1h",
      max_ttl: "24h",
    });
  }
}

/** How so many credentials were issued and revoked. */
export interface Spread {
  /** Milliseconds per credential. */
  readonly latencies: readonly number[];
  readonly seconds: number;
  readonly revokingSeconds: number;
}
