import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Pool as RotatingPool } from "../../clients/node/src";

/** Where a pod finds its database and its credentials. */
export interface Pod {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly file: string;
  /** Most connections of the pool. */
  readonly max: number;
  /** In seconds. */
  readonly maxLifetime: number;
  /** In seconds. */
  readonly overlap: number;
  /** A user that is never rotated. */
  readonly staticUser: { readonly user: string; readonly password: string };
}

/** How an application reaches its database; `use` gives a connection for one piece of work. */
export interface Application {
  use<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  /** Connections that were opened so far. */
  opened(): number;
  end(): Promise<void>;
}

export interface Variant {
  readonly name: string;
  readonly start: (pod: Pod) => Promise<Application>;
}

/** As the file says now. */
function readFile({ file }: Pod): { user: string; password: string } {
  const { username, password } = JSON.parse(fs.readFileSync(file, "utf8"));
  return { user: username, password };
}

function address({ host, port, database }: Pod) {
  return { host, port, database };
}

/** An application on a pool with the interface of `pg`. */
function onPool(pool: pg.Pool): Application {
  let opened = 0;
  pool.on("connect", (client) => {
    opened += 1;
    client.on("error", () => {});
  });
  pool.on("error", () => {});
  return {
    async use(work) {
      const client = await pool.connect();
      try {
        const result = await work(client);
        client.release();
        return result;
      } catch (error) {
        client.release(true);
        throw error;
      }
    },
    opened: () => opened,
    end: () => pool.end(),
  };
}

export const VARIANTS: readonly Variant[] = [
  {
    name: "plain pool, static user",
    start: async (pod) => onPool(new pg.Pool({ ...address(pod), ...pod.staticUser, max: pod.max })),
  },
  { name: "@leasehold/pg", start: startRotating },
  {
    name: "plain pool, file read once",
    start: async (pod) => onPool(new pg.Pool({ ...address(pod), ...readFile(pod), max: pod.max })),
  },
  {
    name: "plain pool, max lifetime",
    // What pg can do by itself: the password may be read anew for each connection, the user may not.
    start: async (pod) =>
      onPool(
        new pg.Pool({
          ...address(pod),
          user: readFile(pod).user,
          password: () => readFile(pod).password,
          max: pod.max,
          maxLifetimeSeconds: Math.max(1, Math.floor(pod.maxLifetime)),
        }),
      ),
  },
  { name: "connection per query", start: async (pod) => connectionPerQuery(pod) },
  { name: "restart on rotation", start: restartOnRotation },
];

async function startRotating(pod: Pod): Promise<Application> {
  return onPool(
    new RotatingPool({
      contract: {
        version: 1,
        service: "orders",
        drainSeconds: 5,
        databases: {
          shop: {
            credentialsFile: pod.file,
            format: "json",
            host: pod.host,
            port: pod.port,
            database: pod.database,
            schema: "public",
            sslMode: "disable",
            sslRootCert: null,
            poolMax: pod.max,
            poolMaxLifetimeSeconds: pod.maxLifetime,
            overlapSeconds: pod.overlap,
          },
        },
      },
    }),
  );
}

/** The article's loop: the file is read and a connection is opened for every query. */
function connectionPerQuery(pod: Pod): Application {
  let opened = 0;
  return {
    async use(work) {
      const client = new pg.Client({ ...address(pod), ...readFile(pod) });
      client.on("error", () => {});
      await client.connect();
      opened += 1;
      try {
        return await work(client);
      } finally {
        await client.end();
      }
    },
    opened: () => opened,
    end: async () => {},
  };
}

/** What a Node process of this size takes from its start to its first query. */
const RESTART_SECONDS = 0.5;

/**
 * An agent that restarts the application at each new file: what runs is cut, and until the new process
 * is up whoever asks gets an error. In one process here, so that all variants bear the same load.
 */
async function restartOnRotation(pod: Pod): Promise<Application> {
  const fresh = () => onPool(new pg.Pool({ ...address(pod), ...readFile(pod), max: pod.max }));
  let current: Application | undefined = fresh();
  let before = 0;
  const running = new Set<pg.ClientBase>();
  const watcher = setInterval(() => void restart(), 50);
  let user = readFile(pod).user;

  async function restart(): Promise<void> {
    const next = readFile(pod).user;
    if (next === user || current === undefined) return;
    user = next;
    const dying = current;
    current = undefined;
    for (const client of running)
      (client as pg.Client & { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    before += dying.opened();
    void dying.end().catch(() => {});
    await sleep(RESTART_SECONDS * 1000);
    current = fresh();
  }

  return {
    async use(work) {
      if (current === undefined) throw new Error("the application is restarting");
      return current.use(async (client) => {
        running.add(client);
        try {
          return await work(client);
        } finally {
          running.delete(client);
        }
      });
    },
    opened: () => before + (current?.opened() ?? 0),
    async end() {
      clearInterval(watcher);
      await current?.end();
    },
  };
}
