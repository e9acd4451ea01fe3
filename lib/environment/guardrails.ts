import type { Duration } from "../core";

/**
 * Limits that an environment holds itself to. They are values of the environment, so that no code
 * knows what "production" is. The rules judge what was rendered by them, and by nothing else: where one
 * service is rightly beyond a limit, `waivers` of the environment accept that rule for that service.
 */
export interface Guardrails {
  /** The longest `ttl.max` of a service: how long one credential may live. */
  readonly maxTtl: Duration;
  /** `highly-available` refuses a Vault in dev mode. */
  readonly vault: "any" | "highly-available";
  /** `verified` asks for TLS with a checked certificate to Vault and to every database. */
  readonly transport: "any" | "verified";
  /** Audit devices of different kinds, where this environment owns Vault: one that fails must not stop Vault. */
  readonly auditDevices: number;
  /** The fewest replicas of a Deployment or StatefulSet; from 2 on, one pod at least stays while others are replaced. */
  readonly replicas: number;
  /** `protected` refuses an environment whose mount or connections could be destroyed by an apply. */
  readonly protection: "any" | "protected";
  /** `same` refuses a service that differs from what was proven in the environment before: its grants, its injection. */
  readonly parity: "any" | "same";
}

/** For a laptop: what works, works. */
export const relaxed: Guardrails = {
  maxTtl: "30d",
  vault: "any",
  transport: "any",
  auditDevices: 0,
  replicas: 1,
  protection: "any",
  parity: "any",
};

/** For an environment that people depend on. */
export const strict: Guardrails = {
  maxTtl: "24h",
  vault: "highly-available",
  transport: "verified",
  auditDevices: 2,
  replicas: 2,
  protection: "protected",
  parity: "same",
};
