import { asObject, asText, isOneVault, known, type AccessGraph, type AuthRole } from "../../access";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** The longest that a token of a role's auth method may live, in seconds; nothing where it is the server's. */
export function methodTtl({ authMethods, terraform }: AccessGraph, role: AuthRole): number | undefined {
  const method = authMethods.find(
    (each) => known(each.path) === known(role.authPath) && isOneVault(each, role),
  );
  const resource = terraform.resources.find(({ origin }) => origin === method?.origin);
  const written = asText(asObject(resource?.body.tune).max_lease_ttl);
  return typeof written === "string" ? parseDuration(written) : undefined;
}

/** A duration of Go's, such as `1h30m`, or seconds. */
function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
}
