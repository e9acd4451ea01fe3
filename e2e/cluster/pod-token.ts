import { AGENT, execIn, type OnCluster, type Pod } from "./pods";

const TOKEN = "/var/run/secrets/vault.hashicorp.com/serviceaccount/token";

/** When the token that the agent of a pod logs in with was issued: by the token itself, in milliseconds since 1970. */
export async function tokenIssuedAt(bench: OnCluster, pod: Pod): Promise<number> {
  const { stdout } = await execIn(bench, pod, AGENT, ["cat", TOKEN]);
  const payload = Buffer.from(stdout.split(".")[1] ?? "", "base64url").toString();
  return (JSON.parse(payload) as { iat: number }).iat * 1000;
}
