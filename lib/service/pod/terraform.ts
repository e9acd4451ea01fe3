import type { DeploymentV1SpecTemplate, DeploymentV1SpecTemplateSpec } from "../../core/terraform";
import type { Container, PodTemplate, ProbeSpec, Volume } from "./types";

/** A pod template as the Kubernetes provider's typed schema has it. */
export function terraformPod(template: PodTemplate): DeploymentV1SpecTemplate {
  const { metadata, spec } = template;
  return {
    metadata: { labels: metadata.labels, annotations: metadata.annotations },
    spec: terraformSpec(spec),
  };
}

function terraformSpec(spec: PodTemplate["spec"]): DeploymentV1SpecTemplateSpec {
  const { containers, initContainers, volumes, topologySpreadConstraints, imagePullSecrets, ...rest } = spec;
  const { tolerations, ...same } = rest;
  const { fsGroup } = spec.securityContext;
  return {
    ...same,
    securityContext: {
      ...spec.securityContext,
      fsGroup: fsGroup === undefined ? undefined : String(fsGroup),
    },
    imagePullSecrets: imagePullSecrets && [...imagePullSecrets],
    topologySpreadConstraint: topologySpreadConstraints?.map(({ labelSelector, ...constraint }) => ({
      ...constraint,
      labelSelector: [labelSelector],
    })),
    toleration: tolerations && [...tolerations],
    initContainer: initContainers?.map(terraformContainer),
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
    return { name: volume.name, secret: { secretName, items: items && [...items] } };
  }
  if (!("projected" in volume)) return volume;
  return { name: volume.name, projected: [{ sources: [...volume.projected.sources] }] };
}
