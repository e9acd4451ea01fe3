import type { AccessGraph } from "../access";
import type { Context, Finding, Limits } from "../rules";
import { duration } from "../rules/words";
import type { GuardrailReport } from "./model";

/** Which rules hold a configuration to which limit. */
const RULES: Readonly<Record<keyof Limits, readonly string[]>> = {
  maxTtl: ["ttl/beyond-guardrail"],
  vault: [
    "vault/dev-mode",
    "vault/one-replica",
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
export function guardrailsOf(
  graph: AccessGraph,
  findings: readonly Finding[],
  context: Context,
): GuardrailReport[] {
  const { limits } = context;
  return (Object.keys(RULES) as (keyof Limits)[]).map((guardrail) => {
    const against = findings.filter(({ rule }) => RULES[guardrail].includes(rule));
    const asked = limits[guardrail];
    const open = asked === "any" || asked === 0;
    const violated =
      against.length === 0 ? "yes" : against.every(({ waived }) => waived !== null) ? "waived" : "no";
    return {
      guardrail,
      asked: guardrail === "maxTtl" ? duration(limits.maxTtl) : String(asked),
      met: open ? "not-asked" : judged(guardrail, graph, context) ? violated : "not-judged",
      rules: RULES[guardrail],
    };
  });
}

/** Whether the configuration has what the limit is about. */
function judged(guardrail: keyof Limits, graph: AccessGraph, { predecessor }: Context): boolean {
  if (guardrail === "parity") return predecessor !== undefined;
  if (guardrail === "vault") return graph.helmReleases.length > 0;
  return guardrail !== "maxTtl" || graph.databaseRoles.length > 0;
}
