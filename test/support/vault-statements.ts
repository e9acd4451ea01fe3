import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import type { Client } from "pg";

/**
 * What Vault's PostgreSQL plugin does with the statements of a role, as its source has it
 * (hashicorp/vault, plugins/database/postgresql/postgresql.go): NewUser, changeUserExpiration and
 * customDeleteUser, each in one transaction on the connection of Vault's login.
 */

/** A user as `creds/<role>` returns it. */
export interface VaultUser {
  readonly name: string;
  readonly password: string;
  /** As Vault writes it: `2006-01-02 15:04:05-0700`. */
  readonly expiration: string;
}

/** NewUser: creation statements see name, password and expiration. */
export async function createUser(
  vault: Client,
  statements: readonly string[],
  user: VaultUser,
): Promise<void> {
  const { name, password, expiration } = user;
  const values = { name, username: name, password: scramHash(password), expiration };
  await inTransaction(vault, statements.flatMap(splitStatement), values);
}

/** customDeleteUser: revocation statements see the name only. */
export async function revokeUser(vault: Client, statements: readonly string[], name: string): Promise<void> {
  await inTransaction(vault, statements.flatMap(splitStatement), { name, username: name });
}

/** changeUserExpiration with Vault's default statement; renewal statements are always split. */
export async function renewUser(vault: Client, { name, expiration }: VaultUser): Promise<void> {
  const statement = `ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}';`;
  await inTransaction(vault, splitAtSemicolons(statement), { name, username: name, expiration });
}

async function inTransaction(
  vault: Client,
  queries: readonly string[],
  values: Record<string, string>,
): Promise<void> {
  await vault.query("BEGIN");
  try {
    for (const query of queries) await vault.query(fill(query, values));
    await vault.query("COMMIT");
  } catch (error) {
    await vault.query("ROLLBACK");
    throw error;
  }
}

/** dbutil.QueryHelper: plain replacement, without any quoting. */
function fill(query: string, values: Record<string, string>): string {
  return Object.entries(values).reduce(
    (text, [key, value]) => text.replaceAll(`{{${key}}}`, () => value),
    query,
  );
}

/** `password_authentication = "scram-sha-256"`: Vault hashes, so that no statement holds a password (RFC 5803). */
function scramHash(password: string): string {
  const salt = Buffer.from("leasehold's salt");
  const salted = pbkdf2Sync(password, salt, 4096, 32, "sha256");
  const key = (name: string) => createHmac("sha256", salted).update(name).digest();
  const stored = createHash("sha256").update(key("Client Key")).digest("base64");
  return `SCRAM-SHA-256$4096:${salt.toString("base64")}$${stored}:${key("Server Key").toString("base64")}`;
}

/** One element of the list: whole if it contains END, otherwise cut at each semicolon. */
export function splitStatement(statement: string): string[] {
  return containsMultilineStatement(statement) ? [statement] : splitAtSemicolons(statement);
}

/** strutil.ParseArbitraryStringSlice for text that is neither JSON nor base64, which SQL never is. */
function splitAtSemicolons(statement: string): string[] {
  return statement
    .split(";")
    .map((query) => query.trim())
    .filter((query) => query !== "");
}

/**
 * containsMultilineStatement: quoted phrases end with the line, and each replacement starts from the
 * whole statement again, so that only the last phrase is taken out; both as in the source.
 */
function containsMultilineStatement(statement: string): boolean {
  const phrases = [...(statement.match(/".*?"/g) ?? []), ...(statement.match(/'.*?'/g) ?? [])];
  const last = phrases.at(-1);
  return /\bEND\b/.test(last === undefined ? statement : statement.replaceAll(last, ""));
}
