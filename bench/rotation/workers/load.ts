import { setTimeout as sleep } from "node:timers/promises";
import type { Application } from "./ways";

/** What the workers of a program have seen from `go` to `halt`. */
export class Load {
  queries = 0;
  failed = 0;
  /** How often each message of a failure came. */
  readonly failures: Record<string, number> = {};
  /** One line per short query: the pod, when it was asked (milliseconds of the clock), how long it took (microseconds). */
  readonly asked: string[] = [];
}

/** Of the pieces of work; the same in the program of each language. */
const PAUSE_SHARE = 0.01;
const TRANSACTION_SHARE = 0.002;
const TRANSACTION_MS = 500;
/**
 * By which a worker knows what to do in a turn: what is behind the point in the multiples of irrational numbers is spread
 * evenly. By dice, the way that happened to have fewer pauses would look faster by some per cent.
 */
const PIECE = Math.sqrt(5);
const PAUSE = Math.sqrt(2);
const REST = Math.sqrt(3);
/** Turns between two workers, which would pause together otherwise. */
const APART = 10_007;

/** Short queries mostly, now and then a pause, rarely a transaction. */
export class Worker {
  private turn: number;
  /** Of its own: who waits for another one's lock may wait for longer than the overlap, which is seconds here. */
  private readonly row: number;

  constructor(
    private readonly application: Application,
    private readonly pod: number,
    worker: number,
  ) {
    this.row = 1 + pod * 100 + worker;
    this.turn = this.row * APART;
  }

  /** Goes on where it was halted. */
  async run(load: Load, halted: () => boolean): Promise<void> {
    for (; !halted(); this.turn += 1) {
      const piece = (this.turn * PIECE) % 1;
      if (piece < PAUSE_SHARE) await sleep(((this.turn * PAUSE) % 1) * 500);
      await (piece > 1 - TRANSACTION_SHARE
        ? transaction(this.application, this.row, load)
        : shortQuery(this.pod, this.application, load));
      await sleep(2 + ((this.turn * REST) % 1) * 6);
    }
  }
}

async function shortQuery(pod: number, application: Application, load: Load): Promise<void> {
  const at = Date.now();
  const from = process.hrtime.bigint();
  await counted(load, 1, () =>
    application.use((client) => client.query("SELECT total FROM orders WHERE id = $1", [1])),
  );
  load.asked.push(`${pod} ${at} ${Number(process.hrtime.bigint() - from) / 1000}`);
}

async function transaction(application: Application, row: number, load: Load): Promise<void> {
  await counted(load, 4, () =>
    application.use(async (client) => {
      await client.query("BEGIN");
      await client.query("UPDATE orders SET total = total + 1 WHERE id = $1", [row]);
      await sleep(TRANSACTION_MS);
      await client.query("SELECT 1");
      await client.query("COMMIT");
    }),
  );
}

async function counted(load: Load, queries: number, run: () => Promise<unknown>): Promise<void> {
  load.queries += queries;
  try {
    await run();
  } catch (error) {
    const { failures } = load;
    load.failed += 1;
    const { message } = error as Error;
    failures[message] = (failures[message] ?? 0) + 1;
    // Who has just been refused does not ask again at once.
    await sleep(20);
  }
}
