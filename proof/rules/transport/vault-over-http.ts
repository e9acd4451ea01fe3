import { asText, known } from "../../access";
import type { Rule } from "../rule";
import { show } from "../words";

export const vaultOverHttp: Rule = {
  id: "transport/vault-over-http",
  severity: "error",
  title: "Vault over http",
  why: "The credentials, and the token that reads them, cross the network in plain text.",
  example: {
    language: "hcl",
    text: `provider "vault" {
  address = "http://vault.example.com:8200"
}`,
  },
  *check({ workloads, terraform }, { limits }) {
    if (limits.transport === "any") return;
    for (const { origin: at, pod } of workloads) {
      const address = known(pod.injection?.address);
      if (address === undefined || !address.startsWith("http://")) continue;
      yield {
        at,
        message: `vault.hashicorp.com/service is ${show(address)}`,
        fix: "write the https address, and give the injector Vault's CA (AGENT_INJECT_VAULT_CACERT_BYTES)",
      };
    }
    for (const { origin: at, name, body } of terraform.providers) {
      const address = known(asText(body.address));
      if (name !== "vault" || !address?.startsWith("http://")) continue;
      yield { at, message: `the provider's address is ${show(address)}`, fix: "write the https address" };
    }
  },
};
