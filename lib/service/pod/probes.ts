import { credentialsFilePath } from "../declaration/credentials-file";
import type { Probe } from "../declaration/probes";
import type { ProbeSpec } from "./types";

/** Asked for as long as the container lives. */
const CONTINUOUS = { periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 };
/** Asked until the first yes, each second for two minutes; then the container is restarted. */
const AT_START = { periodSeconds: 1, failureThreshold: 120 };

/** The probe as Kubernetes writes it. */
export function continuousProbe(probe: Probe): ProbeSpec {
  return { ...handler(probe), ...CONTINUOUS };
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
