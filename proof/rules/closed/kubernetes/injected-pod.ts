import { asObject, asObjects, type Value, type ValueObject } from "../../../access";
import type { Injected } from "../../lifecycle/pods";
import { agentsOf, injectedAgent, type AgentName } from "../pod/agent";
import { patched } from "../pod/patched";
import { outline } from "./outline";
import type { Definition } from "./schema";

const MEMORY = { medium: "Memory" };

/**
 * The pod that the webhook answers, in outline, from that which it is asked about: with the agents, patched, and
 * their volumes and mounts. Nothing where it denies the pod.
 */
export function injectedPod(pods: Injected, template: ValueObject): ValueObject | undefined {
  const spec = asObject(template.spec);
  const agents = agentsOf(pods).map((name) => ({ name, agent: agentOf(name, pods) }));
  if (agents.some(({ agent }) => agent === undefined)) return undefined;
  const called = (name: AgentName) =>
    agents.flatMap((each) => (each.name === name && each.agent ? [each.agent] : []));
  const homes = agents.map(({ name }) => (name === "vault-agent" ? "home-sidecar" : "home-init"));
  return {
    ...template,
    spec: {
      ...spec,
      initContainers: [...called("vault-agent-init"), ...asObjects(spec.initContainers).map(withSecrets)],
      containers: [...asObjects(spec.containers).map(withSecrets), ...called("vault-agent")],
      volumes: [
        ...asObjects(spec.volumes),
        ...[...homes, "vault-secrets"].map((name) => ({ name, emptyDir: MEMORY })),
      ],
    },
  };
}

function agentOf(name: AgentName, pods: Injected): Value | undefined {
  const { initPatch, sidecarPatch } = pods.pod.injection;
  const result = patched(
    injectedAgent(name, pods),
    (name === "vault-agent" ? sidecarPatch : initPatch) ?? [],
  );
  return "denied" in result ? undefined : outline(CONTAINER, result.agent as ValueObject, "kubernetes");
}

const CONTAINER: Definition = { $ref: "#/$defs/io.k8s.api.core.v1.Container" };

function withSecrets(container: ValueObject): ValueObject {
  const mount = { name: "vault-secrets", mountPath: "/vault/secrets" };
  return { ...container, volumeMounts: [...asObjects(container.volumeMounts), mount] };
}
