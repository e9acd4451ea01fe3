/**
 * `npm run bench:issuance`: leasehold's SQL (a credential is a member of a group role) beside the SQL of
 * Vault's tutorial (each credential is granted all tables), through a real Vault, in one run. As root on
 * Linux, like the end-to-end bench, whose servers these are.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { enclosed, recordPorts, runEnclosed } from "../../e2e/enclosure";
import { CertificateAuthority } from "../../e2e/servers/certificates";
import { startPostgres, startVault } from "../../e2e/servers/servers";
import { freePorts } from "../../e2e/support/ports";
import { Teardown } from "../../e2e/support/teardown";
import { prepare, type Role } from "./databases";
import { SpreadDatabase, type Spread } from "./connections";
import { measure, quantile, stall, type Issuance } from "./measure";

/** The tutorial revokes one or two of 500 tables in a second: enough to see, and not to wait for. */
const CREDENTIALS: Readonly<Record<number, number>> = { 10: 200, 500: 40 };
const WORKERS = [1, 10];
/** Of one database. */
const CONNECTIONS = [1, 2, 4, 8];
const TURNS = 3;
/** A herd: after an outage, or when a node pool is replaced. */
const PODS = 200;
/** Of a network, in ms: what a statement travels while Vault holds the lock. */
const DISTANCE = 1;

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
  const ports = await freePorts(4);
  recordPorts(directory, ports);
  const [postgresPort, vaultPort, clusterPort, relayPort] = ports as [number, number, number, number];
  const postgres = await startPostgres({ directory, authority }, postgresPort, teardown);
  const vault = await startVault({ directory, authority }, [vaultPort, clusterPort], teardown);
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
  const most = Math.max(...CONNECTIONS);
  console.log(
    "\nservices spread over connections, in the median of turns; beside one connection in brackets",
  );
  const near = await SpreadDatabase.create(postgres, vault, { database: "near", most });
  await printConnections("Vault and PostgreSQL on one machine", near);
  await relay(relayPort, postgresPort, teardown);
  const far = await SpreadDatabase.create(postgres, vault, { database: "far", most, port: relayPort });
  await printConnections(`${DISTANCE} ms each way between them`, far);
}

/** In turns, so that what the machine does meanwhile meets each number of connections. */
async function printConnections(where: string, database: SpreadDatabase): Promise<void> {
  const runs = new Map(CONNECTIONS.map((count) => [count, [] as { busy: Spread; herd: Spread }[]]));
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const count of CONNECTIONS) {
      await database.spread(count);
      const busy = await database.issue(320, 32);
      const herd = await database.issue(PODS, PODS);
      runs.get(count)?.push({ busy, herd });
    }
  }
  console.log(
    `\n${where}\nconnections  issued/s          revoked/s         ${PODS} pods at once: the last has its credential after, half of them after`,
  );
  const rows = CONNECTIONS.map((count) => inFigures(runs.get(count) ?? []));
  const [one] = rows;
  for (const [index, count] of CONNECTIONS.entries()) {
    const row = rows[index];
    if (row === undefined || one === undefined) continue;
    const cell = (key: keyof typeof row, digits: number, unit = "") =>
      `${row[key].toFixed(digits)}${unit} (${(row[key] / one[key]).toFixed(2)} x)`.padEnd(16);
    console.log(
      [
        String(count).padEnd(11),
        cell("issued", 0),
        cell("revoked", 0),
        cell("last", 2, " s"),
        cell("half", 2, " s"),
      ].join("  "),
    );
  }
  await database.spread(2);
  for (const place of ["same", "other"] as const) {
    const { alone, meanwhile } = await database.besideAHerd(2, PODS, place);
    console.log(
      `a service while ${PODS} pods come on ${place === "same" ? "its connection" : "the other of two connections"}: p50 ${alone.toFixed(0)} ms alone, ${meanwhile.toFixed(0)} ms meanwhile (${(meanwhile / alone).toFixed(1)} x)`,
    );
  }
  const { moved, left } = await database.move(Math.max(...CONNECTIONS));
  console.log(
    `${moved} services moved to another connection with a lease: all renewed and revoked, ${left} users left`,
  );
  if (left > 0) throw new Error("a lease of before was not revoked by the connection of after");
}

/** As a program of its own, so that what it waits for is not the bench. */
async function relay(port: number, target: number, teardown: Teardown): Promise<void> {
  const child = fork(path.join(__dirname, "relay.js"), [port, target, DISTANCE].map(String));
  teardown.add("relay", () => child.kill());
  await once(child, "message");
}

function inFigures(runs: readonly { readonly busy: Spread; readonly herd: Spread }[]) {
  const median = (of: (run: (typeof runs)[number]) => number) => quantile(runs.map(of), 0.5);
  return {
    issued: median(({ busy }) => busy.latencies.length / busy.seconds),
    revoked: median(({ busy }) => busy.latencies.length / busy.revokingSeconds),
    last: median(({ herd }) => herd.seconds),
    half: median(({ herd }) => quantile(herd.latencies, 0.5) / 1000),
  };
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
