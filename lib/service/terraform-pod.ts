import {
  escapeTemplate,
  type DeploymentV1SpecTemplate,
  type DeploymentV1SpecTemplateSpec,
} from "../core/terraform";
import type { Container, PodTemplate, ProbeSpec, Volume } from "./pod-types";

/**
 * A pod template as the Kubernetes provider's typed schema has it, with nothing left in it that
 * Terraform would read as a template of its own.
 */
export function terraformPod(template: PodTemplate): DeploymentV1SpecTemplate {
  const { metadata, spec } = escaped(template);
  return {
    metadata: { labels: metadata.labels, annotations: metadata.annotations },
    spec: terraformSpec(spec),
  };
}

function terraformSpec(spec: PodTemplate["spec"]): DeploymentV1SpecTemplateSpec {
  const { containers, volumes, topologySpreadConstraints, imagePullSecrets, ...same } = spec;
  return {
    ...same,
    imagePullSecrets: imagePullSecrets && [...imagePullSecrets],
    topologySpreadConstraint: topologySpreadConstraints?.map(({ labelSelector, ...constraint }) => ({
      ...constraint,
      labelSelector: [labelSelector],
    })),
    container: containers.map(terraformContainer),
    volume: volumes.map(terraformVolume),
  };
}

function terraformContainer(container: Container) {
  const { command, args, env, ports, securityContext, volumeMounts, ...same } = container;
  const { runAsUser, runAsGroup, capabilities } = securityContext;
  return {
    ...same,
    command: command && [...command],
    args: args && [...args],
    env: [...env],
    port: ports && [...ports],
    securityContext: {
      ...securityContext,
      runAsUser: String(runAsUser),
      runAsGroup: String(runAsGroup),
      capabilities: { drop: [...capabilities.drop] },
    },
    volumeMount: [...volumeMounts],
    startupProbe: terraformProbe(container.startupProbe),
    readinessProbe: terraformProbe(container.readinessProbe),
    livenessProbe: terraformProbe(container.livenessProbe),
  };
}

function terraformProbe(probe: ProbeSpec | undefined) {
  if (probe === undefined) return undefined;
  const { exec, httpGet, tcpSocket, ...same } = probe;
  return {
    ...same,
    exec: exec && { command: [...exec.command] },
    httpGet: httpGet && { path: httpGet.path, port: String(httpGet.port) },
    tcpSocket: tcpSocket && [{ port: String(tcpSocket.port) }],
  };
}

function terraformVolume(volume: Volume) {
  if ("secret" in volume) {
    const { secretName, items } = volume.secret;
    return { name: volume.name, secret: { secretName, items: [...items] } };
  }
  if (!("projected" in volume)) return volume;
  return { name: volume.name, projected: [{ sources: [...volume.projected.sources] }] };
}

/** The same value with every string in it escaped, however deep: what is added later cannot be forgotten. */
function escaped<T>(value: T): T {
  if (typeof value === "string") return escapeTemplate(value) as T;
  if (Array.isArray(value)) return value.map(escaped) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escaped(inner)])) as T;
}
