import { seconds, type Duration } from "../../core";
import type { CredentialTtl } from "../../postgres";

/** A number that nobody chose. */
export interface Derived {
  /** In seconds. */
  readonly value: number;
  /** Where it comes from, in one sentence. */
  readonly reason: string;
}

/** Every duration of a service that follows from its TTLs and its drain. */
export interface Timing {
  /** Lifetime of the agent's token between two renewals. */
  readonly tokenPeriod: Derived;
  /** How long the old credential still works after the new one is in the file, at least. */
  readonly overlap: Derived;
  /** After how long a pool must close a connection. */
  readonly poolMaxLifetime: Derived;
  /** An outage of Vault that no application notices, whenever it begins. */
  readonly outageTolerance: Derived;
  /** What the application needs to end its work once it is told to stop. */
  readonly drain: Derived;
  /** What the agent needs to revoke the credential once the application is gone. */
  readonly revokeMargin: Derived;
  /** `terminationGracePeriodSeconds` of the pod. */
  readonly terminationGracePeriod: Derived;
  /** How long an agent that is told to stop together with the application waits before it revokes. */
  readonly revokeGrace: Derived;
  /** Lifetime of the ServiceAccount token that the agent logs in with. */
  readonly serviceAccountTokenExpiry: Derived;
}

/** The agent's revocation gives up after 5 s of silence from Vault; the rest is for starting and stopping. */
const REVOKE_MARGIN = 10;
/** After the drain, so that a signal that arrives a moment late does not cut the application off. */
const AFTER_DRAIN = 2;

/** Solves the timing of a service. */
export function deriveTiming(ttl: CredentialTtl, drain: Duration): Timing {
  return { ...leaseTiming(seconds(ttl.default)), ...shutdownTiming(seconds(drain)) };
}

function leaseTiming(defaultTtl: number) {
  return {
    tokenPeriod: {
      value: defaultTtl,
      reason:
        "the default TTL: a token that ends takes its leases with it, and one that outlived them would only delay the clean-up after a node that vanished",
    },
    overlap: {
      value: percent(defaultTtl, 10),
      reason:
        "a tenth of the default TTL: the agent fetches the next credential at least that long before the maximum TTL",
    },
    poolMaxLifetime: {
      value: Math.max(1, percent(defaultTtl, 9)),
      reason:
        "9 % of the default TTL: within the overlap every connection of the old user is closed, with a rest for reading the file",
    },
    outageTolerance: {
      value: percent(defaultTtl, 10),
      reason:
        "a tenth of the default TTL: so much is left at least when an outage begins just before a rotation; just before a renewal it is 27 %",
    },
    serviceAccountTokenExpiry: {
      value: 600,
      reason: "the shortest that Kubernetes allows: the token serves to log in, and the kubelet renews it",
    },
  } satisfies Partial<Timing>;
}

function shutdownTiming(drain: number) {
  return {
    drain: { value: drain, reason: "what the service declares that it needs to end its work" },
    revokeMargin: {
      value: REVOKE_MARGIN,
      reason:
        "twice the 5 s after which the agent gives up revoking a credential at a Vault that does not answer",
    },
    terminationGracePeriod: {
      value: drain + REVOKE_MARGIN,
      reason: "drain and revoke margin: the kubelet kills what still runs when it ends",
    },
    revokeGrace: {
      value: drain + AFTER_DRAIN,
      reason: `the drain and ${AFTER_DRAIN} s: an agent that is stopped together with the application must not revoke before the application has ended`,
    },
  } satisfies Partial<Timing>;
}

/** Rounded down, in whole numbers: 0.09 times something need not be what it looks like. */
function percent(value: number, hundredths: number): number {
  return Math.floor((value * hundredths) / 100);
}
