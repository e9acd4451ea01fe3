import { known } from "../../access";
import { MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { injected } from "./pods";

export const containerNames: Rule = {
  id: "lifecycle/container-names",
  severity: "error",
  title: "container that agent-inject-containers does not find",
  why: "The injector splits at commas without trimming and passes over names that are not there: the container starts without the file. (vault-k8s, annotations.go)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/agent-inject-containers: "orders, worker"
${MANIFEST_POD}
      containers: [{ name: orders }, { name: worker }]`,
  },
  *check(graph) {
    for (const { origin: at, pod } of injected(graph)) {
      const all = [...pod.containers, ...pod.initContainers].map(({ name }) => known(name));
      if (all.includes(undefined)) continue;
      const missing = (pod.injection.containers ?? []).filter((name) => !all.includes(name));
      if (missing.length === 0) continue;
      yield {
        at,
        message: `agent-inject-containers names ${listed(missing.map((name) => show(name)))}, and the pod has ${listed(all.map((name) => show(name)))}`,
        fix: "write the names of the containers with a comma and no space between them",
      };
    }
  },
};
