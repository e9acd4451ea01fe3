import type { Context, Finding, Limits } from "../rules";
import { duration } from "../rules/words";
import type { GuardrailReport } from "./model";

/** Which rules hold a configuration to which limit. */
const RULES: Readonly<Record<keyof Limits, readonly string[]>> = {
  maxTtl: ["ttl/beyond-guardrail"],
  vault: [
    "vault/dev-mode",
    "vault/one-replica",
    "vault/few-replicas",
    "vault/injector-replicas",
    "vault/publishes-not-ready",
    "vault/network-policy",
    "vault/webhook-lets-pods-through",
  ],
  transport: [
    "transport/sslmode",
    "transport/vault-over-http",
    "transport/tls-skip-verify",
    "transport/tls-disabled",
  ],
  auditDevices: ["vault/audit-devices"],
  replicas: ["vault/few-replicas"],
  protection: ["connection/replaceable"],
  parity: ["parity/format", "parity/grants", "parity/injection", "parity/missing"],
};

/** Whether each limit holds, by what the rules found. */
export function guardrailsOf(findings: readonly Finding[], { limits }: Context): GuardrailReport[] {
  return (Object.keys(RULES) as (keyof Limits)[]).map((guardrail) => {
    const against = findings.filter(({ rule }) => RULES[guardrail].includes(rule));
    const asked = limits[guardrail];
    const open = asked === "any" || asked === 0;
    const violated =
      against.length === 0 ? "yes" : against.every(({ waived }) => waived !== null) ? "waived" : "no";
    return {
      guardrail,
      asked: guardrail === "maxTtl" ? duration(limits.maxTtl) : String(asked),
      met: open ? "not-asked" : violated,
      rules: RULES[guardrail],
    };
  });
}
