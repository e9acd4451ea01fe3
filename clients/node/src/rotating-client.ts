import pg, { type ClientConfig } from "pg";
import type { Generation } from "./credentials-watch";
import { explained, type TrustedBy } from "./trust";

/** Wrong user, wrong password, or no such role. */
export const REFUSED: ReadonlySet<string | undefined> = new Set(["28P01", "28000"]);

/** PostgreSQL has ended the session: where that was during the login, the user may just have been dropped. */
export const ENDED = "57P01";

/** What a client asks its pool for, and tells it. */
export interface Logins {
  /** What is logged in with now. */
  credentials(): Generation | undefined;
  /** How the server is trusted now. */
  trust(): ClientConfig["ssl"];
  /** What that rests on. */
  trustedBy(): TrustedBy;
  accepted(client: pg.Client, generation: Generation): void;
  refused(generation: Generation): void;
  /** The session has ended without anybody having asked for it. */
  broke(client: pg.Client): void;
}

type Connected = (error: Error | undefined) => void;

/** By the options of a pool, of which it makes its clients. */
const loginsOf = new WeakMap<object, Logins>();
/** One class for all pools: code that meets the objects of several is slower, pg's own as well. */
const classes = new WeakMap<typeof pg.Client, typeof pg.Client>();

/** What clients that are made of these options ask and tell. */
export function answerClients(options: object, logins: Logins): void {
  loginsOf.set(options, logins);
}

/**
 * The class of the clients of pools. A pool makes each one of the options that it was given once; these ones take what
 * changes at their birth.
 */
export function rotatingClient(Base: typeof pg.Client): typeof pg.Client {
  const known = classes.get(Base) ?? derived(Base);
  classes.set(Base, known);
  return known;
}

function derived(Base: typeof pg.Client): typeof pg.Client {
  return class RotatingClient extends Base {
    readonly #logins: Logins;
    readonly #generation: Generation | undefined;

    constructor(config: ClientConfig) {
      const logins = loginsOf.get(config);
      if (logins === undefined) {
        throw new TypeError(
          "only the pool makes its clients, of its own options: ask it for one by connect()",
        );
      }
      const generation = logins.credentials();
      super({ ...config, ssl: logins.trust(), user: generation?.user, password: generation?.password });
      this.#logins = logins;
      this.#generation = generation;
      // A session may be ended while nobody listens: lent to somebody between two queries, or on the way there. An
      // event `error` without a listener ends the process; who holds the client learns of it by the next query.
      this.on("error", () => logins.broke(this));
    }

    override connect(): Promise<pg.Client>;
    override connect(callback: Connected): void;
    override connect(callback?: Connected): Promise<pg.Client> | void {
      if (callback === undefined) {
        return new Promise((resolve, reject) =>
          this.connect((error) => (error ? reject(error) : resolve(this))),
        );
      }
      super.connect((error: Error | undefined) => {
        this.#tell(error);
        callback(error && explained(this, error, this.#logins.trustedBy()));
      });
    }

    #tell(error: (Error & { code?: string }) | undefined): void {
      if (this.#generation === undefined) return;
      if (!error) return this.#logins.accepted(this, this.#generation);
      if (REFUSED.has(error.code)) this.#logins.refused(this.#generation);
    }
  };
}
