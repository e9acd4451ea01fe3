import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { cgroupDirectories, removeCgroup } from "./support/cgroups";
import { isListening } from "./support/ports";
import { eventually } from "./support/wait";

/**
 * A group of scenarios runs in a mount and PID namespace of its own, below a process that only waits for it. When
 * the inner process ends, for whatever reason, the kernel ends everything that it started and unmounts
 * everything that it mounted; when the outer one ends, the inner one sees its standard input close and
 * tears down. So nothing stays behind even when either of them is killed.
 */
const DIRECTORY = "LEASEHOLD_E2E_DIRECTORY";
const GROUP = "LEASEHOLD_E2E_GROUP";

/** What is run in an enclosure. */
export interface Enclosed {
  /** Name of the group of scenarios. */
  readonly group: string;
  /** Whose network it has: a cluster with nodes has one of its own, and no way out of it. */
  readonly network: "own" | "machine";
  /** Where it is looked for what stayed behind: beside somebody's cluster, interfaces and rules come and go that are not the bench's. */
  readonly leftovers: "everywhere" | "ours";
  /** Puts into the directory what comes over the machine's network. */
  readonly prepare?: (directory: string) => Promise<void>;
}

/** The private directory and the group that is to be run in it; undefined outside the enclosure. */
export function enclosed(): { readonly directory: string; readonly group: string } | undefined {
  const { [DIRECTORY]: directory, [GROUP]: group } = process.env;
  return directory === undefined || group === undefined ? undefined : { directory, group };
}

/** The cgroup of everything that runs in containers of the enclosure. */
export function cgroupOf(directory: string): string {
  return path.basename(directory);
}

/**
 * Runs this program again inside an enclosure, and looks for what it left behind.
 *
 * @param print is given each line that it writes; where nothing is said, they stay as they are
 */
export async function runEnclosed(
  what: Enclosed,
  programArguments: readonly string[],
  print?: (line: string) => void,
): Promise<number> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-e2e-"));
  // Containers of any uid pass through it to their volumes.
  fs.chmodSync(directory, 0o711);
  const tracesNow = () => (what.leftovers === "everywhere" ? traces() : []);
  const before = new Set(tracesNow());
  try {
    await what.prepare?.(directory);
    const code = await waitForInner(directory, what, programArguments, print);
    await removeCgroups(directory);
    const leftovers = [
      ...(await findLeftovers(directory)),
      ...tracesNow().filter((trace) => !before.has(trace)),
    ];
    leftovers.forEach((leftover) => console.error(`left behind: ${leftover}`));
    return leftovers.length > 0 ? 1 : code;
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** Calls back once when the outer process is gone or asks for the end. */
export function onEndOfEnclosure(callback: () => void): void {
  process.stdin.once("end", callback).resume();
}

/** Leaves the ports that the bench uses where the outer process checks them. */
export function recordPorts(directory: string, ports: readonly number[]): void {
  fs.writeFileSync(portsFile(directory), JSON.stringify([...recordedPorts(directory), ...ports]));
}

/** For when the outer process is gone: ends, unmounts and removes what it would have looked after. */
export async function abandon(directory: string): Promise<void> {
  // Everything in this namespace but this process, which is its first.
  try {
    process.kill(-1, "SIGKILL");
  } catch {
    // There was nothing else.
  }
  const mounts = mountsOf(directory).map((line) => line.split(" ")[4] ?? "");
  mounts.reverse().forEach((mount) => spawnSync("umount", ["--lazy", mount]));
  await removeCgroups(directory);
  fs.rmSync(directory, { recursive: true, force: true });
}

/** What ran in it may need a moment to end. */
async function removeCgroups(directory: string): Promise<void> {
  const cgroup = cgroupOf(directory);
  await eventually("end of the containers", () => {
    removeCgroup(cgroup);
    return true;
  }).catch(() => undefined);
}

function waitForInner(
  directory: string,
  { group, network }: Enclosed,
  programArguments: readonly string[],
  print?: (line: string) => void,
): Promise<number> {
  const namespaces = [
    ...["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
    ...(network === "own" ? ["--net"] : []),
  ];
  const inner = spawn("unshare", [...namespaces, "--", process.execPath, ...programArguments], {
    env: { ...process.env, [DIRECTORY]: directory, [GROUP]: group },
    stdio: print === undefined ? ["pipe", "inherit", "inherit"] : ["pipe", "pipe", "pipe"],
    // A session of its own: a terminal's Ctrl-C reaches only this process, which passes it on once.
    detached: true,
  });
  const stdin = inner.stdin as Writable;
  for (const output of [inner.stdout, inner.stderr])
    if (output !== null) createInterface(output).on("line", (line) => print?.(line));
  const forward = () => {
    if (stdin.writableEnded) inner.kill("SIGKILL");
    else stdin.end();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  signals.forEach((signal) => process.on(signal, forward));
  return new Promise((resolve, reject) => {
    inner.once("error", reject);
    // Not before the last line is there.
    inner.once("close", (code) => {
      signals.forEach((signal) => process.off(signal, forward));
      resolve(code ?? 1);
    });
  });
}

async function findLeftovers(directory: string): Promise<string[]> {
  const listening = await Promise.all(
    recordedPorts(directory).map(async (port) => ((await isListening(port)) ? [`port ${port}`] : [])),
  );
  return [
    ...processesOf(directory),
    ...listening.flat(),
    ...mountsOf(directory).map((mount) => `mount ${mount}`),
    ...cgroupDirectories(cgroupOf(directory)).map((cgroup) => `cgroup ${cgroup}`),
  ];
}

function mountsOf(directory: string): string[] {
  const mounts = fs.readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return mounts.filter((line) => line.includes(directory));
}

/** Where kubelets, containerd and the plugins of the network write whatever they are told. */
const PLACES_OF_NODES = [
  "/etc/cni",
  "/run/containerd",
  "/run/flannel",
  "/run/netns",
  "/var/lib/cni",
  "/var/lib/containerd",
  "/var/lib/kubelet",
  "/var/log/containers",
  "/var/log/pods",
];

/** What a cluster with nodes may leave on a machine, beside what is known to be this bench's. */
function traces(): string[] {
  const files = PLACES_OF_NODES.filter((place) => fs.existsSync(place)).flatMap((place) => [
    place,
    ...fs.readdirSync(place).map((name) => path.join(place, name)),
  ]);
  const interfaces = fs.readdirSync("/sys/class/net").map((name) => `network interface ${name}`);
  const { stdout } = spawnSync("iptables-save", { encoding: "utf8" });
  const rules = (stdout ?? "").split("\n").filter((line) => line.includes("KUBE-"));
  return [...files, ...interfaces, ...rules.map((rule) => `firewall rule ${rule}`)];
}

/** Every process of the bench carries the directory in its environment. */
function processesOf(directory: string): string[] {
  return fs
    .readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      const marked = readProcess(pid, "environ").split("\0").includes(`${DIRECTORY}=${directory}`);
      return marked ? [`process ${pid}: ${readProcess(pid, "cmdline").replaceAll("\0", " ")}`] : [];
    });
}

function readProcess(pid: string, file: "environ" | "cmdline"): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

function recordedPorts(directory: string): number[] {
  const file = portsFile(directory);
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as number[]) : [];
}

function portsFile(directory: string): string {
  return path.join(directory, "ports.json");
}
