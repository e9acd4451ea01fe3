import fs from "node:fs";
import { Sandbox } from "../sandbox/sandbox";
import type { Exit } from "../support/process";
import type { Finished } from "../support/run";
import { errorMessage, sleep } from "../support/wait";
import { restartDelay } from "./back-off";
import type { ContainerLaunch } from "./container-launch";
import type { ContainerSpec, RestartPolicy } from "./pod";
import { handle, runProbe, type ProbeOutcome } from "./probe";

export type ContainerState =
  | { readonly kind: "waiting"; readonly reason: string; readonly message?: string }
  | { readonly kind: "running"; readonly startedAt: Date }
  | { readonly kind: "terminated"; readonly startedAt: Date; readonly exit: Exit };

/** After TERM, at least; the kubelet's own minimum. */
const MINIMUM_GRACE_MS = 2_000;

/** One container of a pod: starts it, asks its probes, restarts it as its policy says, stops it. */
export class Container {
  state: ContainerState = { kind: "waiting", reason: "PodInitializing" };
  restarts = 0;
  /** Its startup probe has succeeded, or it runs and has none. */
  started = false;
  /** Its readiness probe succeeds, or it has started and has none. */
  ready = false;
  /** When its first process was started. */
  firstStartedAt: Date | undefined;
  private sandbox: Sandbox | undefined;
  private readonly stopping = new AbortController();

  constructor(
    readonly spec: ContainerSpec,
    private readonly restartPolicy: RestartPolicy,
    private readonly launch: ContainerLaunch,
    private readonly changed: () => void,
  ) {}

  get name(): string {
    return this.spec.name;
  }

  /** Standard output and standard error of all its runs. */
  get log(): string {
    const file = this.launch.logFile(this.spec);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  }

  /** Runs until it has ended for good; the exit code of its last run. */
  async run(): Promise<number> {
    for (;;) {
      const code = await this.runOnce();
      if (this.stopping.signal.aborted || !this.restartsAfter(code)) return code;
      await this.backOff();
      if (this.stopping.signal.aborted) return code;
      this.restarts += 1;
    }
  }

  /** Runs the preStop hook where there is one. */
  async preStop(timeoutMs: number): Promise<void> {
    const hook = this.spec.lifecycle?.preStop;
    if (!hook || !this.sandbox || this.sandbox.exit) return;
    await Promise.race([
      handle(hook, this.target(this.sandbox), timeoutMs),
      sleep(timeoutMs, undefined, { ref: false }),
    ]);
  }

  /** TERM, then KILL at the end of the grace period; no restart from now on. */
  async stop(graceMs: number): Promise<void> {
    this.stopping.abort();
    const { sandbox } = this;
    if (!sandbox || sandbox.exit) return;
    sandbox.signal("SIGTERM");
    const killed = new AbortController();
    const kill = sleep(Math.max(graceMs, MINIMUM_GRACE_MS), undefined, { signal: killed.signal });
    void kill.then(() => sandbox.signal("SIGKILL")).catch(() => undefined);
    await sandbox.exited;
    killed.abort();
  }

  /** What happens to it when its node loses power. */
  kill(): void {
    this.stopping.abort();
    this.sandbox?.signal("SIGKILL");
  }

  /** Runs a command in the container, as `kubectl exec` would. */
  async exec(command: readonly string[], timeoutMs = 30_000): Promise<Finished> {
    if (!this.sandbox) throw new Error(`container ${this.name} has not been started`);
    return this.sandbox.exec(command, timeoutMs);
  }

  /** Sends a signal to the processes of that name in the container. */
  signalProcess(name: string, signal: NodeJS.Signals): number {
    return this.sandbox?.signalByName(name, signal) ?? 0;
  }

  private async runOnce(): Promise<number> {
    const startedAt = new Date();
    let exit: Exit;
    try {
      this.sandbox = await this.launch.start(this.spec);
      if (this.stopping.signal.aborted) this.sandbox.signal("SIGKILL");
      this.firstStartedAt ??= this.sandbox.startedAt;
      this.set({ kind: "running", startedAt }, this.spec.startupProbe === undefined);
      this.startProbes(this.sandbox);
      exit = await this.sandbox.exited;
    } catch (error) {
      this.set(
        { kind: "waiting", reason: "CreateContainerConfigError", message: errorMessage(error) },
        false,
      );
      return 128;
    }
    this.set({ kind: "terminated", startedAt, exit }, false);
    return exit.code;
  }

  private set(state: ContainerState, started: boolean): void {
    this.state = state;
    this.started = started;
    this.ready = started && this.spec.readinessProbe === undefined;
    this.changed();
  }

  private restartsAfter(code: number): boolean {
    return this.restartPolicy === "Always" || (this.restartPolicy === "OnFailure" && code !== 0);
  }

  private async backOff(): Promise<void> {
    const delay = restartDelay(this.restarts);
    if (delay === 0) return;
    if (this.state.kind === "terminated") this.state = { kind: "waiting", reason: "CrashLoopBackOff" };
    this.changed();
    await sleep(delay * 1000, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private startProbes(sandbox: Sandbox): void {
    const { startupProbe } = this.spec;
    if (!startupProbe) return this.startContinuousProbes(sandbox);
    const report = (outcome: ProbeOutcome) => {
      if (outcome === "failed") return this.fail(sandbox);
      this.set(this.state, true);
      this.startContinuousProbes(sandbox);
      return "stop";
    };
    void runProbe(startupProbe, this.target(sandbox), report);
  }

  private startContinuousProbes(sandbox: Sandbox): void {
    const { readinessProbe, livenessProbe } = this.spec;
    const setReady = (outcome: ProbeOutcome) => {
      const ready = outcome === "succeeded";
      if (ready !== this.ready) {
        this.ready = ready;
        this.changed();
      }
      return "go on" as const;
    };
    if (readinessProbe) void runProbe(readinessProbe, this.target(sandbox), setReady);
    const restart = (outcome: ProbeOutcome) => (outcome === "failed" ? this.fail(sandbox) : "go on");
    if (livenessProbe) void runProbe(livenessProbe, this.target(sandbox), restart);
  }

  /** Ends a run whose probe has failed; the restart policy decides what follows. */
  private fail(sandbox: Sandbox): "stop" {
    sandbox.signal("SIGTERM");
    void sleep(this.launch.graceMs, undefined, { ref: false }).then(() => sandbox.signal("SIGKILL"));
    return "stop";
  }

  private target(sandbox: Sandbox) {
    return { sandbox, container: this.spec, podIP: this.launch.podIP };
  }
}
