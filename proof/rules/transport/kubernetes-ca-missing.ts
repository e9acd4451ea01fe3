import { known } from "../../access";
import type { Rule } from "../rule";
import { show } from "../words";

export const kubernetesCaMissing: Rule = {
  id: "transport/kubernetes-ca-missing",
  severity: "error",
  title: "auth method without the cluster's CA where it needs one",
  why: "Vault reads the CA of its own pod; outside of the cluster, or with disable_local_ca_jwt, it has none, and every login fails with 'x509: certificate signed by unknown authority'. (vault-plugin-auth-kubernetes, path_config.go)",
  example: {
    language: "hcl",
    text: `resource "vault_kubernetes_auth_backend_config" "cluster" {
  backend              = "kubernetes"
  kubernetes_host      = "https://cluster.example.com:6443"
  disable_local_ca_jwt = true
}`,
  },
  *check({ authConfigurations }) {
    for (const { origin: at, host, caCertificate, disableLocalCaJwt } of authConfigurations) {
      if (caCertificate !== undefined && caCertificate !== "") continue;
      const address = known(host);
      const inside = address === undefined || /^https:\/\/(kubernetes\.default|\$|10\.|172\.)/.test(address);
      if (disableLocalCaJwt !== true && inside) continue;
      if (disableLocalCaJwt !== true && /\.svc\b/.test(address ?? "")) continue;
      yield {
        at,
        message: `kubernetes_host is ${show(host)}, and there is no kubernetes_ca_cert`,
        fix: "write the CA of the cluster in kubernetes_ca_cert",
      };
    }
  },
};
