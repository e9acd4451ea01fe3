import fs from "node:fs";
import path from "node:path";
import { findBinary } from "../doctor/binaries";
import { BackgroundProcess, type Exit } from "../support/process";
import { run, type Finished } from "../support/run";
import { eventually } from "../support/wait";
import { children, commandName, descendants, linkOf } from "./proc";
import { buildRootFileSystem, createMountPoints, homeOf, type BindMount } from "./root-filesystem";

export interface SandboxUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

export interface SandboxOptions {
  readonly name: string;
  /** Holds the root file system while the sandbox lives. */
  readonly directory: string;
  readonly mounts: readonly BindMount[];
  readonly user: SandboxUser;
  /** The whole environment; PATH and HOME have defaults. */
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly readOnlyRoot: boolean;
  readonly logFile: string;
}

/**
 * A process with a mount namespace, a PID namespace in which it is PID 1, a root file system and a user
 * of its own: what the pod runner calls a container. The network is the machine's.
 */
export class Sandbox {
  private killed = false;

  private constructor(
    private readonly process: BackgroundProcess,
    private readonly options: SandboxOptions,
    private readonly root: string,
  ) {}

  /** Returns when the command runs, so that a signal sent afterwards reaches it and not its preparation. */
  static async start(options: SandboxOptions): Promise<Sandbox> {
    const root = fs.mkdtempSync(path.join(options.directory, "root-"));
    fs.chmodSync(root, 0o755);
    const mounts = [...buildRootFileSystem(root), ...options.mounts];
    createMountPoints(root, mounts);
    const script = preparation(root, mounts, options);
    const process = new BackgroundProcess(
      options.name,
      tool("unshare"),
      [
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "--",
        "/bin/sh",
        "-ec",
        script,
        "sh",
        ...options.command,
      ],
      { env: environment(options), logFile: options.logFile },
    );
    const sandbox = new Sandbox(process, options, root);
    void process.exited.then(() => fs.rmSync(root, { recursive: true, force: true }));
    await eventually(`start of ${options.name}`, () => process.exit || sandbox.isRunningCommand(), {
      intervalMs: 5,
    });
    return sandbox;
  }

  get exited(): Promise<Exit> {
    return this.process.exited.then((exit) => this.withSignal(exit));
  }

  get exit(): Exit | undefined {
    return this.process.exit && this.withSignal(this.process.exit);
  }

  get startedAt(): Date {
    return this.process.startedAt;
  }

  /** Sends a signal to PID 1 of the sandbox; the kernel ends the others with it. */
  signal(signal: NodeJS.Signals): void {
    const init = this.init();
    if (init === undefined || this.exit) return;
    this.killed ||= signal === "SIGKILL";
    process.kill(init, signal);
  }

  /** Sends a signal to every process of that name inside, as `pkill` in the container would. */
  signalByName(name: string, signal: NodeJS.Signals): number {
    const pids = descendants(this.init()).filter((pid) => commandName(pid) === name);
    pids.forEach((pid) => process.kill(pid, signal));
    return pids.length;
  }

  /** Runs a command inside, as the container's user: what an exec probe or a preStop hook does. */
  async exec(command: readonly string[], timeoutMs: number): Promise<Finished> {
    const { uid, gid } = this.options.user;
    const init = this.init();
    if (init === undefined || this.exit) return { code: 137, stdout: "", stderr: "the container is gone" };
    return run(
      tool("nsenter"),
      [
        `--target=${init}`,
        "--mount",
        "--pid",
        "--root",
        `--setuid=${uid}`,
        `--setgid=${gid}`,
        "--",
        ...command,
      ],
      { env: environment(this.options), timeoutMs },
    );
  }

  /** `unshare` cannot die of its child's SIGKILL and ends with 1 instead. */
  private withSignal(exit: Exit): Exit {
    return this.killed && exit.code === 1 ? { ...exit, code: 137 } : exit;
  }

  /** PID 1 of the sandbox, as this process sees it. */
  private init(): number | undefined {
    return children(this.process.pid)[0];
  }

  private isRunningCommand(): boolean {
    const init = this.init();
    return (
      init !== undefined && linkOf(init, "root") === this.root && !linkOf(init, "exe").endsWith("/chroot")
    );
  }
}

/** Mounts everything and becomes the command, as the user, without a way to gain privileges. */
function preparation(
  root: string,
  mounts: readonly BindMount[],
  { user, readOnlyRoot }: SandboxOptions,
): string {
  const mount = tool("mount");
  const bind = ({ source, target, readOnly }: BindMount) =>
    `${mount} -o bind${readOnly ? ",ro" : ""} ${quote(source)} ${quote(path.join(root, target))}`;
  return [
    bind({ source: root, target: "/", readOnly: false }),
    `${mount} --rbind /dev ${quote(`${root}/dev`)}`,
    ...mounts.map(bind),
    `${mount} -t proc proc ${quote(`${root}/proc`)}`,
    ...(readOnlyRoot ? [`${mount} -o remount,bind,ro ${quote(root)}`] : []),
    `cd ${quote(root)}`,
    [
      `exec ${tool("setpriv")} --no-new-privs ${tool("chroot")}`,
      `--userspec=${user.uid}:${user.gid} --groups=${user.groups.join(",")} ${quote(root)} "$@"`,
    ].join(" "),
  ].join("\n");
}

/** The mark by which the enclosure recognises its processes stays in every environment. */
function environment({ env, user }: SandboxOptions): NodeJS.ProcessEnv {
  const { LEASEHOLD_E2E_DIRECTORY } = process.env;
  return { PATH: "/bin:/usr/bin", HOME: homeOf(user.uid), LEASEHOLD_E2E_DIRECTORY, ...env };
}

function tool(name: string): string {
  return findBinary(name) ?? name;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
