import type { Bench } from "../bench";
import { readAuditLog, type AuditEntry } from "../servers/audit-log";

export interface AuditCounts {
  readonly logins: number;
  readonly credentials: number;
  readonly renewals: number;
  readonly revocations: number;
}

/** What Vault's audit log says about one ServiceAccount. */
export interface ServiceAudit {
  entries(): AuditEntry[];
  counts(): AuditCounts;
}

export function auditOf({ vault }: Bench, service: string): ServiceAudit {
  const entries = () =>
    readAuditLog(vault.auditFile).filter(
      ({ type, error, auth, response }) =>
        type === "response" &&
        error === undefined &&
        (auth?.metadata ?? response?.auth?.metadata)?.service_account_name === service,
    );
  return {
    entries,
    counts: () => {
      const paths = entries().map(({ request }) => request.path);
      const count = (pattern: RegExp) => paths.filter((path) => pattern.test(path)).length;
      return {
        logins: count(/^auth\/kubernetes\/login$/),
        credentials: count(/^database\/creds\//),
        renewals: count(/^sys\/leases\/renew/),
        revocations: count(/^auth\/token\/revoke-self$/),
      };
    },
  };
}
