import type { PoolClient } from "pg";
import type { CredentialsError } from "./credentials-file";

/** A new user has come into use. */
export interface Rotation {
  /** The how manieth credentials these are. */
  readonly generation: number;
  /** Connections of older users that are in use, and are closed when they come back. */
  readonly busy: number;
}

/** A connection of an old user is still in use though its user will soon be dropped. */
export interface Overstay {
  /** The how manieth credentials these connections were opened with. */
  readonly generations: readonly number[];
  readonly connections: number;
  /** Until the old user may be dropped. */
  readonly secondsLeft: number;
}

/**
 * What an application may want to log or count; nothing that they are told is secret. What they throw, or reject with, is
 * a warning of the process (`process.on("warning")`) and changes nothing else.
 */
export interface Hooks {
  readonly onRotation?: (rotation: Rotation) => unknown;
  readonly onOverstay?: (overstay: Overstay) => unknown;
  /** The file cannot be used; the last good credentials stay in use. */
  readonly onCredentialsError?: (error: CredentialsError) => unknown;
}

/** How it stands with the credentials of a pool. */
export interface RotationStatus {
  /** The how manieth credentials are in use; 0 before the first ones. */
  readonly generation: number;
  /** Changes of the credentials so far. */
  readonly rotations: number;
  /** Since the last change; absent before the first one. */
  readonly secondsSinceRotation?: number;
  /** Until the old user may be dropped; 0 where there is no old user. */
  readonly overlapSecondsLeft: number;
  /** Open connections by the how manieth credentials they were opened with. */
  readonly connections: Readonly<Record<number, number>>;
  /** Connections that were still in use near the end of an overlap. */
  readonly overstays: number;
  /** How often a file became of no use, or for another reason; not how often it was looked at meanwhile. */
  readonly credentialsErrors: number;
  /** Connections that were refused and opened again after the file was read anew. */
  readonly retries: number;
  /** Whether PostgreSQL refuses the newest user; the one before stays in use as long as it is accepted. */
  readonly newestRefused: boolean;
}

/** Counts the connections of a pool by the credentials they were opened with. */
export class Connections {
  readonly #generations = new WeakMap<object, number>();
  readonly #open = new Set<object>();
  readonly #busy = new Set<PoolClient>();
  readonly #broken = new WeakSet<object>();

  opened(client: object, generation: number): void {
    this.#generations.set(client, generation);
    this.#open.add(client);
  }

  /** It is closed, or on its way. */
  closed(client: object): void {
    this.#open.delete(client);
  }

  /** Its session has ended without anybody having asked for it. */
  broke(client: object): void {
    this.#broken.add(client);
  }

  isBroken(client: object): boolean {
    return this.#broken.has(client);
  }

  taken(client: PoolClient): void {
    this.#busy.add(client);
  }

  returned(client: PoolClient): void {
    this.#busy.delete(client);
  }

  generationOf(client: object): number {
    return this.#generations.get(client) ?? 0;
  }

  /** Connections in use that were opened with older credentials. */
  busyBefore(generation: number): PoolClient[] {
    return [...this.#busy].filter((client) => this.generationOf(client) < generation);
  }

  /** How many connections, in use or not, were opened with older credentials. */
  openBefore(generation: number): number {
    return [...this.#open].filter((client) => this.generationOf(client) < generation).length;
  }

  get busy(): number {
    return this.#busy.size;
  }

  counts(): Record<number, number> {
    const counts: Record<number, number> = {};
    for (const client of this.#open) {
      const generation = this.generationOf(client);
      counts[generation] = (counts[generation] ?? 0) + 1;
    }
    return counts;
  }
}
