import { helmValue, known } from "../../access";
import type { Rule } from "../rule";
import { runsServer, vaultReleases } from "../vault/releases";

export const tlsDisabled: Rule = {
  id: "transport/tls-disabled",
  severity: "error",
  title: "Vault that is installed without TLS",
  why: "The chart's global.tlsDisable is true unless it is set to false, and the listener of its examples says tls_disable. (vault-helm, values.yaml)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name    = "vault"
  chart   = "vault"
  version = "0.34.1"
  values  = ["server: { ha: { enabled: true, replicas: 3 } }"]
}`,
  },
  *check(graph, { limits }) {
    if (limits.transport === "any") return;
    for (const release of vaultReleases(graph)) {
      const at = release.origin;
      if (runsServer(release) && !release.incomplete && helmValue(release, "global.tlsDisable") !== false) {
        yield {
          at,
          message: "global.tlsDisable is not false",
          fix: "set global.tlsDisable to false, and give the listener tls_cert_file and tls_key_file",
        };
      }
      for (const path of ["server.ha.raft.config", "server.ha.config", "server.standalone.config"]) {
        const config = helmValue(release, path);
        if (typeof config !== "string" || !/tls_disable\s*=\s*("?true"?|"?1"?)/.test(known(config) ?? ""))
          continue;
        yield {
          at,
          message: `${path} has a listener with tls_disable`,
          fix: "remove tls_disable from the listener",
        };
      }
    }
  },
};
