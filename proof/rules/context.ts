import type { AccessGraph, Origin } from "../access";
import type { Stage } from "./migration/stages";

/** What rules judge a graph against; a graph says what is, not what is asked for. */
export interface Context {
  readonly limits: Limits;
  /** The servers' limits, by the name of the connection; without one the lease budget is not judged. */
  readonly capacities: ReadonlyMap<string, DatabaseCapacity>;
  /** The environment in which changes are proven first; absent where there is none. */
  readonly predecessor?: { readonly name: string; readonly graph: AccessGraph };
  /** The judged environment in its other clusters, which share Vault and databases with it. */
  readonly siblings?: readonly AccessGraph[];
  /** The other environments of the same output, which the judged one may get into the way of. */
  readonly others?: readonly OtherEnvironment[];
  /** Namespaces that the configuration is there to make; absent where nobody knows. */
  readonly namespaces?: ReadonlySet<string>;
  /** Where the services stood before, in their migrations; absent where nobody knows. */
  readonly witness?: { readonly name: string; readonly stages: ReadonlyMap<string, Stage> };
  /** The day in UTC, such as `2027-03-31`; absent where nobody says. */
  readonly today?: string;
  /** What came of running the SQL; absent where it was not run. */
  readonly executed?: Executed;
}

/** What came of running the SQL of an environment. */
export interface Executed {
  readonly problems: readonly ExecutedProblem[];
  /** Whether that of all of its databases was run. */
  readonly isWhole: boolean;
}

/** Something that was run, and came to something else than was declared. */
export interface ExecutedProblem {
  readonly at: Origin;
  /** In the words of the subject: `a credential may DELETE ON TABLE public.orders, which nobody declared`. */
  readonly problem: string;
}

/** An environment that is read beside the judged one. */
export interface OtherEnvironment {
  readonly name: string;
  readonly graph: AccessGraph;
  /** The same environment in its other clusters. */
  readonly siblings?: readonly AccessGraph[];
}

/** What a configuration is held to. The words are those of an environment's guardrails. */
export interface Limits {
  /** The longest time that one credential may live, in seconds. */
  readonly maxTtl: number;
  /** `highly-available` refuses a Vault in dev mode or with one replica. */
  readonly vault: "any" | "highly-available";
  /** `verified` asks for TLS with a checked certificate to Vault and to every database. */
  readonly transport: "any" | "verified";
  /** Audit devices of different kinds. */
  readonly auditDevices: number;
  /** The fewest replicas of a Deployment or StatefulSet; from 2 on, one pod at least stays while others are replaced. */
  readonly replicas: number;
  /** `protected` refuses a mount or connection that an apply could destroy. */
  readonly protection: "any" | "protected";
  /** `same` refuses a service that differs from its predecessor in what was proven there. */
  readonly parity: "any" | "same";
}

/** A PostgreSQL server's limits. */
export interface DatabaseCapacity {
  /** PostgreSQL's `max_connections`. */
  readonly maxConnections: number;
}
