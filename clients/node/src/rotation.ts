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

/** What is known of an open connection. */
export interface Connection {
  /** The how manieth credentials it was opened with; 0 where it is of none. */
  readonly generation: number;
  /** Somebody has it. */
  busy: boolean;
  /** Its session has ended without anybody having asked for it. */
  broken: boolean;
}

/** The connections of a pool, and the credentials that they were opened with. */
export class Connections {
  /** By their clients. */
  readonly #known = new WeakMap<object, Connection>();
  readonly #open = new Set<Connection>();

  opened(client: object, generation: number): void {
    const connection = { generation, busy: false, broken: this.of(client).broken };
    this.#known.set(client, connection);
    this.#open.add(connection);
  }

  /** It is closed, or on its way. */
  closed(client: object): void {
    this.#open.delete(this.of(client));
  }

  of(client: object): Connection {
    let connection = this.#known.get(client);
    if (connection === undefined) {
      connection = { generation: 0, busy: false, broken: false };
      this.#known.set(client, connection);
    }
    return connection;
  }

  /** Those in use that were opened with older credentials. */
  busyBefore(generation: number): Connection[] {
    return [...this.#open].filter((each) => each.busy && each.generation < generation);
  }

  /** How many, in use or not, were opened with older credentials. */
  openBefore(generation: number): number {
    return [...this.#open].filter((each) => each.generation < generation).length;
  }

  get busy(): number {
    return [...this.#open].filter((each) => each.busy).length;
  }

  counts(): Record<number, number> {
    const counts: Record<number, number> = {};
    for (const { generation } of this.#open) counts[generation] = (counts[generation] ?? 0) + 1;
    return counts;
  }
}
