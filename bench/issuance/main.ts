/**
 * `npm run bench:issuance`: leasehold's SQL (a credential is a member of a group role) beside the SQL of
 * Vault's tutorial (each credential is granted all tables), through a real Vault, in one run. As root on
 * Linux, like the end-to-end bench, whose servers these are.
 */
import path from "node:path";
import { enclosed, recordPorts, runEnclosed } from "../../e2e/enclosure";
import { CertificateAuthority } from "../../e2e/servers/certificates";
import { startPostgres, startVault } from "../../e2e/servers/servers";
import { freePorts } from "../../e2e/support/ports";
import { Teardown } from "../../e2e/support/teardown";
import { prepare, type Role } from "./databases";
import { measure, stall, type Issuance } from "./measure";

/** The tutorial revokes one or two of 500 tables in a second: enough to see, and not to wait for. */
const CREDENTIALS: Readonly<Record<number, number>> = { 10: 200, 500: 40 };
const WORKERS = [1, 10];

async function main(): Promise<number> {
  const directory = enclosed()?.directory;
  if (directory === undefined)
    return runEnclosed(
      { group: "issuance", network: "machine", leftovers: "everywhere" },
      process.argv.slice(1),
    );
  const teardown = new Teardown();
  try {
    await bench(directory, teardown);
    return 0;
  } finally {
    await teardown.run();
  }
}

async function bench(directory: string, teardown: Teardown): Promise<void> {
  const authority = await CertificateAuthority.create(path.join(directory, "tls"));
  const ports = await freePorts(3);
  recordPorts(directory, ports);
  const [postgresPort, vaultPort, clusterPort] = ports as [number, number, number];
  const postgres = await startPostgres(directory, authority, postgresPort, teardown);
  const vault = await startVault(directory, authority, [vaultPort, clusterPort], teardown);
  await vault.client.write("sys/mounts/database", { type: "database" });

  console.log("tables  workers  SQL       credentials/s  p50 ms  p99 ms  revoked/s");
  for (const [tables, count] of Object.entries(CREDENTIALS)) {
    const roles = await prepare(postgres, vault, Number(tables));
    for (const workers of WORKERS) {
      const results = new Map<string, Issuance>();
      for (const role of roles) {
        const result = await measure(vault.client, role.name, count, workers);
        results.set(role.strategy, result);
        console.log(row(role, workers, result));
      }
      console.log(comparison(results));
    }
  }
  await printStall(vault.client, 500, 40);
}

function row({ tables, strategy }: Role, workers: number, result: Issuance): string {
  return [
    String(tables).padEnd(6),
    String(workers).padEnd(7),
    strategy.padEnd(8),
    result.issuedPerSecond.toFixed(0).padEnd(13),
    result.p50.toFixed(0).padEnd(6),
    result.p99.toFixed(0).padEnd(6),
    result.revokedPerSecond.toFixed(1),
  ].join("  ");
}

function comparison(results: ReadonlyMap<string, Issuance>): string {
  const group = results.get("group");
  const tutorial = results.get("tutorial");
  const times = (of: (result: Issuance) => number) =>
    group && tutorial ? `${(of(group) / of(tutorial)).toFixed(1)} x` : "-";
  return `                 group/tutorial: issue ${times((r) => r.issuedPerSecond)}, revoke ${times((r) => r.revokedPerSecond)}`;
}

async function printStall(vault: Parameters<typeof stall>[0], tables: number, count: number): Promise<void> {
  console.log(
    `\na group-role credential while ${count} tutorial credentials of ${tables} tables are revoked:`,
  );
  for (const [where, victim] of [
    ["on the same connection", `neighbour-${tables}`],
    ["on a connection of its own", `group-${tables}`],
  ] as const) {
    const { alone, meanwhile } = await stall(vault, victim, `tutorial-${tables}`, count);
    const factor = (meanwhile.p50 / alone.p50).toFixed(1);
    console.log(
      `  ${where}: p50 ${alone.p50.toFixed(0)} ms alone, ${meanwhile.p50.toFixed(0)} ms meanwhile (${factor} x), at most ${meanwhile.max.toFixed(0)} ms`,
    );
  }
}

main()
  .catch((error: unknown) => {
    console.error(error);
    return 1;
  })
  .then((code) => process.exit(code));
