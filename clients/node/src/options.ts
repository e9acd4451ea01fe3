import type { PoolConfig } from "pg";
import type { Contract } from "./contract";
import type { CredentialsParser } from "./credentials-file";
import type { Logger } from "./logged";
import type { Hooks } from "./rotation";

/** Options of the pool: those of `pg`, which win over the contract, and what concerns the credentials. */
export interface RotatingPoolConfig
  extends Omit<PoolConfig, "user" | "password" | "connectionString">, Hooks {
  /**
   * Name of the database in the contract.
   * @default - the only one that the contract has
   */
  readonly contractDatabase?: string;
  /** @default - the document that LEASEHOLD_CONTRACT names, or the variables LEASEHOLD_* */
  readonly contract?: Contract;
  /** Reads the file where its format is `custom`. */
  readonly parseCredentials?: CredentialsParser;
  /**
   * How long a connection waits for a credentials file that is not there yet, and for a first user that has not yet
   * come to a replica, in milliseconds.
   * @default 30000
   */
  readonly credentialsTimeoutMillis?: number;
  /**
   * Writes a line for each rotation, for connections that stay out too long and for trouble with the files; none has a secret.
   * @default - nobody
   */
  readonly logger?: Logger;
  /**
   * What happens at SIGTERM. `automatic`: where the application does not handle the signal itself, the
   * pool drains and the process ends as it would have; `manual`: the application calls `drain()`.
   * @default "automatic"
   */
  readonly shutdown?: "automatic" | "manual";
}

/** What was given; an option that is `undefined` was not, as a library that passes all of its own on has them. */
export function givenOptions(config: RotatingPoolConfig): RotatingPoolConfig {
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
  rejectStaticCredentials(given);
  return given;
}

/** They would be used, and never change. */
function rejectStaticCredentials(config: object): void {
  const given = ["user", "password", "connectionString"].filter((key) => key in config);
  if (given.length === 0) return;
  throw new TypeError(
    `${given.map((key) => `'${key}'`).join(" and ")} must not be given: user and password come from the credentials file, the rest from the contract`,
  );
}
