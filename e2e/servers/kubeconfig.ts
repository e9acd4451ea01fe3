import type { Certificate, CertificateAuthority } from "./certificates";

/** A kubeconfig file with one context; JSON, which every reader of YAML takes. */
export function kubeconfig(
  context: string,
  server: string,
  authority: CertificateAuthority,
  client: Certificate,
): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: context, cluster: { server, "certificate-authority-data": base64(authority.certificate) } },
    ],
    users: [
      {
        name: context,
        user: {
          "client-certificate-data": base64(client.certificate),
          "client-key-data": base64(client.key),
        },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    "current-context": context,
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
