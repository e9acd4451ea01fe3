import { issueCredentials } from "../../e2e/issuance";
import type { VaultClient } from "../../e2e/servers/vault-client";

/** How fast credentials of one role were issued, and revoked again. */
export interface Issuance {
  readonly issuedPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly revokedPerSecond: number;
}

/** Issues so many credentials by so many workers, then revokes them all and waits for the last. */
export async function measure(
  vault: VaultClient,
  role: string,
  count: number,
  workers: number,
): Promise<Issuance> {
  const { latencies, seconds } = await issueCredentials(vault, role, count, workers);
  const revoking = await timed(() => revokeAll(vault, role));
  return {
    issuedPerSecond: count / seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    revokedPerSecond: count / revoking,
  };
}

/** Latencies of a role's credentials, in ms: alone, and while so many credentials of another one are revoked. */
export async function stall(vault: VaultClient, victim: string, revoked: string, count: number) {
  const { latencies: alone } = await issueCredentials(vault, victim, 20, 1);
  await issueCredentials(vault, revoked, count, 1);
  const meanwhile: number[] = [];
  let revoking = true;
  const revocation = revokeAll(vault, revoked).finally(() => (revoking = false));
  while (revoking) meanwhile.push(...(await issueCredentials(vault, victim, 1, 1)).latencies);
  await revocation;
  await revokeAll(vault, victim);
  const summary = (latencies: readonly number[]) => ({
    p50: quantile(latencies, 0.5),
    max: Math.max(...latencies),
  });
  return { alone: summary(alone), meanwhile: summary(meanwhile) };
}

async function revokeAll(vault: VaultClient, role: string): Promise<void> {
  await vault.write(`sys/leases/revoke-prefix/database/creds/${role}`, { sync: true });
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}

/** The value below which such a share of all lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
