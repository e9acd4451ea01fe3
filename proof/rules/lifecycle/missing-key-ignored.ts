import { isUnknown } from "../../access";
import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";
import { injected } from "./pods";

export const missingKeyIgnored: Rule = {
  id: "lifecycle/missing-key-ignored",
  severity: "warning",
  title: "template that renders a typo as no value",
  why: "Without error-on-missing-key a field that is not there becomes the text <no value>, and the application logs in as that. (consul-template, error_on_missing_key)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/agent-inject-template-shop: |
          {{- with secret "database/creds/orders" -}}{{ .Data.user }}:{{ .Data.password }}{{- end -}}
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check(graph) {
    for (const workload of injected(graph)) {
      const { uses, configMap } = workload.pod.injection;
      for (const { name, template, errorOnMissingKey } of uses) {
        if (typeof template !== "string" || !/\.Data\./.test(template)) continue;
        if (errorOnMissingKey === true || isUnknown(errorOnMissingKey)) continue;
        yield {
          at: workload.origin,
          message: `the template of ${show(name)} reads fields by name, and a missing one is no error`,
          fix:
            configMap === undefined
              ? `set vault.hashicorp.com/error-on-missing-key-${name} to "true"`
              : "set error_on_missing_key = true in the template",
        };
      }
    }
  },
};
