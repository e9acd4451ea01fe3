import http from "node:http";
import type { Sandbox } from "../sandbox/sandbox";
import { isListening } from "../support/ports";
import { sleep } from "../support/wait";
import type { ContainerSpec, Handler, Probe } from "./pod";

const DEFAULTS = { initialDelaySeconds: 0, periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3 };

/** What a probe or a hook runs against. */
export interface ProbeTarget {
  readonly sandbox: Sandbox;
  readonly container: ContainerSpec;
  readonly podIP: string;
}

export type ProbeOutcome = "succeeded" | "failed";

/**
 * Runs a probe at its period for as long as the container lives, and reports a success each time and a
 * failure once its threshold is reached, as often as it stays there.
 */
export async function runProbe(
  probe: Probe,
  target: ProbeTarget,
  report: (outcome: ProbeOutcome) => "go on" | "stop",
): Promise<void> {
  const { initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold } = { ...DEFAULTS, ...probe };
  await sleep(initialDelaySeconds * 1000);
  let failures = 0;
  while (!target.sandbox.exit) {
    const next = sleep(periodSeconds * 1000, undefined, { ref: false });
    failures = (await handle(probe, target, timeoutSeconds * 1000)) ? 0 : failures + 1;
    if (target.sandbox.exit) return;
    if (failures === 0 && report("succeeded") === "stop") return;
    if (failures >= failureThreshold && report("failed") === "stop") return;
    await Promise.race([next, target.sandbox.exited]);
  }
}

/** Runs a probe's or a hook's handler once. */
export async function handle(handler: Handler, target: ProbeTarget, timeoutMs: number): Promise<boolean> {
  const { exec, httpGet, tcpSocket, sleep: pause } = handler;
  if (exec) return (await target.sandbox.exec(exec.command, timeoutMs)).code === 0;
  if (httpGet) return httpSucceeds(target.podIP, portNumber(httpGet.port), httpGet.path ?? "/", timeoutMs);
  if (tcpSocket) return isListening(tcpSocket.port, target.podIP);
  if (pause) return sleep(pause.seconds * 1000, true);
  throw new Error(`a handler of ${target.container.name} is of a kind that the pod runner does not support`);
}

function portNumber(port: number | string): number {
  if (typeof port === "string") throw new Error(`the pod runner does not resolve the port name ${port}`);
  return port;
}

function httpSucceeds(host: string, port: number, path: string, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({ host, port, path, timeout, agent: false }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 0) >= 200 && (response.statusCode ?? 0) < 400);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
