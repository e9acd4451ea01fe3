import { known } from "../../access";
import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD } from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { injected } from "./pods";

export const userAndPasswordApart: Rule = {
  id: "lifecycle/user-and-password-apart",
  severity: "error",
  title: "user and password in two files",
  why: "Each file is replaced at once, a pair is not: whoever reads between the two writes has the old user and the new password. (consul-template, renderer.go)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
        vault.hashicorp.com/error-on-missing-key: "true"
        vault.hashicorp.com/agent-inject-template-user: |
          {{- with secret "database/creds/orders" -}}{{ .Data.username }}{{- end -}}
        vault.hashicorp.com/agent-inject-template-password: |
          {{- with secret "database/creds/orders" -}}{{ .Data.password }}{{- end -}}
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check(graph) {
    for (const { origin: at, pod } of injected(graph)) {
      const halves = pod.injection.uses.flatMap(({ file, path, template }) => {
        const text = known(template) ?? "";
        const user = text.includes(".Data.username");
        const password = text.includes(".Data.password");
        return user === password ? [] : [{ file: show(file), path: known(path) }];
      });
      for (const path of new Set(halves.map((half) => half.path))) {
        const files = halves.filter((half) => half.path === path).map(({ file }) => file);
        if (files.length < 2) continue;
        yield {
          at,
          message: `${listed(files)} hold one half each of the credentials of ${show(path)}`,
          fix: "write both into one file, such as {{ .Data | toJSON }}",
        };
      }
    }
  },
};
