import type { ClientConfig } from "pg";
import type { Ca } from "./ca-file";
import { isForbidden, type DatabaseOfService } from "./contract";

/** What the contract says about a connection, as `pg` takes it; without user and password. */
export function connectionSettings({ service, database }: DatabaseOfService): ClientConfig {
  const { host, port, database: name, schema } = database;
  // A pooler refuses a login that asks for it; there the database has it as a default.
  const hasPath = schema !== "public" && !isForbidden(database, "startup-parameters");
  return {
    host,
    port,
    database: name,
    fallback_application_name: service === "" ? undefined : service,
    // A new user has none of the settings that somebody once made for the old one.
    ...(hasPath && {
      options: `-c search_path=${escapeOption(`"${schema.replaceAll('"', '""')}"`)}`,
    }),
  };
}

/**
 * How the server is trusted.
 *
 * @param ca certificates of {@link caFile}, as they are now
 */
export function tls({ database }: DatabaseOfService, ca: Ca | undefined): ClientConfig["ssl"] {
  if (database.sslMode === "disable") return false;
  if (database.sslMode === "require") return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ...(ca && { secureContext: ca.secureContext }) };
}

/** The file with the CA's certificates, where one is needed; otherwise the roots that Node trusts are. */
export function caFile({ database }: Pick<DatabaseOfService, "database">): string | undefined {
  return database.sslMode === "verify-full" ? (database.sslRootCert ?? undefined) : undefined;
}

/** PostgreSQL splits the options at white space. */
function escapeOption(value: string): string {
  return value.replace(/[\\\s]/g, "\\$&");
}
