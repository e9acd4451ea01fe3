import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import { stageOf } from "../migration/stages";
import type { Rule } from "../rule";
import { injected } from "./pods";

export const noReadinessGate: Rule = {
  id: "lifecycle/no-readiness-gate",
  severity: "error",
  title: "application that starts before its credentials are there",
  why: "The kubelet starts the next container once the sidecar has started, not once it has written the file: the first connections fail. (Kubernetes, sidecar containers)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/agent-pre-populate: "false"
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check(graph) {
    for (const workload of injected(graph)) {
      // Pods that serve by their static credentials must not wait for Vault.
      if (stageOf(workload) === "shadow") continue;
      const { origin: at, pod } = workload;
      const { mode, initPatch, uses } = pod.injection;
      const files = uses.map(({ file }) => file);
      const waits = (probes: unknown) =>
        files.every((file) => JSON.stringify(probes ?? "").includes(String(file)));
      const gate =
        mode === "native-sidecar"
          ? waits(initPatch?.filter(({ path }) => path === "/startupProbe"))
          : mode !== "sidecar-only" ||
            waits(pod.containers.map((each) => [each.startupProbe, each.readinessProbe]));
      if (gate || files.length === 0) continue;
      yield {
        at,
        message:
          mode === "native-sidecar"
            ? "the native sidecar has no startupProbe that waits for every file"
            : "the agent runs beside the application, and nothing waits for the file",
        fix:
          mode === "native-sidecar"
            ? 'add { "op": "add", "path": "/startupProbe", … } with test -s of the file to agent-init-json-patch'
            : "let the agent start first (leave agent-pre-populate out), or make a probe of the application wait for the file",
      };
    }
  },
};
