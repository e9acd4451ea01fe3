import {
  asObject,
  asText,
  isOneVault,
  known,
  type AccessGraph,
  type AuthMethod,
  type AuthRole,
} from "../../access";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** The longest that a token of a role's auth method may live, in seconds; nothing where it is the server's. */
export function methodTtl(graph: AccessGraph, role: AuthRole): number | undefined {
  const method = graph.authMethods.find(
    (each) => known(each.path) === known(role.authPath) && isOneVault(each, role),
  );
  return method === undefined ? undefined : methodTtls(graph, method).longest;
}

/** Lifetimes of tokens whose role says nothing, and the longest, in seconds; absent: the server's. */
export function methodTtls(
  { terraform }: AccessGraph,
  method: AuthMethod,
): { readonly shortest?: number; readonly longest?: number } {
  const tune = asObject(terraform.resources.find(({ origin }) => origin === method.origin)?.body.tune);
  const [shortest, longest] = [tune.default_lease_ttl, tune.max_lease_ttl].map((written) => {
    const text = asText(written);
    return typeof text === "string" ? parseDuration(text) : undefined;
  });
  return { ...(shortest !== undefined && { shortest }), ...(longest !== undefined && { longest }) };
}

/** A duration of Go's, such as `1h30m`, or seconds. */
function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
}
