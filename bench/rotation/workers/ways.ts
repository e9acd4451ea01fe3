import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Pool as RotatingPool } from "../../../clients/node/src";

/** What a contract says of the databases of a service, one for each pod of the bench. */
interface Contract {
  readonly databases: Readonly<Record<string, Database>>;
}

interface Database {
  readonly credentialsFile: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly poolMax: number;
  readonly poolMaxLifetimeSeconds: number;
}

/** How an application reaches its database; `use` gives a connection for one piece of work. */
export interface Application {
  use<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

/** The ways to hold connections that are measured, by the names that ../languages.ts gives them. */
export const WAYS: Readonly<Record<string, (contract: Contract, name: string) => Application>> = {
  plain: plain((database) => {
    const { BENCH_USER: user, BENCH_PASSWORD: password } = process.env;
    return { ...addressOf(database), user, password };
  }),
  leasehold: (_contract, name) => onPool(new RotatingPool({ contractDatabase: name })),
  "read-once": plain((database) => ({ ...addressOf(database), ...read(database) })),
  // What pg can do by itself: the password may be read anew for each connection, the user may not.
  "max-lifetime": plain((database) => ({
    ...addressOf(database),
    user: read(database).user,
    password: () => read(database).password,
    maxLifetimeSeconds: Math.max(1, Math.floor(database.poolMaxLifetimeSeconds)),
  })),
  "per-query": ({ databases }, name) => connectionPerQuery(databases[name] as Database),
  restart: ({ databases }, name) => restartOnRotation(databases[name] as Database),
};

function plain(configOf: (database: Database) => pg.PoolConfig) {
  return ({ databases }: Contract, name: string) =>
    onPool(new pg.Pool(configOf(databases[name] as Database)));
}

/** As the file says now. */
function read({ credentialsFile }: Database): { user: string; password: string } {
  const { username, password } = JSON.parse(fs.readFileSync(credentialsFile, "utf8"));
  return { user: username, password };
}

function addressOf({ host, port, database, poolMax }: Database): pg.PoolConfig {
  return { host, port, database, max: poolMax };
}

/** An application on a pool with the interface of `pg`. */
function onPool(pool: pg.Pool): Application {
  pool.on("connect", (client) => client.on("error", () => {}));
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
    end: () => pool.end(),
  };
}

/** The article's loop: the file is read and a connection is opened for every query. */
function connectionPerQuery(database: Database): Application {
  return {
    async use(work) {
      const client = new pg.Client({ ...addressOf(database), ...read(database) });
      client.on("error", () => {});
      await client.connect();
      try {
        return await work(client);
      } finally {
        await client.end();
      }
    },
    end: async () => {},
  };
}

/** What a Node process of this size takes from its start to its first query. */
const RESTART_SECONDS = 0.5;

/**
 * An agent that restarts the application at each new file: what runs is cut, and until the new process
 * is up whoever asks gets an error. In one process here, so that all ways bear the same load.
 */
function restartOnRotation(database: Database): Application {
  const fresh = () => onPool(new pg.Pool({ ...addressOf(database), ...read(database) }));
  let current: Application | undefined = fresh();
  const running = new Set<pg.ClientBase>();
  const watcher = setInterval(() => void restart(), 50);
  let { user } = read(database);

  async function restart(): Promise<void> {
    const next = read(database).user;
    if (next === user || current === undefined) return;
    user = next;
    const dying = current;
    current = undefined;
    for (const client of running)
      (client as pg.Client & { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
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
    async end() {
      clearInterval(watcher);
      await current?.end();
    },
  };
}
