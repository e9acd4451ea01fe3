import type { Limits } from "./context";

/** Limits for configurations that come without guardrails of their own. */
export const limits = {
  /** For a laptop: what works, works. */
  relaxed: {
    maxTtl: 30 * 86_400,
    vault: "any",
    transport: "any",
    auditDevices: 0,
    replicas: 1,
    protection: "any",
    parity: "any",
  },
  /** For what people depend on. */
  strict: {
    maxTtl: 86_400,
    vault: "highly-available",
    transport: "verified",
    auditDevices: 2,
    replicas: 2,
    protection: "protected",
    parity: "same",
  },
} as const satisfies Record<string, Limits>;
