import { known } from "../../access";
import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { injected } from "./pods";

export const fileNameClash: Rule = {
  id: "lifecycle/file-name-clash",
  severity: "error",
  title: "two templates that write one file",
  why: "The injector lower-cases the name of a file, and the templates' order is random: the one that comes last wins. (vault-k8s, annotations.go)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/agent-inject-secret-Shop: database/creds/archive
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check(graph) {
    for (const { origin: at, pod } of injected(graph)) {
      const byFile = new Map<string, Set<string>>();
      for (const { name, file } of pod.injection.uses) {
        const path = known(file);
        if (path !== undefined) byFile.set(path, new Set([...(byFile.get(path) ?? []), name]));
      }
      for (const [file, names] of byFile) {
        if (names.size < 2) continue;
        yield {
          at,
          message: `${listed([...names].map((name) => show(name)))} write ${show(file)}`,
          fix: "give each a file of its own with agent-inject-file-NAME",
        };
      }
    }
  },
};
