import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { injected } from "./pods";

/** What Vault answers to a read of database credentials. */
const FIELDS = new Set(["username", "password"]);

export const templateFields: Rule = {
  id: "lifecycle/template-fields",
  severity: "error",
  title: "template that reads what database credentials do not have",
  why: "Credentials of a database are .Data.username and .Data.password; .Data.data is how KV version 2 answers. (Vault, API of the database secrets engine)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/error-on-missing-key-shop: "true"
        vault.hashicorp.com/agent-inject-template-shop: |
          {{- with secret "database/creds/orders" -}}{{ .Data.data.username }}{{- end -}}
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check(graph) {
    for (const { origin: at, pod } of injected(graph)) {
      for (const { name, path, template } of pod.injection.uses) {
        if (typeof template !== "string" || typeof path !== "string" || !path.includes("/creds/")) continue;
        const fields = [...template.matchAll(/\.Data\.(\w+)/g)].map(([, field = ""]) => field);
        const wrong = [...new Set(fields)].filter((field) => !FIELDS.has(field));
        if (wrong.length === 0) continue;
        yield {
          at,
          message: `the template of ${show(name)} reads ${listed(wrong.map((field) => `.Data.${field}`))}`,
          fix: "read .Data.username and .Data.password",
        };
      }
    }
  },
};
