import { integerProblems, reasonProblems, type Problem } from "../../core";
import type { FileProbe, Probe } from "../declaration/probes";

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
