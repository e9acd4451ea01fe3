import { known } from "../../../access";
import type { Injected } from "../../lifecycle/pods";
import { isObject } from "./same";

/** Paths of all files that the agents write. */
export function filesOf({ pod }: Injected): string[] {
  return [...new Set(pod.injection.uses.map(({ file }) => known(file) ?? ""))];
}

/** Whether a command is yes exactly when every file is there and not empty. */
export function testsFiles(command: unknown, files: readonly string[]): boolean {
  if (!Array.isArray(command) || command.length !== 3) return false;
  const [shell, flag, script] = command as unknown[];
  if (shell !== "/bin/sh" || flag !== "-c" || typeof script !== "string") return false;
  const tested = script.split(" && ").map((part) => /^test -s (\S+)$/.exec(part)?.[1] ?? "");
  return tested.length === files.length && files.every((file) => tested.includes(file));
}

/** How long the agent may take for its first file, in seconds: a Vault that is slow, and no pod that hangs for hours. */
const LEAST = 60;
const MOST = 600;

/** What is wrong with the probe that holds the application back until the files are there. */
export function* gateProblems(probe: unknown, pods: Injected): Iterable<string> {
  if (!isObject(probe))
    return yield "has no startupProbe, and the application starts before its file is there";
  const { exec, periodSeconds, failureThreshold, timeoutSeconds = 1, ...rest } = probe;
  const files = filesOf(pods);
  if (!isObject(exec) || !testsFiles(exec.command, files))
    yield `has a startupProbe other than test -s of ${files.join(" and ")}: the application starts before its file is there, or never`;
  const patience = Number(periodSeconds) * Number(failureThreshold);
  if (!(patience >= LEAST && patience <= MOST) || !Number.isInteger(timeoutSeconds))
    yield `gives its first file ${Number.isNaN(patience) ? "nobody knows how many" : patience} seconds, and must give ${LEAST} to ${MOST}: the kubelet restarts it after that`;
  for (const key of Object.keys(rest)) yield `has a startupProbe with ${key}, which the proof does not know`;
}

/** Programs that say yes whatever there is. */
const ALWAYS = /^(\/(usr\/)?bin\/)?(true|:|exit 0|(ba|da|a)?sh)$/;

/** What is wrong with a question that an application's container is asked. */
export function commandProblem(command: readonly unknown[], files: readonly string[]): string | undefined {
  const words = command.map(String);
  const last = words.at(-1) ?? "";
  if (words.some((word) => word.includes("/vault/")) && !testsFiles(command, files))
    return `asks ${JSON.stringify(words)}, which is no test -s of ${files.join(" and ")}`;
  if (ALWAYS.test(last) || last === "-c") return `asks ${JSON.stringify(words)}, which says nothing`;
  return undefined;
}
