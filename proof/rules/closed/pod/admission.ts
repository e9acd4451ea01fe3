import { asList, asObject, asObjects, known, type PatchOperation, type Workload } from "../../../access";
import { injected, type Injected } from "../../lifecycle/pods";
import type { Rule } from "../../rule";
import { show } from "../../words";
import { agentsOf, injectedAgent, type AgentName } from "./agent";
import { agentProblems } from "./agent-problems";
import { POD_HEAD, POD_REST } from "./example";
import { patched } from "./patched";
import { commandProblem, filesOf } from "./probe";

export const admission: Rule = {
  id: "proof/admission",
  severity: "error",
  title: "pod that the webhook denies, or whose agent it makes another one than the chain relies on",
  why: "The webhook applies the patch to the container that it is about to add, and denies the pod where it does not fit; what comes out waits for the file, keeps the lease alive and revokes it after the application, or does not. (vault-k8s 1.7.6, RFC 6902)",
  example: {
    language: "yaml",
    text: `${POD_HEAD}
        vault.hashicorp.com/agent-init-json-patch: '[{"op":"test","path":"/name","value":"vault-agent"}]'
${POD_REST}`,
  },
  *check(graph) {
    for (const workload of injected(graph)) {
      const { origin: at } = workload;
      for (const message of [...agents(workload), ...probes(workload), ...processes(workload)])
        yield { at, message, fix: "write annotations, patch and probes as leasehold renders them" };
    }
  },
};

function* agents(pods: Injected): Iterable<string> {
  const { initPatch, sidecarPatch, mode } = pods.pod.injection;
  if (mode === "none") yield "the annotations ask for no agent at all";
  if (mode === "unknown") yield "the patch of the agent is not known before apply";
  for (const name of agentsOf(pods))
    yield* ofAgent(name, pods, name === "vault-agent" ? sidecarPatch : initPatch);
  const unused = agentsOf(pods).includes("vault-agent") ? [] : (sidecarPatch ?? []);
  if (unused.length > 0) yield "agent-json-patch is of an agent that there is not";
}

function* ofAgent(
  name: AgentName,
  pods: Injected,
  patch: readonly PatchOperation[] | undefined,
): Iterable<string> {
  if (patch === undefined) return;
  const before = injectedAgent(name, pods);
  const [first] = patch;
  if (first !== undefined && (first.op !== "test" || first.path !== "/name"))
    yield `the patch of ${name} does not begin with a test of its name: another version's container might be another one`;
  const result = patched(before, patch);
  if ("denied" in result) yield `the webhook denies the pods: ${result.denied}`;
  else for (const problem of agentProblems(before, result.agent, pods)) yield `${name} ${problem}`;
}

/** The application's own questions: those about the file are about the right one. */
function* probes(pods: Injected): Iterable<string> {
  const files = filesOf(pods);
  for (const { name, readinessProbe, startupProbe, livenessProbe } of pods.pod.containers) {
    for (const [kind, probe] of Object.entries({ readinessProbe, startupProbe, livenessProbe })) {
      const { command } = asObject(probe?.exec);
      const problem = command === undefined ? undefined : commandProblem(asList(command), files);
      if (problem !== undefined) yield `the ${kind} of the container ${show(name)} ${problem}`;
      const restarts = kind !== "readinessProbe" && asObjects(probe).length > 0;
      if (restarts && kind === "startupProbe" && patience(probe) < 60)
        yield `the startupProbe of the container ${show(name)} gives up after ${patience(probe)} seconds`;
    }
  }
}

function patience(probe: Workload["pod"]["containers"][number]["startupProbe"]): number {
  return Number(probe?.periodSeconds ?? 10) * Number(probe?.failureThreshold ?? 3);
}

/** Processes that see each other read each other's token, by way of /proc. */
function* processes({ annotations, pod }: Injected): Iterable<string> {
  if (pod.shareProcessNamespace === undefined || pod.shareProcessNamespace === false) return;
  if (known(annotations["leasehold/restart-on-rotation"]) === undefined)
    yield "the application sees the agent's process, and with it its token, without a reason in leasehold/restart-on-rotation";
}
