import type { Bench } from "../bench";
import { logInToShop, type Credentials } from "./database-login";

/** Of a service whose pods come and go by themselves, if at all. */
const ROLE = "database/roles/reports-shop";
const CREDENTIALS = "database/creds/reports-shop";
const MOUNT = "sys/mounts/database/tune";
const TTL = { default_ttl: "1h", max_ttl: "24h" };

/** A lease as most have it, among those of seconds. */
export class HourlyLease {
  private constructor(
    private readonly bench: Bench,
    private readonly leaseId: string,
    private readonly credentials: Credentials,
    private readonly undo: () => Promise<void>,
  ) {}

  static async issue(bench: Bench): Promise<HourlyLease> {
    const { client } = bench.vault;
    const { data: role } = await client.read(ROLE);
    const { data: mount } = await client.read<{ max_lease_ttl: number }>(MOUNT);
    await client.write(MOUNT, { max_lease_ttl: TTL.max_ttl });
    await client.write(ROLE, { ...role, ...TTL });
    const { lease_id, data } = await client.read<Credentials>(CREDENTIALS);
    return new HourlyLease(bench, lease_id, data, async () => {
      await client.write(ROLE, role);
      await client.write(MOUNT, { max_lease_ttl: mount.max_lease_ttl });
    });
  }

  /** Throws where Vault does not renew it, or PostgreSQL does not let its user in. */
  async works(): Promise<void> {
    await this.bench.vault.client.write("sys/leases/renew", { lease_id: this.leaseId });
    await logInToShop(this.bench, this.credentials);
  }

  async end(): Promise<void> {
    await this.bench.vault.client.write("sys/leases/revoke", { lease_id: this.leaseId, sync: true });
    await this.undo();
  }
}
