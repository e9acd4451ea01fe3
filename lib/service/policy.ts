/**
 * The policy of a service: it may read its own credentials, and nothing else. Renewal and revocation
 * are allowed by Vault's `default` policy. As JSON, so that it reads back without a parser of HCL.
 */
export function servicePolicy(credsPaths: readonly string[]): string {
  const rules = credsPaths.map((path) => [path, { capabilities: ["read"] }] as const);
  return JSON.stringify({ path: Object.fromEntries(rules) });
}
