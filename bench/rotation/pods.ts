import fs from "node:fs";
import path from "node:path";
import type { TestDatabase } from "../../test/support/postgres-database";
import { Issuer, VaultConnection, type Timing } from "./issuer";

export interface PodsOptions {
  readonly database: TestDatabase;
  readonly port: number;
  readonly directory: string;
  readonly pods: number;
  /** Most connections of each pod. */
  readonly poolMax: number;
  readonly timing: Timing;
}

/** The credentials of some pods, which rotate on their own, and the contract that names them. */
export interface Pods {
  readonly issuers: readonly Issuer[];
  readonly contract: string;
}

/** Each pod has its first credentials. */
export async function startPods(options: PodsOptions): Promise<Pods> {
  const { database, port, directory, pods, poolMax, timing } = options;
  const vault = new VaultConnection(await database.connectVault());
  const issuers = Array.from(
    { length: pods },
    (_, pod) =>
      new Issuer(vault, path.join(directory, `pod${pod}`), `${path.basename(directory)}-${pod}`, timing),
  );
  for (const issuer of issuers) await issuer.rotate();
  const databases = issuers.map(({ file }, pod) => [
    `pod${pod}`,
    {
      credentialsFile: file,
      format: "json",
      host: "127.0.0.1",
      port,
      database: database.name,
      schema: "public",
      sslMode: "disable",
      sslRootCert: null,
      poolMax,
      // For pools that do not notice a new user: they have to be off the old one by this alone.
      poolMaxLifetimeSeconds: timing.overlap * 0.9 - 0.5,
      overlapSeconds: timing.overlap,
    },
  ]);
  const contract = path.join(directory, "contract.json");
  fs.writeFileSync(
    contract,
    JSON.stringify({
      version: 1,
      service: "orders",
      drainSeconds: 5,
      databases: Object.fromEntries(databases),
    }),
  );
  return { issuers, contract };
}
