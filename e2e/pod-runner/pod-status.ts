import type { Container, ContainerState } from "./container";
import type { PodAddress } from "./field-ref";

/** Everything that a status is made from. */
export interface PodState {
  readonly address: PodAddress;
  readonly startTime: Date;
  readonly initialized: boolean;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  /** Set once nothing will run any more. */
  readonly result?: "Succeeded" | "Failed";
  /** Why a pod could not be run at all. */
  readonly message?: string;
}

/** The status as the kubelet would report it. */
export function podStatus(state: PodState): object {
  const { address, startTime, initialized, initContainers, containers, result, message } = state;
  const sidecars = initContainers.filter(({ spec }) => spec.restartPolicy === "Always");
  const ready = !result && initialized && [...sidecars, ...containers].every((container) => container.ready);
  return {
    phase: result ?? (initialized && containers.some(hasRun) ? "Running" : "Pending"),
    message,
    podIP: address.podIP,
    podIPs: [{ ip: address.podIP }],
    hostIP: address.hostIP,
    startTime: time(startTime),
    conditions: [
      condition("PodScheduled", true),
      condition("Initialized", initialized),
      condition("ContainersReady", ready),
      condition("Ready", ready),
    ],
    initContainerStatuses: initContainers.map(containerStatus),
    containerStatuses: containers.map(containerStatus),
  };
}

function hasRun({ state }: Container): boolean {
  return state.kind !== "waiting";
}

function condition(type: string, holds: boolean): object {
  return { type, status: holds ? "True" : "False", lastTransitionTime: time(new Date()) };
}

function containerStatus({ name, spec, state, restarts, ready, started }: Container): object {
  const isInit = spec.restartPolicy !== "Always" && state.kind === "terminated" && state.exit.code === 0;
  return {
    name,
    image: spec.image,
    imageID: "",
    restartCount: restarts,
    ready: ready || isInit,
    started,
    state: stateOf(state),
  };
}

function stateOf(state: ContainerState): object {
  switch (state.kind) {
    case "waiting":
      return { waiting: { reason: state.reason, message: state.message } };
    case "running":
      return { running: { startedAt: time(state.startedAt) } };
    case "terminated": {
      const { code, at } = state.exit;
      const reason = code === 0 ? "Completed" : "Error";
      return {
        terminated: { exitCode: code, reason, startedAt: time(state.startedAt), finishedAt: time(at) },
      };
    }
  }
}

/** Kubernetes' times have whole seconds. */
function time(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
