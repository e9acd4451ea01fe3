import { asText, known } from "../../access";
import type { Rule } from "../rule";
import { part } from "../words";

export const genericEndpoint: Rule = {
  id: "secrets/generic-endpoint",
  severity: "error",
  title: "generic endpoint that keeps what Vault answers",
  why: "vault_generic_endpoint writes data_json and the response into the state; at creds, config or token paths that is a secret. (terraform-provider-vault, generic_endpoint)",
  example: {
    language: "hcl",
    text: `resource "vault_generic_endpoint" "credential" {
  path      = "database/creds/orders"
  data_json = "{}"
}`,
  },
  *check({ terraform }) {
    for (const { origin: at, mode, type, body } of terraform.resources) {
      const isEndpoint =
        mode === "managed" && (type === "vault_generic_endpoint" || type === "vault_generic_secret");
      const path = known(asText(body.path)) ?? "";
      const data = known(asText(body.data_json)) ?? "";
      const secret =
        /\/(static-)?creds\//.test(path) || /"(password|secret|token)[a-z_]*"\s*:\s*"[^"{]/i.test(data);
      if (!isEndpoint || !secret) continue;
      yield {
        at,
        message: `${part(asText(body.path))} is ${/creds/.test(path) ? "read into" : "written from"} the state file`,
        fix: "let the workload read its credential itself, and write secrets by write-only arguments",
      };
    }
  },
};
