import {
  block,
  blocks,
  duration,
  list,
  only,
  optional,
  text,
  textLike,
  type Keys,
  type Shape,
} from "../shape";

const file: Shape = textLike(/^\/\S+$/, "be an absolute path");

/** A block of HCL that has a label, such as `storage "raft"`. */
function labelled(label: string, keys: Keys): Shape {
  return block({ [label]: block(keys) });
}

const seals: Keys = {
  awskms: block({ region: text, kms_key_id: text, endpoint: optional(text) }),
  gcpckms: block({ project: text, region: text, key_ring: text, crypto_key: text }),
  azurekeyvault: block({ tenant_id: text, vault_name: text, key_name: text }),
  transit: block({ address: text, mount_path: text, key_name: text, tls_ca_cert: file }),
};

/** What is understood of the servers' own configuration; a limit of leases there would bind every credential. */
export const serverConfig: Shape = block({
  // With the reason beside it, as the rule about ways back asks.
  enable_unauthenticated_access: optional(list(only("generate-root"))),
  listener: labelled("tcp", {
    // The chart's Services, its probes and the other servers come to these ports.
    address: only("[::]:8200"),
    cluster_address: only("[::]:8201"),
    tls_cert_file: file,
    tls_key_file: file,
    telemetry: optional(block({ unauthenticated_metrics_access: only(true, false) })),
  }),
  storage: labelled("raft", {
    path: only("/vault/data"),
    retry_join: blocks({
      leader_api_addr: textLike(
        /^https:\/\/vault-\d\.vault-internal:8200$/,
        "be the address of one of the servers, such as https://vault-0.vault-internal:8200",
      ),
      leader_ca_cert_file: file,
      leader_tls_servername: text,
    }),
  }),
  service_registration: labelled("kubernetes", {}),
  telemetry: block({ prometheus_retention_time: duration, disable_hostname: only(true) }),
  seal: optional(
    block(Object.fromEntries(Object.entries(seals).map(([kind, keys]) => [kind, optional(keys)]))),
  ),
});
