import { EventEmitter, once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { readCa, type Ca } from "./ca-file";
import type { CredentialsFormat } from "./contract";
import {
  CredentialsError,
  readCredentials,
  type Credentials,
  type CredentialsParser,
} from "./credentials-file";
import { safely } from "./safely";

/** Where credentials are, and how they are read. */
export interface CredentialsSource {
  /** Path of the file. */
  readonly credentialsFile: string;
  readonly format: CredentialsFormat;
  /** Needed for the format `custom`. */
  readonly parse?: CredentialsParser;
  /**
   * Path of the CA's certificates, which may be replaced as well.
   * @default - none is read
   */
  readonly caFile?: string;
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
  /** Everything that a connection needs has been read. */
  complete: [];
}

/** How soon a file that somebody waits for is read again. */
const LOOK_AGAIN_MILLIS = 50;

/**
 * Keeps the credentials of a file that is replaced, and the CA beside it. It watches the directory, because a file
 * that is replaced by rename is another file, and it reads once a second all the same: a directory that is itself
 * replaced tells nobody. It keeps no process alive, and reads without holding up anybody.
 */
export class CredentialsWatch extends EventEmitter<Events> {
  /** How often a file became of no use, or for another reason. */
  troubles = 0;
  #current: Generation | undefined;
  /** The newest ones that somebody has logged in with. */
  #proven: Generation | undefined;
  /** PostgreSQL has refused the current ones, and not accepted them since. */
  #refused = false;
  #ca: Ca | undefined;
  readonly #told = new Map<string, CredentialsError>();
  #watcher: fs.FSWatcher | undefined;
  readonly #poll: NodeJS.Timeout;
  readonly #pollMillis: number;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #closed = false;
  /** A reading takes longer than anybody waits for it. */
  #slow = false;
  #rotatedAt: number | undefined;
  #lookedAt = performance.now();

  constructor(private readonly source: CredentialsSource) {
    super();
    // Each connection that waits for the first credentials listens.
    this.setMaxListeners(0);
    this.#pollMillis = source.pollMillis ?? 1000;
    this.#poll = setInterval(() => void this.look(), this.#pollMillis).unref();
    void this.look();
  }

  /** The newest good credentials; nothing before the first ones were read. */
  get current(): Generation | undefined {
    return this.#current;
  }

  /**
   * What the next connection is opened with: the newest ones, or those before for as long as the newest ones are
   * refused. A file may be written before its user can log in everywhere, and the user before lives on.
   */
  get usable(): Generation | undefined {
    return this.#refused ? (this.#proven ?? this.#current) : this.#current;
  }

  /** Whether PostgreSQL has accepted any of them. */
  get everAccepted(): boolean {
    return this.#proven !== undefined;
  }

  /** Whether PostgreSQL refuses the newest credentials, as far as is known. */
  get refused(): boolean {
    return this.#refused;
  }

  /** The CA's certificates, where the source names some. */
  get ca(): Ca | undefined {
    return this.#ca;
  }

  /** Whether everything has been read that a connection needs. */
  get complete(): boolean {
    return this.#current !== undefined && (this.source.caFile === undefined || this.#ca !== undefined);
  }

  /** What is wrong with the files at present. */
  get trouble(): CredentialsError | undefined {
    return CredentialsError.all([...this.#told.values()]);
  }

  /** What is wrong with one of them at present. */
  troubleOf(file: string): CredentialsError | undefined {
    return this.#told.get(file);
  }

  /** Seconds since the last change of the credentials, by a clock that nobody sets; nothing before the first change. */
  get secondsSinceRotation(): number | undefined {
    return this.#rotatedAt === undefined ? undefined : (performance.now() - this.#rotatedAt) / 1000;
  }

  /** Reads the files; resolves when a reading has ended that began after the call. It never rejects. */
  look(): Promise<void> {
    if (this.#next) return this.#next;
    if (!this.#running) {
      this.#running = this.#read().finally(() => (this.#running = undefined));
      return this.#running;
    }
    this.#next = this.#running.then(() => {
      this.#next = undefined;
      return this.look();
    });
    return this.#next;
  }

  /** Looks, and waits for the answer for as long as told: the file may be on a disk that does not answer. */
  async lookFor(millis: number): Promise<void> {
    const timeout = new AbortController();
    const over = sleep(millis, true, { signal: timeout.signal }).catch(() => false);
    this.#slow = await Promise.race([this.look().then(() => false), over]);
    timeout.abort();
  }

  /** Looks, and where a file cannot be used looks again, for as long as told: who replaces it may be at it. */
  async whole(millis: number): Promise<void> {
    const end = performance.now() + millis;
    for (;;) {
      await this.lookFor(Math.max(0, end - performance.now()));
      if (this.#told.size === 0 || this.#closed || performance.now() >= end) return;
      await sleep(LOOK_AGAIN_MILLIS);
    }
  }

  /** Whether nobody has looked for longer than there should be: the process was stopped, or had no time. */
  get stale(): boolean {
    return !this.#slow && performance.now() - this.#lookedAt >= 2 * this.#pollMillis;
  }

  /**
   * Resolves as soon as there is everything that a connection needs.
   *
   * @param timeoutMillis how long to wait for it
   * @throws CredentialsError what is wrong with a file when the time is over
   */
  async first(timeoutMillis: number): Promise<void> {
    if (this.complete) return;
    const timeout = AbortSignal.timeout(timeoutMillis);
    // The timeout alone would let a process end that has nothing else to do than to wait for the file.
    const keepAlive = setInterval(() => void this.look(), LOOK_AGAIN_MILLIS);
    try {
      await once(this, "complete", { signal: timeout });
    } catch {
      throw this.trouble ?? this.#unread();
    } finally {
      clearInterval(keepAlive);
    }
  }

  /** Somebody has logged in with these. */
  loggedIn(generation: Generation): void {
    if (generation === this.#current) this.#refused = false;
    if (generation.number >= (this.#proven?.number ?? 0)) this.#proven = generation;
  }

  /** PostgreSQL has refused these. */
  refusedBy(generation: Generation): void {
    if (generation === this.#proven) this.#proven = undefined;
    if (generation === this.#current) this.#refused = true;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#poll);
    this.#watcher?.close();
    this.#watcher = undefined;
    // Who still waits for the first ones is told by the pool that it has ended.
    this.emit("complete");
    this.removeAllListeners();
  }

  async #read(): Promise<void> {
    const { credentialsFile, caFile, format, parse } = this.source;
    this.#watch();
    // The CA first: whoever is told of new credentials opens connections.
    if (caFile !== undefined) {
      await this.#attempt(caFile, async () => void (this.#ca = await readCa(caFile, this.#ca)));
    }
    await this.#attempt(credentialsFile, async () =>
      this.#take(await readCredentials(credentialsFile, format, parse)),
    );
    this.#lookedAt = performance.now();
    this.#slow = false;
    if (this.complete) this.emit("complete");
  }

  async #attempt(file: string, read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.#told.delete(file);
    } catch (error) {
      if (!(error instanceof CredentialsError)) throw error;
      this.#report(error);
    }
  }

  #take(read: Credentials): void {
    const before = this.#current;
    if (this.#closed || (before && before.user === read.user && before.password === read.password)) return;
    this.#current = { ...read, number: (before?.number ?? 0) + 1 };
    hide(this.#current);
    this.#refused = false;
    if (before) this.#rotatedAt = performance.now();
    safely("a listener of 'rotation'", () => void this.emit("rotation", this.#current as Generation));
  }

  #report(error: CredentialsError): void {
    if (this.#closed) return;
    const told = this.#told.get(error.file)?.reason === error.reason;
    this.#told.set(error.file, error);
    if (told) return;
    this.troubles += 1;
    safely("a listener of 'trouble'", () => void this.emit("trouble", error));
  }

  /** No reading has ended: a disk does not answer, or the process had no time for it. */
  #unread(): CredentialsError {
    const { caFile, credentialsFile } = this.source;
    const detail = "no reading of it has ended in time";
    return caFile !== undefined && this.#ca === undefined
      ? new CredentialsError(caFile, "unreadable", detail, "CA file")
      : new CredentialsError(credentialsFile, "unreadable", detail);
  }

  /** A directory that went takes its watcher along; the next look makes a new one. */
  #watch(): void {
    if (this.#watcher || this.#closed) return;
    try {
      const watcher = fs.watch(path.dirname(this.source.credentialsFile), { persistent: false });
      watcher.on("change", () => void this.look());
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
