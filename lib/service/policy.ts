import type { Construct } from "constructs";
import { brings, providersOf } from "../core/providers";
import { Policy } from "../core/terraform";

/**
 * The policy of a service: it may read its own credentials, and nothing else. Renewal and revocation
 * are allowed by Vault's `default` policy. As JSON, so that it reads back without a parser of HCL.
 */
export function servicePolicy(credsPaths: readonly string[]): string {
  const rules = credsPaths.map((path) => [path, { capabilities: ["read"] }] as const);
  return JSON.stringify({ path: Object.fromEntries(rules) });
}

/** The policy as a resource. Where the provider can refuse it, none that somebody else has made is overwritten at the first apply. */
export function addPolicy(scope: Construct, name: string, credsPaths: readonly string[]): Policy {
  const policy = new Policy(scope, "Policy", { name, policy: servicePolicy(credsPaths) });
  if (brings(providersOf(scope), "policyOverwrite")) policy.addOverride("allow_overwrite", false);
  return policy;
}
