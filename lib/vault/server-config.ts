import type { HaVault } from "./ha-vault";
import { stanza } from "./hcl";
import { sealStanza } from "./seal";
import { installedNamespace } from "./vault";

/** Where the Secret with the servers' certificate is mounted. */
export const TLS_DIRECTORY = "/vault/tls";

/**
 * The servers' configuration in HCL. The chart writes it into a ConfigMap, so no secret may be in it, and
 * adds `disable_mlock`, which integrated storage needs.
 */
export function serverConfig(vault: HaVault): string {
  const stanzas = [
    // Without the root token's own endpoint nobody gets back in who has lost every login.
    vault.breakGlass?.kind === "generate-root"
      ? 'enable_unauthenticated_access = ["generate-root"]'
      : undefined,
    listener(vault),
    storage(vault),
    // Labels the pods with who is active and who is sealed: the Service vault-active selects by it.
    stanza('service_registration "kubernetes"'),
    stanza("telemetry", { prometheus_retention_time: "24h", disable_hostname: true }),
    sealStanza(vault.seal),
  ];
  return `${stanzas.filter((text) => text !== undefined).join("\n\n")}\n`;
}

function listener({ tls, metrics }: HaVault): string {
  const { certificateFile = "tls.crt", keyFile = "tls.key" } = tls;
  return stanza(
    'listener "tcp"',
    {
      address: "[::]:8200",
      cluster_address: "[::]:8201",
      tls_cert_file: `${TLS_DIRECTORY}/${certificateFile}`,
      tls_key_file: `${TLS_DIRECTORY}/${keyFile}`,
    },
    metrics?.kind === "unauthenticated"
      ? [stanza("telemetry", { unauthenticated_metrics_access: true })]
      : [],
  );
}

/**
 * Every server knows every server, so that it finds the leader whichever starts first. The certificate
 * is checked against one name, which is in it, and not against the names of the pods, which are not.
 */
function storage(vault: HaVault): string {
  const { replicas = 3, tls } = vault;
  const { serverName = `vault.${installedNamespace(vault)}.svc`, caFile = "ca.crt" } = tls;
  const joins = Array.from({ length: replicas }, (_, ordinal) =>
    stanza("retry_join", {
      leader_api_addr: `https://vault-${ordinal}.vault-internal:8200`,
      leader_ca_cert_file: `${TLS_DIRECTORY}/${caFile}`,
      leader_tls_servername: serverName,
    }),
  );
  return stanza('storage "raft"', { path: "/vault/data" }, joins);
}
