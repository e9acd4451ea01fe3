import type { VaultClient } from "./servers/vault-client";

/** What a run of issuing and revoking has taken. */
export interface Issuance {
  readonly leaseIds: readonly string[];
  /** Milliseconds per credential, in the order in which they were issued. */
  readonly latencies: readonly number[];
  readonly seconds: number;
}

/** Reads credentials of a role with that many requests at a time. */
export async function issueCredentials(
  vault: VaultClient,
  role: string,
  count: number,
  workers: number,
): Promise<Issuance> {
  const leaseIds: string[] = [];
  const latencies: number[] = [];
  let left = count;
  const startedAt = performance.now();
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const before = performance.now();
      leaseIds.push((await vault.read(`database/creds/${role}`)).lease_id);
      latencies.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return { leaseIds, latencies, seconds: (performance.now() - startedAt) / 1000 };
}

/** Revokes leases one by one, each until its user is dropped; seconds for all. */
export async function revokeLeases(vault: VaultClient, leaseIds: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  for (const lease_id of leaseIds) await vault.write("sys/leases/revoke", { lease_id, sync: true });
  return (performance.now() - startedAt) / 1000;
}
