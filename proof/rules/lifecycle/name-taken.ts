import { known } from "../../access";
import { MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { injected } from "./pods";

const CONTAINERS = ["vault-agent", "vault-agent-init"];
const VOLUMES = ["home-init", "home-sidecar", "vault-secrets"];

export const nameTaken: Rule = {
  id: "lifecycle/name-taken",
  severity: "error",
  title: "container or volume with a name that the injector gives",
  why: "The injector adds its own without a look at what is there, and the API server refuses a pod with two of one name: the Deployment only says that its ReplicaSet creates nothing. (vault-k8s, agent.go)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
${MANIFEST_POD}
      containers: [{ name: vault-agent }]`,
  },
  *check(graph) {
    for (const { origin: at, pod } of injected(graph)) {
      const containers = [...pod.containers, ...pod.initContainers].map(({ name }) => known(name) ?? "");
      const volumes = pod.volumes.map(({ name }) => known(name) ?? "");
      const taken = [
        ...containers.filter((name) => CONTAINERS.includes(name)),
        ...volumes.filter((name) => VOLUMES.includes(name)),
      ];
      if (taken.length === 0) continue;
      yield {
        at,
        message: `the pod has ${listed(taken.map((name) => show(name)))} already, which the injector adds`,
        fix: "rename it in the pod",
      };
    }
  },
};
