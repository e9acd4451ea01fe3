import type { PoolClient } from "pg";
import type { CredentialsWatch } from "./credentials-watch";
import { ENDED, REFUSED } from "./rotating-client";
import type { Connection, Connections } from "./rotation";
import { TrustError } from "./trust";

type Lent = (error: Error | undefined, client?: PoolClient) => void;

/** What the lending needs of its pool. */
export interface Lender {
  readonly credentials: CredentialsWatch;
  readonly connections: Connections;
  /** How long a connection waits for files that are not there yet. */
  readonly timeoutMillis: number;
  /** How long a user may be on its way from the server that has made it, where the way leads to a replica. */
  readonly arrivalMillis: number;
  /** Whether no new work is taken. */
  draining(): boolean;
  /** A connection as pg's own pool lends it. */
  acquire(lent: Lent): void;
  /** Opens a connection with the newest user, beside those that are there; it is idle then. */
  openNewest(): Promise<void>;
  isOld(connection: Connection): boolean;
  /** Whether an old connection that comes back is to be closed now. */
  closesOld(): boolean;
}

/** How long a refused connection waits for the files to be read again, and to be whole. */
const LOOK_MILLIS = 5000;
/** How often a replica is asked whether a user has come. */
const ARRIVAL_MILLIS = 250;
/** Who replaces files all the time is not followed for ever. */
const MOST_RETRIES = 5;

/** Lends the connections of a pool: waits for what they need, and tries again what other credentials may mend. */
export class Lending {
  /** Connections that were refused and opened again. */
  retries = 0;
  /** How many wait for a connection, be it for one that is free, for a login, or for another try. */
  waiting = 0;

  constructor(private readonly pool: Lender) {}

  checkOut(lent: Lent): void {
    if (this.pool.draining()) {
      return process.nextTick(lent, new Error("the pool is draining and takes no new work"));
    }
    const { credentials } = this.pool;
    if (credentials.complete && !credentials.stale) return this.#await(lent);
    this.#prepare().then(
      // Out of the promise: what a callback throws is the application's, as it is with pg.
      () => process.nextTick(() => this.#await(lent)),
      (error: Error) => process.nextTick(lent, error),
    );
  }

  /** A session may end between the moment in which it is lent and the one in which somebody has it in hand. */
  async client(): Promise<PoolClient> {
    for (;;) {
      const client = await new Promise<PoolClient>((resolve, reject) =>
        this.checkOut((error, lent) => (lent ? resolve(lent) : reject(error as Error))),
      );
      if (!this.pool.connections.of(client).broken) return client;
      client.release(true);
    }
  }

  /** One of the newest user. */
  async freshClient(): Promise<PoolClient> {
    for (;;) {
      const client = await this.client();
      if (!this.pool.isOld(this.pool.connections.of(client))) return client;
      // What is old serves on until there is a new one in its place; where there is none, this says why.
      let opened = false;
      try {
        await this.pool.openNewest();
        opened = true;
      } finally {
        client.release(opened);
      }
    }
  }

  async #prepare(): Promise<void> {
    const { credentials, timeoutMillis } = this.pool;
    await credentials.first(timeoutMillis);
    if (credentials.stale) await credentials.lookFor(500);
  }

  #await(lent: Lent): void {
    this.waiting += 1;
    this.#acquire((error, client) => {
      this.waiting -= 1;
      lent(error, client);
    });
  }

  /** In the tick in which pg's pool lends a client whoever asked for it has it: nothing can happen to it in between. */
  #acquire(lent: Lent, retries = 0, since = performance.now()): void {
    const { credentials, arrivalMillis } = this.pool;
    const { usable, ca } = credentials;
    this.pool.acquire((error: (Error & { code?: string }) | undefined, client) => {
      if (client) {
        this.#lend(client);
        return lent(undefined, client);
      }
      // Where a user before has come, it serves on: there is nothing to wait for.
      const comes = !credentials.everAccepted && performance.now() - since < arrivalMillis;
      if (comes && REFUSED.has(error?.code) && !this.pool.draining()) {
        this.retries += 1;
        setTimeout(() => this.#acquire(lent, retries, since), ARRIVAL_MILLIS);
        return;
      }
      const distrusted = error instanceof TrustError;
      if (!distrusted && !REFUSED.has(error?.code) && error?.code !== ENDED) return lent(error);
      void credentials.whole(LOOK_MILLIS).then(() =>
        process.nextTick(() => {
          const changed = credentials.usable !== usable || credentials.ca !== ca;
          // PostgreSQL may think otherwise of the same user; of the same CA nobody does.
          const again = changed || (retries === 0 && !distrusted);
          if (!again || retries === MOST_RETRIES) return lent(error);
          this.retries += 1;
          this.#acquire(lent, retries + 1, since);
        }),
      );
    });
  }

  /** An old connection that comes back is closed where a new one is there in its place. */
  #lend(client: PoolClient): void {
    const { connections } = this.pool;
    const connection = connections.of(client);
    connection.busy = true;
    const release = client.release;
    client.release = (destroy) => {
      connection.busy = false;
      const close = destroy || (this.pool.isOld(connection) && this.pool.closesOld());
      if (close) connections.closed(client);
      release(close);
    };
  }
}
