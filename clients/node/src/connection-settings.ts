import fs from "node:fs";
import type { ClientConfig } from "pg";
import type { DatabaseOfService } from "./contract";

/** What the contract says about a connection, as `pg` takes it; without user and password. */
export function connectionSettings({ service, database }: DatabaseOfService): ClientConfig {
  const { host, port, database: name, schema } = database;
  return {
    host,
    port,
    database: name,
    fallback_application_name: service === "" ? undefined : service,
    // A new user has none of the settings that somebody once made for the old one.
    ...(schema !== "public" && {
      options: `-c search_path=${escapeOption(`"${schema.replaceAll('"', '""')}"`)}`,
    }),
  };
}

/** How the server is trusted; the CA is read for each connection, so that a new one is noticed. */
export function tls({ database: { sslMode, sslRootCert } }: DatabaseOfService): ClientConfig["ssl"] {
  if (sslMode === "disable") return false;
  if (sslMode === "require") return { rejectUnauthorized: false };
  return sslRootCert === null
    ? { rejectUnauthorized: true }
    : { rejectUnauthorized: true, ca: fs.readFileSync(sslRootCert, "utf8") };
}

/** PostgreSQL splits the options at white space. */
function escapeOption(value: string): string {
  return value.replace(/[\\\s]/g, "\\$&");
}
