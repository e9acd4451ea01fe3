import { setTimeout as sleep } from "node:timers/promises";
import pg, { type ClientConfig, type PoolClient } from "pg";
import { caFile, connectionSettings, tls } from "./connection-settings";
import { databaseContract, type DatabaseOfService } from "./contract";
import { CredentialsWatch, type Generation } from "./credentials-watch";
import { openBeside } from "./open-beside";
import { givenOptions, type RotatingPoolConfig } from "./options";
import { REFUSED, rotatingClient } from "./rotating-client";
import { Connections, type RotationStatus } from "./rotation";
import { safely } from "./safely";
import { drainOnSignal } from "./signal";
import { Succession } from "./succession";

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

type Lent = (error: Error | undefined, client?: PoolClient) => void;

/** When the overlap is nearly over: the rest is for whoever wants to do something about it. */
const OVERSTAY_SHARE = 0.8;
/** Until then old connections are lent again where no new one is there; the rest is for the work they were lent for. */
const SUCCESSION_SHARE = 0.25;
/** How long a refused connection waits for the file to be read again. */
const LOOK_MILLIS = 5000;

/**
 * The pool of `pg`, for credentials that change while it runs. New connections are opened with the newest
 * user; those of an old one are closed when nobody uses them, and none is cut off. Whatever happens to a session, to a
 * file or in a hook, it does not end the process.
 */
export class Pool extends pg.Pool {
  readonly #credentials: CredentialsWatch;
  readonly #connections = new Connections();
  readonly #contract: DatabaseOfService;
  readonly #config: RotatingPoolConfig;
  readonly #stopListening: () => void;
  #draining = false;
  #ended: Promise<void> | undefined;
  #retries = 0;
  #overstays = 0;
  /** The next connection is opened with the newest user though that was refused. */
  #probing = false;
  readonly #succession: Succession;
  #overstayTimer: NodeJS.Timeout | undefined;

  /** @throws ContractError */
  constructor(options: RotatingPoolConfig = {}) {
    const config = givenOptions(options);
    const contract = databaseContract(config.contractDatabase, process.env, config.contract);
    // The contract's max lifetime is for pools that do not notice a new user; here it would only cost logins.
    super({ ...connectionSettings(contract), max: contract.database.poolMax, ...config });
    this.#contract = contract;
    this.#config = config;
    this.#succession = this.#successionOfConnections();
    this.#credentials = new CredentialsWatch({
      ...contract.database,
      caFile: config.ssl === undefined ? caFile(contract) : undefined,
      parse: config.parseCredentials,
    });
    this.#credentials.on("rotation", (generation) => this.#rotate(generation));
    this.#credentials.on("trouble", (error) =>
      safely("onCredentialsError", config.onCredentialsError, error),
    );
    (this as unknown as { Client: unknown }).Client = this.#clientClass();
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
    if (typeof given !== "function") return given?.fresh ? this.#freshClient() : this.#client();
    this.#checkOut((error, client) => given(error, client, (release) => client?.release(release as Error)));
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
      overstays: this.#overstays,
      credentialsErrors: troubles,
      retries: this.#retries,
      newestRefused: refused,
    };
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
    while (this.#connections.busy + this.waitingCount > 0 && performance.now() < until) await sleep(20);
    const unfinished = this.#connections.busy;
    const ended = this.#close();
    if (unfinished === 0) await ended;
    return { unfinished };
  }

  #close(): Promise<void> {
    this.#stopListening();
    clearTimeout(this.#overstayTimer);
    this.#succession.stop();
    this.#ended ??= super.end();
    this.#credentials.close();
    return this.#ended;
  }

  /** A session may end between the moment in which it is lent and the one in which somebody has it in hand. */
  async #client(): Promise<PoolClient> {
    for (;;) {
      const client = await new Promise<PoolClient>((resolve, reject) =>
        this.#checkOut((error, lent) => (lent ? resolve(lent) : reject(error as Error))),
      );
      if (!this.#connections.isBroken(client)) return client;
      client.release(true);
    }
  }

  async #freshClient(): Promise<PoolClient> {
    // Where the newest user is refused, this says why.
    if (this.#credentials.refused) await this.#openNewest();
    for (;;) {
      const client = await this.#client();
      if (!this.#isOld(client)) return client;
      // Its place is what the new one is opened in.
      client.release(!this.#credentials.refused);
      if (this.#credentials.refused) await this.#openNewest();
    }
  }

  #checkOut(lent: Lent): void {
    if (this.#draining) {
      return process.nextTick(lent, new Error("the pool is draining and takes no new work"));
    }
    if (this.#credentials.complete && !this.#credentials.stale) return this.#acquire(lent);
    this.#prepare().then(
      // Out of the promise: what a callback throws is the application's, as it is with pg.
      () => process.nextTick(() => this.#acquire(lent)),
      (error: Error) => process.nextTick(lent, error),
    );
  }

  async #prepare(): Promise<void> {
    await this.#credentials.first(this.#config.credentialsTimeoutMillis ?? 30_000);
    if (this.#credentials.stale) await this.#credentials.lookFor(500);
  }

  /** In the tick in which pg's pool lends a client whoever asked for it has it: nothing can happen to it in between. */
  #acquire(lent: Lent, attempt = 1): void {
    const { usable, ca } = this.#credentials;
    super.connect((error: (Error & { code?: string }) | undefined, client) => {
      if (client) {
        this.#lend(client);
        return lent(undefined, client);
      }
      if (!isTrustOrRefusal(error?.code)) return lent(error);
      void this.#credentials.lookFor(LOOK_MILLIS).then(() =>
        process.nextTick(() => {
          const changed = this.#credentials.usable !== usable || this.#credentials.ca !== ca;
          const again = attempt === 1 ? changed || REFUSED.has(error?.code) : attempt === 2 && changed;
          if (!again) return lent(error);
          this.#retries += 1;
          this.#acquire(lent, attempt + 1);
        }),
      );
    });
  }

  /** An old connection that comes back is closed where a new one is there in its place. */
  #lend(client: PoolClient): void {
    this.#connections.taken(client);
    const release = client.release;
    client.release = (destroy) => {
      this.#connections.returned(client);
      const close = destroy || (this.#isOld(client) && this.#succession.closes());
      if (close) this.#connections.closed(client);
      release(close);
    };
  }

  #isOld(client: object): boolean {
    return this.#connections.generationOf(client) < (this.#credentials.current?.number ?? 0);
  }

  #rotate({ number }: Generation): void {
    if (number === 1) return;
    clearTimeout(this.#overstayTimer);
    const busy = this.#connections.busyBefore(number).length;
    if (!this.ending) {
      this.#beginSuccession();
      this.#watchOverstays(number);
    }
    safely("onRotation", this.#config.onRotation, { generation: number, busy });
  }

  #beginSuccession(): void {
    this.#succession.begin(this.#contract.database.overlapSeconds * SUCCESSION_SHARE * 1000);
  }

  #watchOverstays(number: number): void {
    const { overlapSeconds } = this.#contract.database;
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
    safely("onOverstay", this.#config.onOverstay, { generations, connections: clients.length, secondsLeft });
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
      isOld: (client) => this.#isOld(client),
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

  #clientClass(): typeof pg.Client {
    // The types of pg know a Client in the options as a constructor of something less.
    const Base = (this.#config.Client ?? pg.Client) as unknown as typeof pg.Client;
    return rotatingClient(Base, {
      credentials: () => (this.#probing ? this.#credentials.current : this.#credentials.usable),
      trust: (): ClientConfig["ssl"] => this.#config.ssl ?? tls(this.#contract, this.#credentials.ca),
      accepted: (client, generation) => this.#accepted(client, generation),
      refused: (generation) => this.#credentials.refusedBy(generation),
      broke: (client) => this.#connections.broke(client),
    });
  }

  #accepted(client: object, generation: Generation): void {
    this.#connections.opened(client, generation.number);
    this.#credentials.loggedIn(generation);
    // One that was on its way while the file was replaced needs a successor as well.
    if (this.#isOld(client) && !this.#succession.running && !this.ending) this.#beginSuccession();
  }
}

/** Whether another user or another CA may help. */
function isTrustOrRefusal(code: string | undefined): boolean {
  return REFUSED.has(code) || /CERT|SELF_SIGNED|ISSUER|LEAF_SIGNATURE|INVALID_CA/.test(code ?? "");
}
