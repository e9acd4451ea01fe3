import { sign } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Bench } from "../bench";

/** A token of a ServiceAccount, as a pod's volume would hold it. */
export async function serviceAccountToken(
  bench: Bench,
  namespace: string,
  account: string,
  audience?: string,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const { status } = await bench.apiServer.client.create<{ status: { token: string } }>(path, {
    spec: { audiences: audience === undefined ? undefined : [audience], expirationSeconds: 600 },
  });
  return status.token;
}

/** The same token as if it had been issued that long ago, which is signed as the API server would have signed it. */
export function aged(bench: Bench, token: string, seconds: number): string {
  const [header = "", payload = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, number>;
  for (const claim of ["iat", "nbf", "exp"]) claims[claim] = (claims[claim] ?? NaN) - seconds;
  const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
  const key = fs.readFileSync(path.join(bench.directory, "service-accounts/sa.key"));
  return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
}
