import { integerProblems, reasonProblems, type Problem } from "../core";
import { credentialsFilePath } from "./credentials-file";
import type { ProbeSpec } from "./pod-types";

/** A question that the kubelet asks the application. */
export type Probe =
  | {
      readonly kind: "http";
      /** Path of the request, from the slash on; an answer from 200 to 399 is yes. */
      readonly path: string;
      readonly port: number;
    }
  | { readonly kind: "tcp"; readonly port: number }
  | {
      readonly kind: "exec";
      /** Program and arguments; exit code 0 is yes. */
      readonly command: readonly string[];
    };

/** Whether a pod without its credentials file is kept from counting as ready. */
export type FileProbe =
  /** By `test -s` in the application's container, which needs a shell. */
  | { readonly kind: "shell" }
  | {
      readonly kind: "none";
      /** Why it may count as ready, such as an image without a shell. */
      readonly reason: string;
    };

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

/** What is wrong with a probe. */
export function probeProblems(property: string, probe: Probe): Problem[] {
  if (probe.kind === "exec") {
    if (probe.command.length > 0) return [];
    const fix = 'write it like ["/app/healthy"]';
    return [{ property: `${property}.command`, must: "name a program", got: probe.command, fix }];
  }
  const port = integerProblems(`${property}.port`, probe.port, 1, 65_535);
  return probe.kind === "tcp" ? port : [...httpPathProblems(`${property}.path`, probe.path), ...port];
}

function httpPathProblems(property: string, path: string): Problem[] {
  if (/^\/[^\s]*$/.test(path)) return [];
  return [
    { property, must: "be the path of a URL, from its slash on", got: path, fix: 'write it like "/healthz"' },
  ];
}

/** Whoever does without the check says why. */
export function fileProbeProblems(property: string, fileProbe: FileProbe): Problem[] {
  return fileProbe.kind === "none" ? reasonProblems(`${property}.reason`, fileProbe.reason) : [];
}
