import { connect, log, readCredentials } from "./credentials.mjs";

/** Changes of a schema in their order, each of which is made once: how a tool for migrations does it. */
const CHANGES = [
  "CREATE TABLE IF NOT EXISTS refunds (id int PRIMARY KEY, amount numeric)",
  "ALTER TABLE refunds ADD COLUMN IF NOT EXISTS reason text",
];

const credentials = readCredentials();
const client = await connect(credentials);
const { rows } = await client.query("SELECT session_user, current_user");
for (const change of CHANGES.slice(0, Number(process.argv[2]))) await client.query(change);
await client.end();
log("done", rows[0]);
