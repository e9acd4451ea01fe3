import type { Client } from "pg";

/** A provider's DBA on a stock server: who it is there, by the rights that the provider's pages give it. */
export interface ManagedServer {
  readonly provider: string;
  /** Who logs in as the DBA. */
  readonly administrator: string;
  /** Who owns the database. */
  readonly databaseOwner: string;
  /** What the provider's superuser does when it makes the server. */
  readonly setUp: string;
}

export const PASSWORD = "correct horse";

/**
 * Roles of PostgreSQL's own reach the DBA by the provider's role, which may hand them on. A provider's server may allow
 * more by patches of its own, which no stock server has.
 */
function managed(
  provider: string,
  providersRole: string,
  attributes: string,
  databaseOwner: "administrator" | "provider",
): ManagedServer {
  const administrator = `${provider}_dba`;
  return {
    provider,
    administrator,
    databaseOwner: databaseOwner === "provider" ? providersRole : administrator,
    setUp: `
      CREATE ROLE ${providersRole} ${attributes};
      GRANT pg_monitor, pg_signal_backend TO ${providersRole} WITH ADMIN OPTION;
      CREATE ROLE ${administrator} LOGIN CREATEDB CREATEROLE PASSWORD '${PASSWORD}' VALID UNTIL 'infinity' IN ROLE ${providersRole}`,
  };
}

export const MANAGED_SERVERS: readonly ManagedServer[] = [
  managed("rds", "rds_superuser", "NOLOGIN", "administrator"),
  managed("cloudsql", "cloudsqlsuperuser", "NOLOGIN CREATEDB CREATEROLE", "provider"),
  managed("azure", "azure_pg_admin", "NOLOGIN", "provider"),
  {
    provider: "cloudnativepg",
    administrator: "cloudnativepg_dba",
    databaseOwner: "app",
    // The last statement is a superuser's, by `kubectl cnpg psql`: a manifest's `inRoles` does not make an ADMIN.
    setUp: `
      CREATE ROLE app LOGIN PASSWORD '${PASSWORD}';
      CREATE ROLE cloudnativepg_dba LOGIN CREATEROLE PASSWORD '${PASSWORD}' IN ROLE app, pg_signal_backend;
      GRANT pg_signal_backend TO cloudnativepg_dba WITH ADMIN OPTION`,
  },
];

/** Makes the DBA and its database; what the provider's superuser does. */
export async function setUpManaged(superuser: Client, server: ManagedServer): Promise<void> {
  await superuser.query(server.setUp);
  await superuser.query(`CREATE DATABASE shop OWNER ${server.databaseOwner}`);
}
