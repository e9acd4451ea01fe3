import type { PoolClient } from "pg";

/** What a succession needs of its pool. */
export interface Predecessors {
  /** How many connections nobody uses. */
  idle(): number;
  /** Takes an idle connection out of the pool; `giveBack` closes it or makes it idle again. */
  take(taken: (client: PoolClient | undefined, giveBack: (close: boolean) => void) => void): void;
  /** Opens a connection with the newest user, beside those that are there; it is idle then. */
  open(): Promise<void>;
  isOld(client: PoolClient): boolean;
  /** How many connections of older users are open. */
  old(): number;
  /** Whether PostgreSQL refuses the newest user. */
  refused(): boolean;
}

const RETRY_MILLIS = 500;
/** PostgreSQL, or a role in it, has as many sessions as it may have. */
const NO_ROOM = "53300";
/** Who is refused again and again is asked for less often. */
const MOST_RETRY_MILLIS = 10_000;
/** From one login to the next at most: it takes milliseconds of the processor from the queries, here and in PostgreSQL. */
const MOST_PACE_MILLIS = 1000;

/**
 * Puts new connections in the place of old ones, one after the other, so that no query waits for a login
 * and the pool is never larger by more than one. Until a new one is there, an old one stays in use: its
 * user lives on for the whole overlap, and where the newest user is refused it is all that there is.
 */
export class Succession {
  #running = false;
  #opening = false;
  /** New connections whose predecessors are still open. */
  #spare = 0;
  /** By `performance.now()`: from then on old connections are closed without a successor, where one could be opened. */
  #until = 0;
  /** How long it is from one successor to the next: of the time that there is for all, half at most. */
  #paceMillis = 0;
  #timer: NodeJS.Timeout | undefined;
  #retryMillis = RETRY_MILLIS;
  /** Whether a successor could be opened at the last attempt. */
  #opens = false;

  constructor(private readonly pool: Predecessors) {}

  get running(): boolean {
    return this.#running;
  }

  /** @param millis how long an old connection may wait for its successor */
  begin(millis: number): void {
    this.#running = true;
    this.#spare = 0;
    this.#opens = false;
    this.#retryMillis = RETRY_MILLIS;
    this.#until = performance.now() + millis;
    this.#paceMillis = Math.min(MOST_PACE_MILLIS, millis / 2 / Math.max(1, this.pool.old()));
    this.#goOn(0);
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  /** Whether an old connection that comes back is to be closed now. */
  closes(): boolean {
    if (!this.#running || this.#isOver()) return true;
    if (this.#spare === 0) return false;
    this.#spare -= 1;
    this.#goOn(this.#paceMillis);
    return true;
  }

  #goOn(millis: number): void {
    if (this.#opening) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#step(), millis).unref();
  }

  async #step(): Promise<void> {
    if (this.#isOver() || this.pool.old() === 0) {
      this.stop();
      await this.#closeIdle(Infinity);
      return;
    }
    const opened = await this.#open();
    if (!this.#running) return;
    if (opened) {
      this.#spare += 1;
      this.#spare -= await this.#closeIdle(this.#spare);
    }
    // Where all old ones are in use, the first one that comes back goes on.
    const wait = this.#spare === 0 ? this.#paceMillis : this.#until - performance.now();
    if (opened) return this.#goOn(Math.max(0, wait));
    this.#goOn(this.#retryMillis);
    if (this.pool.refused()) this.#retryMillis = Math.min(2 * this.#retryMillis, MOST_RETRY_MILLIS);
  }

  /** Where it fails, the old ones serve on as long as they may, and whoever asks for a new one is told why. */
  async #open(): Promise<boolean> {
    this.#opening = true;
    try {
      await this.pool.open();
      this.#opens = true;
      return true;
    } catch (error) {
      // Where there is no room, an old one that is closed makes some.
      this.#opens = (error as { code?: string }).code === NO_ROOM;
      return false;
    } finally {
      this.#opening = false;
    }
  }

  #isOver(): boolean {
    return performance.now() >= this.#until && this.#opens;
  }

  /** Takes out all idle connections at once, which is the public way to close those that are old. */
  async #closeIdle(most: number): Promise<number> {
    const taken = await Promise.all(
      Array.from(
        { length: this.pool.idle() },
        () =>
          new Promise<{ client: PoolClient | undefined; giveBack: (close: boolean) => void }>((resolve) =>
            this.pool.take((client, giveBack) => resolve({ client, giveBack })),
          ),
      ),
    );
    let closed = 0;
    for (const { client, giveBack } of taken) {
      const close = client !== undefined && closed < most && this.pool.isOld(client);
      if (close) closed += 1;
      giveBack(close);
    }
    return closed;
  }
}
