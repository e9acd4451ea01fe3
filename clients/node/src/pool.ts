import { setTimeout as sleep } from "node:timers/promises";
import pg, { type ClientConfig, type PoolClient } from "pg";
import { caFile, connectionSettings, tls } from "./connection-settings";
import { awaitsFirstUser, databaseContract, isForbidden, type DatabaseOfService } from "./contract";
import { CredentialsWatch, type Generation } from "./credentials-watch";
import { Lending } from "./lending";
import { ListeningConnection, type Listening, type NotificationHandler } from "./listening";
import { logged } from "./logged";
import { metricsOf, type Metric } from "./metrics";
import { openBeside } from "./open-beside";
import { givenOptions, type RotatingPoolConfig } from "./options";
import { Overstays } from "./overstay";
import { answerClients, rotatingClient } from "./rotating-client";
import { Connections, type Connection, type Hooks, type RotationStatus } from "./rotation";
import { safely } from "./safely";
import { drainOnSignal } from "./signal";
import { Succession } from "./succession";
import type { TrustedBy } from "./trust";

/** Whether something is well, and if not, what is wrong; never a secret. */
export type Health = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** How a drain has ended. */
export interface Drained {
  /** Connections that were still in use when the time was over. */
  readonly unfinished: number;
}

/** Which connection is wanted. */
export interface ConnectOptions {
  /** One of the newest user, however many of the one before are idle: for what stays out for long. */
  readonly fresh: true;
}

/** Until then old connections are lent again where no new one is there; the rest is for the work they were lent for. */
const SUCCESSION_SHARE = 0.25;

/**
 * The pool of `pg`, for credentials that change while it runs. New connections are opened with the newest
 * user; those of an old one are closed when nobody uses them, and none is cut off. Whatever happens to a session, to a
 * file or in a hook, it does not end the process.
 */
export class Pool extends pg.Pool {
  readonly #credentials: CredentialsWatch;
  readonly #connections = new Connections();
  readonly #lending: Lending;
  readonly #succession: Succession;
  readonly #overstays: Overstays;
  readonly #contract: DatabaseOfService;
  readonly #config: RotatingPoolConfig;
  readonly #hooks: Hooks;
  readonly #caFile: string | undefined;
  readonly #stopListening: () => void;
  readonly #listening = new Set<ListeningConnection>();
  #draining = false;
  #ended: Promise<void> | undefined;
  /** The next connection is opened with the newest user though that was refused. */
  #probing = false;

  /** @throws ContractError */
  constructor(options: RotatingPoolConfig = {}) {
    const config = givenOptions(options);
    const contract = databaseContract(config.contractDatabase, process.env, config.contract);
    // The contract's max lifetime is for pools that do not notice a new user; here it would only cost logins.
    super({ ...connectionSettings(contract), max: contract.database.poolMax, ...config });
    this.#contract = contract;
    this.#config = config;
    this.#hooks = logged(config, config.logger, contract.name);
    this.#caFile = config.ssl === undefined ? caFile(contract) : undefined;
    this.#credentials = new CredentialsWatch({
      ...contract.database,
      caFile: this.#caFile,
      parse: config.parseCredentials,
    });
    this.#lending = this.#lendingOfConnections();
    this.#succession = this.#successionOfConnections();
    this.#overstays = new Overstays(
      this.#connections,
      contract.database.overlapSeconds,
      this.#hooks.onOverstay,
    );
    this.#credentials.on("rotation", (generation) => this.#rotate(generation));
    this.#credentials.on("trouble", (error) =>
      safely("onCredentialsError", this.#hooks.onCredentialsError, error),
    );
    this.#makesRotatingClients();
    this.on("remove", (client) => this.#connections.closed(client));
    // An idle session that is cut off is replaced, and nobody needs to listen for that; pg ends the process otherwise.
    this.on("error", () => {});
    this.#stopListening = config.shutdown === "manual" ? () => {} : drainOnSignal(() => this.drain());
  }

  override connect(): Promise<PoolClient>;
  /** A connection of the newest user: for what stays out for long, such as LISTEN. */
  override connect(options: ConnectOptions): Promise<PoolClient>;
  override connect(
    callback: (
      err: Error | undefined,
      client: PoolClient | undefined,
      done: (release?: unknown) => void,
    ) => void,
  ): void;
  override connect(
    given?:
      | ConnectOptions
      | ((err: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void),
  ): Promise<PoolClient> | void {
    const lending = this.#lending;
    if (typeof given !== "function") return given?.fresh ? lending.freshClient() : lending.client();
    lending.checkOut((error, client) => given(error, client, (release) => client?.release(release as Error)));
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    // Who has drained may end what has ended; anything else is as in pg.
    const ended = this.ending && !this.#draining ? super.end() : this.#close();
    if (callback === undefined) return ended;
    void ended.then(callback, callback);
  }

  /** How it stands with the credentials. */
  get rotation(): RotationStatus {
    const { current, troubles, secondsSinceRotation, refused } = this.#credentials;
    const { overlapSeconds } = this.#contract.database;
    const left = secondsSinceRotation === undefined ? 0 : overlapSeconds - secondsSinceRotation;
    return {
      generation: current?.number ?? 0,
      rotations: Math.max(0, (current?.number ?? 0) - 1),
      ...(secondsSinceRotation !== undefined && { secondsSinceRotation }),
      overlapSecondsLeft: Math.max(0, left),
      connections: this.#connections.counts(),
      overstays: this.#overstays.count,
      credentialsErrors: troubles,
      retries: this.#lending.retries,
      newestRefused: refused,
    };
  }

  /**
   * Listens to a channel until it is stopped, or the pool drains or ends. At each rotation it moves to a connection of the new
   * user, and listens there before it leaves the old one: what is sent meanwhile may come twice. What is sent while no session
   * can be had, such as after a restart of PostgreSQL, does not come. It keeps one connection of the pool, two while it moves.
   *
   * @throws RangeError where the pool has one connection alone, or goes by a pooler that hands connections on
   */
  async listen(channel: string, handler: NotificationHandler): Promise<Listening> {
    if ((this.options.max ?? 10) < 2) {
      throw new RangeError(
        "listening needs a pool of two connections or more: one listens, and it moves to another",
      );
    }
    const { endpoint } = this.#contract.database;
    if (isForbidden(this.#contract.database, "listen")) {
      throw new RangeError(
        `listening needs a session of one's own, and the pooler ${JSON.stringify(endpoint?.name)} gives its connections to others between two transactions: listen by a way to the server itself`,
      );
    }
    const lines = {
      fresh: () => this.#lending.freshClient(),
      isOld: (client: PoolClient) => this.#isOld(this.#connections.of(client)),
      refused: () => this.#credentials.refused,
    };
    const listening = new ListeningConnection(lines, channel, handler);
    this.#listening.add(listening);
    try {
      await listening.start();
    } catch (error) {
      this.#listening.delete(listening);
      throw error;
    }
    return {
      stop: async () => {
        this.#listening.delete(listening);
        await listening.stop();
      },
    };
  }

  /** What there is to watch, by the names that all clients of leasehold have. */
  metrics(): readonly Metric[] {
    return metricsOf(this.#contract, this.rotation);
  }

  /** Reads the credentials file now; the pool does so by itself whenever it is replaced, and once a second. */
  refresh(): Promise<void> {
    return this.#credentials.look();
  }

  /** For a readiness probe: whether the database answers a query of this pool. */
  async ready(): Promise<Health> {
    if (this.#draining || this.ending) return { ok: false, reason: "the pool is draining" };
    try {
      await this.query("SELECT 1");
      return { ok: true };
    } catch (error) {
      return { ok: false, reason: (error as Error).message };
    }
  }

  /** For a liveness probe: a restart helps a pool that has ended, and nothing else that can be seen from here. */
  live(): Health {
    return this.ended ? { ok: false, reason: "the pool has ended" } : { ok: true };
  }

  /**
   * No new work; waits for the work that runs, then closes all connections.
   *
   * @param timeoutSeconds how long to wait; the contract's drain where nothing is said
   */
  async drain(timeoutSeconds: number = this.#contract.drainSeconds): Promise<Drained> {
    this.#draining = true;
    const until = performance.now() + timeoutSeconds * 1000;
    await this.#stopListeners();
    while (this.#working > 0 && performance.now() < until) await sleep(20);
    const unfinished = this.#connections.busy;
    const ended = this.#close();
    if (unfinished === 0) await ended;
    return { unfinished };
  }

  get #working(): number {
    return this.#connections.busy + this.#lending.waiting;
  }

  async #stopListeners(): Promise<void> {
    const all = [...this.#listening];
    this.#listening.clear();
    await Promise.all(all.map((each) => each.stop()));
  }

  #close(): Promise<void> {
    void this.#stopListeners();
    this.#stopListening();
    this.#overstays.stop();
    this.#succession.stop();
    this.#ended ??= super.end();
    this.#credentials.close();
    return this.#ended;
  }

  #isOld({ generation }: Connection): boolean {
    return generation < (this.#credentials.current?.number ?? 0);
  }

  #rotate({ number }: Generation): void {
    if (number === 1) return;
    const busy = this.#connections.busyBefore(number).length;
    if (!this.ending) {
      this.#listening.forEach((each) => each.look());
      this.#beginSuccession();
      this.#overstays.watch(number);
    }
    safely("onRotation", this.#hooks.onRotation, { generation: number, busy });
  }

  #beginSuccession(): void {
    this.#succession.begin(this.#contract.database.overlapSeconds * SUCCESSION_SHARE * 1000);
  }

  #lendingOfConnections(): Lending {
    const { credentialsTimeoutMillis: timeoutMillis = 30_000 } = this.#config;
    return new Lending({
      credentials: this.#credentials,
      connections: this.#connections,
      timeoutMillis,
      arrivalMillis: awaitsFirstUser(this.#contract.database) ? timeoutMillis : 0,
      draining: () => this.#draining,
      acquire: (lent) => super.connect(lent),
      openNewest: () => this.#openNewest(),
      isOld: (connection) => this.#isOld(connection),
      closesOld: () => this.#succession.closes(),
    });
  }

  #successionOfConnections(): Succession {
    return new Succession({
      idle: () => this.idleCount,
      take: (taken) =>
        super.connect((error, client, release) =>
          taken(error ? undefined : client, (close) => {
            if (error || !client) return;
            if (close) this.#connections.closed(client);
            release(close);
          }),
        ),
      open: () => this.#openNewest(),
      isOld: (client) => this.#isOld(this.#connections.of(client)),
      old: () => this.#connections.openBefore(this.#credentials.current?.number ?? 0),
      refused: () => this.#credentials.refused,
    });
  }

  #openNewest(): Promise<void> {
    // The client is made before this returns.
    this.#probing = true;
    try {
      return openBeside(this);
    } finally {
      this.#probing = false;
    }
  }

  #makesRotatingClients(): void {
    answerClients(this.options, {
      credentials: () => (this.#probing ? this.#credentials.current : this.#credentials.usable),
      trust: (): ClientConfig["ssl"] => this.#config.ssl ?? tls(this.#contract, this.#credentials.ca),
      trustedBy: () => this.#trustedBy(),
      accepted: (client, generation) => this.#accepted(client, generation),
      refused: (generation) => this.#credentials.refusedBy(generation),
      broke: (client) => (this.#connections.of(client).broken = true),
    });
    // The types of pg know a Client in the options as a constructor of something less.
    const Base = (this.#config.Client ?? pg.Client) as unknown as typeof pg.Client;
    (this as unknown as { Client: unknown }).Client = rotatingClient(Base);
  }

  #trustedBy(): TrustedBy {
    if (this.#config.ssl !== undefined) return { what: "the option 'ssl' of the pool" };
    const file = this.#caFile;
    if (file === undefined) return { what: "the roots that Node trusts, as the contract names no CA file," };
    return { what: `the CA file ${file}`, trouble: this.#credentials.troubleOf(file) };
  }

  #accepted(client: object, generation: Generation): void {
    this.#connections.opened(client, generation.number);
    this.#credentials.loggedIn(generation);
    // One that was on its way while the file was replaced needs a successor as well.
    if (this.#isOld(this.#connections.of(client)) && !this.#succession.running && !this.ending)
      this.#beginSuccession();
  }
}
