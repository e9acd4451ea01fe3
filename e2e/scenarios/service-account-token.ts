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
