import { setTimeout as sleep } from "node:timers/promises";
import pg, { type ClientConfig, type PoolClient, type PoolConfig } from "pg";
import { connectionSettings, tls } from "./connection-settings";
import { databaseContract, type Contract, type DatabaseOfService } from "./contract";
import type { CredentialsParser } from "./credentials-file";
import { CredentialsWatch, type Generation } from "./credentials-watch";
import { openBeside } from "./open-beside";
import { Connections, type Hooks, type RotationStatus } from "./rotation";
import { drainOnSignal } from "./signal";
import { Succession } from "./succession";

/** Options of {@link Pool}: those of `pg`, which win over the contract, and what concerns the credentials. */
export interface RotatingPoolConfig
  extends Omit<PoolConfig, "user" | "password" | "connectionString">, Hooks {
  /**
   * Name of the database in the contract.
   * @default - the only one that the contract has
   */
  readonly contractDatabase?: string;
  /** @default - the document that LEASEHOLD_CONTRACT names, or the variables LEASEHOLD_* */
  readonly contract?: Contract;
  /** Reads the file where its format is `custom`. */
  readonly parseCredentials?: CredentialsParser;
  /**
   * How long a connection waits for a credentials file that is not there yet, in milliseconds.
   * @default 30000
   */
  readonly credentialsTimeoutMillis?: number;
  /**
   * What happens at SIGTERM. `automatic`: where the application does not handle the signal itself, the
   * pool drains and the process ends as it would have; `manual`: the application calls {@link Pool.drain}.
   * @default "automatic"
   */
  readonly shutdown?: "automatic" | "manual";
}

/** Whether something is well, and if not, what is wrong; never a secret. */
export type Health = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** How a drain has ended. */
export interface Drained {
  /** Connections that were still in use when the time was over. */
  readonly unfinished: number;
}

/** Wrong user, wrong password, or no such role. */
const REFUSED = new Set(["28P01", "28000"]);
/** When the overlap is nearly over: the rest is for whoever wants to do something about it. */
const OVERSTAY_SHARE = 0.8;
/** Until then old connections are lent again where no new one is there; the rest is for the work they were lent for. */
const SUCCESSION_SHARE = 0.25;

/**
 * The pool of `pg`, for credentials that change while it runs. New connections are opened with the newest
 * user; those of an old one are closed when nobody uses them, and none is cut off.
 */
export class Pool extends pg.Pool {
  readonly #credentials: CredentialsWatch;
  readonly #connections = new Connections();
  readonly #contract: DatabaseOfService;
  readonly #config: RotatingPoolConfig;
  readonly #stopListening: () => void;
  #draining = false;
  #retries = 0;
  #overstays = 0;
  readonly #succession: Succession;
  #overstayTimer: NodeJS.Timeout | undefined;

  /** @throws ContractError */
  constructor(config: RotatingPoolConfig = {}) {
    rejectStaticCredentials(config);
    const contract = databaseContract(config.contractDatabase, process.env, config.contract);
    // The contract's max lifetime is for pools that do not notice a new user; here it would only cost logins.
    super({ ...connectionSettings(contract), max: contract.database.poolMax, ...config });
    this.#contract = contract;
    this.#config = config;
    this.#credentials = new CredentialsWatch({ ...contract.database, parse: config.parseCredentials });
    this.#credentials.on("rotation", (generation) => this.#rotate(generation));
    this.#credentials.on("trouble", (error) => config.onCredentialsError?.(error));
    if (this.#credentials.trouble) config.onCredentialsError?.(this.#credentials.trouble);
    (this as unknown as { Client: unknown }).Client = this.#clientClass();
    this.#succession = new Succession({
      idle: () => this.idleCount,
      take: (taken) =>
        super.connect((error, client, release) =>
          taken(error ? undefined : client, (close) => {
            if (error || !client) return;
            if (close) this.#connections.closed(client);
            release(close);
          }),
        ),
      open: () => openBeside(this),
      isOld: (client) => this.#isOld(client),
      old: () => this.#connections.openBefore(this.#credentials.current?.number ?? 0),
    });
    this.on("remove", (client) => this.#connections.closed(client));
    this.#stopListening = config.shutdown === "manual" ? () => {} : drainOnSignal(() => this.drain());
  }

  override connect(): Promise<PoolClient>;
  override connect(
    callback: (
      err: Error | undefined,
      client: PoolClient | undefined,
      done: (release?: unknown) => void,
    ) => void,
  ): void;
  override connect(
    callback?: (
      err: Error | undefined,
      client: PoolClient | undefined,
      done: (release?: unknown) => void,
    ) => void,
  ): Promise<PoolClient> | void {
    const checkedOut = this.#checkOut();
    if (callback === undefined) return checkedOut;
    checkedOut.then(
      // Out of the promise: what a callback throws is the application's, as it is with pg.
      (client) => process.nextTick(callback, undefined, client, client.release),
      (error: Error) => process.nextTick(callback, error, undefined, () => {}),
    );
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    this.#stopListening();
    clearTimeout(this.#overstayTimer);
    this.#succession.stop();
    this.#credentials.close();
    return callback === undefined ? super.end() : super.end(callback);
  }

  /** How it stands with the credentials. */
  get rotation(): RotationStatus {
    const { current, troubles, secondsSinceRotation } = this.#credentials;
    const { overlapSeconds } = this.#contract.database;
    const left = secondsSinceRotation === undefined ? 0 : overlapSeconds - secondsSinceRotation;
    return {
      generation: current?.number ?? 0,
      rotations: Math.max(0, (current?.number ?? 0) - 1),
      ...(secondsSinceRotation !== undefined && { secondsSinceRotation }),
      overlapSecondsLeft: Math.max(0, left),
      connections: this.#connections.counts(),
      overstays: this.#overstays,
      credentialsErrors: troubles,
      retries: this.#retries,
    };
  }

  /** Reads the credentials file now; the pool does so by itself whenever it is replaced, and once a second. */
  refresh(): void {
    this.#credentials.look();
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
    while (this.#connections.busy + this.waitingCount > 0 && performance.now() < until) await sleep(20);
    const unfinished = this.#connections.busy;
    const ended = this.ending ? Promise.resolve() : this.end();
    if (unfinished === 0) await ended;
    return { unfinished };
  }

  async #checkOut(): Promise<PoolClient> {
    if (this.#draining) throw new Error("the pool is draining and takes no new work");
    if (!this.#credentials.current) {
      await this.#credentials.first(this.#config.credentialsTimeoutMillis ?? 30_000);
    }
    const client = await super.connect().catch((error: Error & { code?: string }) => {
      if (!REFUSED.has(error.code ?? "")) throw error;
      this.#retries += 1;
      this.#credentials.look();
      return super.connect();
    });
    return this.#lend(client);
  }

  /** An old connection that comes back is closed where a new one is there in its place. */
  #lend(client: PoolClient): PoolClient {
    this.#connections.taken(client);
    const release = client.release;
    client.release = (destroy) => {
      this.#connections.returned(client);
      const close = destroy || (this.#isOld(client) && this.#succession.closes());
      if (close) this.#connections.closed(client);
      release(close);
    };
    return client;
  }

  #isOld(client: PoolClient): boolean {
    return this.#connections.generationOf(client) < (this.#credentials.current?.number ?? 0);
  }

  #rotate({ number }: Generation): void {
    if (number === 1) return;
    const busy = this.#connections.busyBefore(number).length;
    this.#config.onRotation?.({ generation: number, busy });
    clearTimeout(this.#overstayTimer);
    if (this.ending) return;
    const { overlapSeconds } = this.#contract.database;
    this.#succession.begin(overlapSeconds * SUCCESSION_SHARE * 1000);
    this.#overstayTimer = setTimeout(
      () => this.#reportOverstay(number, overlapSeconds * (1 - OVERSTAY_SHARE)),
      overlapSeconds * OVERSTAY_SHARE * 1000,
    ).unref();
  }

  #reportOverstay(generation: number, secondsLeft: number): void {
    const clients = this.#connections.busyBefore(generation);
    if (clients.length === 0) return;
    this.#overstays += clients.length;
    const generations = [...new Set(clients.map((client) => this.#connections.generationOf(client)))].sort();
    this.#config.onOverstay?.({ generations, connections: clients.length, secondsLeft });
  }

  /** The pool makes each client of the options that it was given once; these ones change. */
  #clientClass(): new (config: ClientConfig) => pg.Client {
    // The types of pg know a Client in the options as a constructor of something less.
    const Base = (this.#config.Client ?? pg.Client) as unknown as typeof pg.Client;
    const current = () => this.#credentials.current;
    const connections = this.#connections;
    const trust = () => this.#config.ssl ?? tls(this.#contract);
    return class RotatingClient extends Base {
      constructor(config: ClientConfig) {
        const generation = current();
        super({ ...config, ssl: trust(), user: generation?.user, password: generation?.password });
        this.once("connect", () => connections.opened(this, generation?.number ?? 0));
      }
    };
  }
}

/** They would be used, and never change. */
function rejectStaticCredentials(config: object): void {
  const given = ["user", "password", "connectionString"].filter((key) => key in config);
  if (given.length === 0) return;
  throw new TypeError(
    `${given.map((key) => `'${key}'`).join(" and ")} must not be given: user and password come from the credentials file, the rest from the contract`,
  );
}
