import { setTimeout as sleep } from "node:timers/promises";
import { connect, log, readCredentials } from "./credentials.mjs";

/** An application that ends by itself: works for two seconds with one credential. */
const credentials = readCredentials();
const client = await connect(credentials);
log("connected", { user: credentials.user });
for (let turn = 0; turn < 20; turn += 1) {
  await client.query("SELECT 1");
  await sleep(100);
}
await client.end();
log("done", { user: credentials.user });
