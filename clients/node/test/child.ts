/**
 * An application without a handler for uncaught exceptions, for `applications.ts`: `child.ts <pool> <scenario> <contract>`.
 * It says `ready`, works until something is written to its standard input, and then says what it has seen, as JSON.
 */
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Pool, type Contract } from "../src";

const [kind = "", scenario = "", contractFile = ""] = process.argv.slice(2);
const contract = JSON.parse(fs.readFileSync(contractFile, "utf8")) as Contract;
const seen = { queries: 0, failed: 0, reasons: [] as string[], connections: 0, warnings: 0, answers: false };
process.on("warning", ({ name }) => name === "LeaseholdWarning" && (seen.warnings += 1));

const pool = kind === "pg" ? plainPool() : leaseholdPool();
let stopped = false;
pool.on("connect", () => (seen.connections += 1));

function plainPool(): pg.Pool {
  const { shop } = contract.databases;
  if (!shop) throw new Error("no database");
  const { username, password } = JSON.parse(fs.readFileSync(shop.credentialsFile, "utf8")) as {
    username: string;
    password: string;
  };
  const { host, port, database } = shop;
  const plain = new pg.Pool({ host, port, database, max: shop.poolMax, user: username, password });
  plain.on("error", () => {});
  return plain;
}

function leaseholdPool(): Pool {
  // Half of them throws, the other half rejects; nobody listens to `error`.
  const hook = scenario === "throws" ? throwing : scenario === "rejects" ? rejecting : undefined;
  return new Pool({
    contract,
    shutdown: "manual",
    onRotation: hook,
    onOverstay: hook,
    onCredentialsError: hook,
    // New connections all the time.
    ...(scenario === "churn" && { maxUses: 20 }),
    ...(scenario === "parser" && { parseCredentials: () => Promise.reject(new Error("no parser")) }),
  });
}

function throwing(): never {
  throw new Error("a hook");
}

async function rejecting(): Promise<never> {
  await sleep(1);
  throw new Error("a hook");
}

async function queries(): Promise<void> {
  while (!stopped) {
    seen.queries += 1;
    await pool.query("SELECT 1").catch(({ message }: Error) => {
      seen.failed += 1;
      if (!seen.reasons.includes(message)) seen.reasons.push(message);
      return sleep(5);
    });
  }
}

/** Holds a connection for as long as the test takes, as a long transaction does. */
async function transactions(): Promise<void> {
  while (!stopped) {
    const client = await pool.connect().catch(() => undefined);
    if (!client) {
      await sleep(20);
      continue;
    }
    await client.query("BEGIN").catch(() => {});
    for (let turn = 0; turn < 20 && !stopped; turn += 1) await sleep(50);
    await client.query("COMMIT").catch(() => (seen.failed += 1));
    client.release();
  }
}

/** Everything idle: only the pool holds the connections. */
async function idle(): Promise<void> {
  await Promise.all([1, 2, 3].map(() => pool.query("SELECT pg_sleep(0.05)").catch(() => {})));
  while (!stopped) await sleep(20);
}

async function main(): Promise<void> {
  const working =
    scenario === "transaction"
      ? [transactions(), transactions()]
      : scenario === "idle"
        ? [idle()]
        : Array.from({ length: Number(scenario) || 12 }, queries);
  await sleep(200);
  console.log("ready");
  await new Promise((resolve) => process.stdin.once("data", resolve));
  stopped = true;
  await Promise.all(working);
  for (let turn = 0; turn < 50 && !seen.answers; turn += 1) {
    seen.answers = await pool.query("SELECT 1").then(
      () => true,
      () => sleep(100, false),
    );
  }
  console.log(JSON.stringify(seen));
  process.exit(0);
}

void main();
