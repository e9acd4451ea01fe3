import { EventEmitter, once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import type { CredentialsFormat } from "./contract";
import {
  CredentialsError,
  readCredentials,
  type Credentials,
  type CredentialsParser,
} from "./credentials-file";

/** Where credentials are, and how they are read. */
export interface CredentialsSource {
  /** Path of the file. */
  readonly credentialsFile: string;
  readonly format: CredentialsFormat;
  /** Needed for the format `custom`. */
  readonly parse?: CredentialsParser;
  /**
   * How often the file is read where the system does not tell of changes, in milliseconds.
   * @default 1000
   */
  readonly pollMillis?: number;
}

/** Credentials, and the how manieth ones they are. */
export interface Generation extends Credentials {
  /** 1 for the first ones that were read. */
  readonly number: number;
}

interface Events {
  /** Other credentials than before were read. */
  rotation: [generation: Generation];
  /** The file cannot be used; the last good credentials stay. Told once per kind of trouble. */
  trouble: [error: CredentialsError];
}

/**
 * Keeps the credentials of a file that is replaced. It watches the directory, because a file that is
 * replaced by rename is another file, and it reads once a second all the same: a directory that is itself
 * replaced tells nobody. It keeps no process alive.
 */
export class CredentialsWatch extends EventEmitter<Events> {
  /** How often the file could not be used. */
  troubles = 0;
  #current: Generation | undefined;
  #trouble: CredentialsError | undefined;
  #watcher: fs.FSWatcher | undefined;
  readonly #poll: NodeJS.Timeout;
  #rotatedAt: number | undefined;

  constructor(private readonly source: CredentialsSource) {
    super();
    this.#poll = setInterval(() => this.look(), source.pollMillis ?? 1000).unref();
    this.look();
  }

  /** The newest good credentials; nothing before the first ones were read. */
  get current(): Generation | undefined {
    return this.#current;
  }

  /** What is wrong with the file at present. */
  get trouble(): CredentialsError | undefined {
    return this.#trouble;
  }

  /** Seconds since the last change of the credentials, by a clock that nobody sets; nothing before the first change. */
  get secondsSinceRotation(): number | undefined {
    return this.#rotatedAt === undefined ? undefined : (performance.now() - this.#rotatedAt) / 1000;
  }

  /** Reads the file now. */
  look(): void {
    this.#watch();
    try {
      const { credentialsFile, format, parse } = this.source;
      this.#take(readCredentials(credentialsFile, format, parse));
    } catch (error) {
      if (!(error instanceof CredentialsError)) throw error;
      this.#report(error);
    }
  }

  /**
   * The first credentials, as soon as there are some.
   *
   * @param timeoutMillis how long to wait for them
   * @throws CredentialsError what is wrong with the file when the time is over
   */
  async first(timeoutMillis: number): Promise<Generation> {
    if (this.#current) return this.#current;
    const timeout = AbortSignal.timeout(timeoutMillis);
    // The timeout alone would let a process end that has nothing else to do than to wait for the file.
    const keepAlive = setInterval(() => this.look(), 50);
    try {
      const [generation] = await once(this, "rotation", { signal: timeout });
      return generation as Generation;
    } catch {
      throw this.#trouble ?? new CredentialsError(this.source.credentialsFile, "missing", "nobody wrote it");
    } finally {
      clearInterval(keepAlive);
    }
  }

  close(): void {
    clearInterval(this.#poll);
    this.#watcher?.close();
    this.#watcher = undefined;
    this.removeAllListeners();
  }

  #take(read: Credentials): void {
    this.#trouble = undefined;
    const before = this.#current;
    if (before && before.user === read.user && before.password === read.password) return;
    this.#current = { ...read, number: (before?.number ?? 0) + 1 };
    hide(this.#current);
    if (before) this.#rotatedAt = performance.now();
    this.emit("rotation", this.#current);
  }

  #report(error: CredentialsError): void {
    this.troubles += 1;
    const told = this.#trouble?.reason === error.reason;
    this.#trouble = error;
    if (!told) this.emit("trouble", error);
  }

  /** A directory that went takes its watcher along; the next look makes a new one. */
  #watch(): void {
    if (this.#watcher) return;
    try {
      const watcher = fs.watch(path.dirname(this.source.credentialsFile), { persistent: false });
      watcher.on("change", () => this.look());
      watcher.on("error", () => this.#unwatch(watcher));
      this.#watcher = watcher;
    } catch {
      // No directory yet, or a system that does not tell: the poll is there for that.
    }
  }

  #unwatch(watcher: fs.FSWatcher): void {
    watcher.close();
    if (this.#watcher === watcher) this.#watcher = undefined;
  }
}

/** Who prints the object does not print the password. */
function hide(generation: Generation): void {
  Object.defineProperty(generation, "password", { enumerable: false });
}
