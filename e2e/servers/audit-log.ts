import fs from "node:fs";

/** One line of Vault's audit file; values are hashed where Vault hashes them. */
export interface AuditEntry {
  readonly time: string;
  readonly type: "request" | "response";
  readonly error?: string;
  readonly auth?: {
    readonly accessor?: string;
    readonly display_name?: string;
    readonly entity_id?: string;
    readonly policies?: readonly string[];
    readonly metadata?: Record<string, string>;
  };
  readonly request: {
    readonly id: string;
    readonly operation: string;
    readonly path: string;
    readonly remote_address?: string;
    readonly data?: Record<string, unknown>;
  };
  readonly response?: {
    readonly data?: Record<string, unknown>;
    readonly secret?: { readonly lease_id?: string };
    readonly auth?: AuditEntry["auth"];
  };
}

/** The entries so far, oldest first; a line that Vault is still writing is left out. */
export function readAuditLog(file: string): AuditEntry[] {
  if (!fs.existsSync(file)) return [];
  const text = fs.readFileSync(file, "utf8");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AuditEntry);
}
