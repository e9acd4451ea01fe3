import fs from "node:fs";
import pg from "pg";

/** What leasehold tells the application: where the database is, and where its credentials are. */
export const contract = JSON.parse(fs.readFileSync(process.env.LEASEHOLD_CONTRACT, "utf8"));

/** The first database of the contract, which for these applications is the only one. */
export const database = Object.values(contract.databases)[0];

/** User and password from one read of the one file, whatever its format. */
export function readCredentials({ credentialsFile, format } = database) {
  const text = fs.readFileSync(credentialsFile, "utf8");
  const value = (pattern) => text.match(pattern)[1];
  switch (format) {
    case "json": {
      const { username, password } = JSON.parse(text);
      return { user: username, password };
    }
    case "env":
      return { user: value(/^PGUSER='(.*)'$/m), password: value(/^PGPASSWORD='(.*)'$/m) };
    case "properties":
      return { user: value(/^username=(.*)$/m), password: value(/^password=(.*)$/m) };
    case "url": {
      const { username, password } = new URL(text);
      return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
    }
    case "custom":
      return { user: value(/^username: "(.*)"$/m), password: value(/^password: "(.*)"$/m) };
  }
}

/** Connects with nothing but the contract and the credentials. */
export async function connect(credentials = readCredentials()) {
  if (database.sslMode !== "verify-full") throw new Error(`unexpected TLS mode ${database.sslMode}`);
  const client = new pg.Client({
    ...credentials,
    host: database.host,
    port: database.port,
    database: database.database,
    application_name: contract.service,
    ssl: { ca: fs.readFileSync(database.sslRootCert, "utf8") },
  });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** One line of JSON on standard output, for the bench to read. */
export function log(event, details = {}) {
  console.log(JSON.stringify({ at: new Date().toISOString(), event, ...details }));
}
