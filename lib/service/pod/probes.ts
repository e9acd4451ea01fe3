import { seconds } from "../../core";
import { credentialsFilePath } from "../declaration/credentials-file";
import type { Probe, Probes, ProbeTiming } from "../declaration/probes";
import type { ContainerProbes, ProbeSpec } from "./types";

/** Asked for as long as the container lives. */
const CONTINUOUS = { periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 };
/** What an application is asked until it has started: for five minutes. */
const STARTING: ProbeTiming = { failures: 30 };
/** Asked until the first yes, each second for two minutes; then the container is restarted. */
const AT_START = { periodSeconds: 1, failureThreshold: 120 };

/** The probes as Kubernetes writes them. */
export function probesOf({ startup, readiness, liveness }: Probes): ContainerProbes {
  return {
    ...(startup && { startupProbe: probeSpec(startup, STARTING) }),
    ...(readiness && { readinessProbe: probeSpec(readiness) }),
    ...(liveness && { livenessProbe: probeSpec(liveness) }),
  };
}

function probeSpec(probe: Probe, unless: ProbeTiming = {}): ProbeSpec {
  const { period, timeout, failures, initialDelay } = { ...unless, ...probe };
  return {
    ...handler(probe),
    ...CONTINUOUS,
    ...(period && { periodSeconds: seconds(period) }),
    ...(failures !== undefined && { failureThreshold: failures }),
    ...(timeout && { timeoutSeconds: seconds(timeout) }),
    ...(initialDelay && { initialDelaySeconds: seconds(initialDelay) }),
  };
}

/** Yes once every file is there and not empty. */
export function filesAtStart(fileNames: readonly string[]): ProbeSpec {
  return { ...filesExist(fileNames), ...AT_START };
}

/** Yes as long as every file is there and not empty. */
export function filesAllTheTime(fileNames: readonly string[]): ProbeSpec {
  return { ...filesExist(fileNames), ...CONTINUOUS };
}

/** File names are of letters, digits, '.', '_' and '-': a shell finds nothing else in them. */
function filesExist(fileNames: readonly string[]): Pick<ProbeSpec, "exec"> {
  const tests = fileNames.map((fileName) => `test -s ${credentialsFilePath(fileName)}`);
  return { exec: { command: ["/bin/sh", "-c", tests.join(" && ")] } };
}

function handler(probe: Probe): Pick<ProbeSpec, "httpGet" | "tcpSocket" | "exec"> {
  switch (probe.kind) {
    case "http":
      return { httpGet: { path: probe.path, port: probe.port } };
    case "tcp":
      return { tcpSocket: { port: probe.port } };
    case "exec":
      return { exec: { command: probe.command } };
  }
}
