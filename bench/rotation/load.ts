import { setTimeout as sleep } from "node:timers/promises";
import type { Application } from "./variants";

/** What a load has seen. */
export interface Load {
  queries: number;
  failed: number;
  /** Of the short queries, from asking for a connection to the answer, in milliseconds. */
  readonly latencies: number[];
  /** The first message of each kind of failure. */
  readonly failures: Map<string, number>;
}

export function noLoad(): Load {
  return { queries: 0, failed: 0, latencies: [], failures: new Map() };
}

/** Short queries mostly, now and then a pause, rarely a transaction of two seconds. */
const TRANSACTION_SHARE = 0.01;
const PAUSE_SHARE = 0.05;
const TRANSACTION_SECONDS = 2;

/** Asks again and again until told to stop; the same sequence of work for every variant. */
export async function work(
  application: Application,
  seed: number,
  until: () => boolean,
  load: Load,
): Promise<void> {
  const random = generator(seed);
  // Of its own: who waits for another one's lock waits longer than the overlap, which is seconds here.
  const row = 2 + (seed % 1000) + Math.floor(seed / 1000) * 100;
  while (!until()) {
    const dice = random();
    if (dice < PAUSE_SHARE) await sleep(random() * 500);
    await (dice > 1 - TRANSACTION_SHARE
      ? transaction(application, row, load)
      : shortQuery(application, load));
    await sleep(2 + random() * 6);
  }
}

async function shortQuery(application: Application, load: Load): Promise<void> {
  const startedAt = process.hrtime.bigint();
  await counted(load, 1, () =>
    application.use((client) => client.query("SELECT total FROM orders WHERE id = $1", [1])),
  );
  load.latencies.push(Number(process.hrtime.bigint() - startedAt) / 1e6);
}

async function transaction(application: Application, row: number, load: Load): Promise<void> {
  await counted(load, 4, () =>
    application.use(async (client) => {
      await client.query("BEGIN");
      await client.query("UPDATE orders SET total = total + 1 WHERE id = $1", [row]);
      await sleep(TRANSACTION_SECONDS * 1000);
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
    load.failed += 1;
    const message = (error as Error).message.replaceAll(/v-[\w-]+/g, "<user>");
    load.failures.set(message, (load.failures.get(message) ?? 0) + 1);
    // Who has just been refused does not ask again at once.
    await sleep(20);
  }
}

/** The same numbers in the same order for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
