import { durationProblems, isDuration, seconds, type Duration, type Problem } from "../core";

/** How long a credential lives. */
export interface CredentialTtl {
  /** Until the first renewal is due, and at every renewal again; a Vault outage is survived for about a quarter of it. */
  readonly default: Duration;
  /** From creation to the end, however often it is renewed; the application changes over to a new one before. */
  readonly max: Duration;
}

/** Vault's own limit for every lease. */
const SYSTEM_MAX: Duration = "768h";
/** Old and new credential overlap by a tenth of the default TTL: below this the change-over has no second. */
const SHORTEST: Duration = "10s";

/** Whether the two durations are ones that Vault keeps: it cuts what is too long without an error. */
export function ttlProblems(property: string, ttl: CredentialTtl): Problem[] {
  const problems = leaseTtlProblems({ default: `${property}.default`, max: `${property}.max` }, ttl);
  if (!isDuration(ttl.default) || seconds(ttl.default) >= seconds(SHORTEST)) return problems;
  return [
    ...problems,
    {
      property: `${property}.default`,
      must: `be at least "${SHORTEST}": old and new credential overlap by a tenth of it only`,
      got: ttl.default,
      fix: "lengthen it",
    },
  ];
}

/** A default and a maximum that stand in properties of these names. */
export function leaseTtlProblems(
  property: { readonly default: string; readonly max: string },
  ttl: CredentialTtl,
): Problem[] {
  const problems = [
    ...durationProblems(property.default, ttl.default),
    ...durationProblems(property.max, ttl.max),
  ];
  if (problems.length > 0) return problems;
  if (seconds(ttl.max) > seconds(SYSTEM_MAX)) {
    const must = `be at most "${SYSTEM_MAX}", the longest lease that Vault gives`;
    problems.push({ property: property.max, must, got: ttl.max, fix: "shorten it" });
  }
  if (seconds(ttl.default) > seconds(ttl.max)) {
    const must = `be at most '${property.max}' (${JSON.stringify(ttl.max)})`;
    problems.push({
      property: property.default,
      must,
      got: ttl.default,
      fix: "shorten it, or lengthen the other",
    });
  }
  return problems;
}
