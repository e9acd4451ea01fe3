import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, contract, log, readCredentials } from "./credentials.mjs";

/**
 * An application that runs all the time: asks the database ten times a second, changes over when its
 * credentials file changes, and goes on working for most of its drain after it was told to stop.
 */
let client;
let user;
let ready = false;
let drainUntil;
let queries = 0;

process.on("SIGTERM", () => {
  drainUntil = Date.now() + contract.drainSeconds * 1000 - 500;
  log("stopping");
});

http.createServer((request, response) => response.writeHead(ready ? 200 : 503).end()).listen(8080);

log("started", { credentials: tryTo(readCredentials)?.user });
while (drainUntil === undefined || Date.now() < drainUntil) {
  await turn().catch((error) => {
    ready = false;
    client = undefined;
    log("error", { user, message: error.message });
  });
  await sleep(100);
}
await client?.end().catch(() => undefined);
log("drained", { user, queries });
process.exit(0);

async function turn() {
  const credentials = readCredentials();
  if (!client || credentials.user !== user) await changeOver(credentials);
  const { rows } = await client.query("SELECT current_user AS name");
  if (rows[0].name !== user) throw new Error(`connected as ${rows[0].name}`);
  queries += 1;
  ready = true;
}

/** The new connection first, so that there is no moment without one. */
async function changeOver(credentials) {
  const next = await connect(credentials);
  const previous = client;
  client = next;
  user = credentials.user;
  log("connected", { user });
  await previous?.end().catch(() => undefined);
}

function tryTo(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}
