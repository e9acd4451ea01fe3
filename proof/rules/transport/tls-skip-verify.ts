import { asBoolean, flag, INJECTOR_PREFIX } from "../../access";
import type { Rule } from "../rule";

export const tlsSkipVerify: Rule = {
  id: "transport/tls-skip-verify",
  severity: "error",
  title: "certificate of Vault that is not checked",
  why: "Whoever answers at the address gets the login's token, and with it the credentials.",
  example: {
    language: "hcl",
    text: `provider "vault" {
  address         = "https://vault.example.com:8200"
  skip_tls_verify = true
}`,
  },
  *check({ workloads, terraform }, { limits }) {
    if (limits.transport === "any") return;
    for (const { origin: at, pod } of workloads) {
      if (flag(pod.annotations[`${INJECTOR_PREFIX}tls-skip-verify`]) !== true) continue;
      yield {
        at,
        message: "vault.hashicorp.com/tls-skip-verify is true",
        fix: "remove it, and give the injector Vault's CA (AGENT_INJECT_VAULT_CACERT_BYTES)",
      };
    }
    for (const { origin: at, name, body } of terraform.providers) {
      if (name !== "vault" || asBoolean(body.skip_tls_verify) !== true) continue;
      yield { at, message: "skip_tls_verify is true", fix: "remove it, and name the CA in ca_cert_file" };
    }
  },
};
