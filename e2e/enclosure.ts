import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { isListening } from "./support/ports";

/**
 * The bench runs in a mount and PID namespace of its own, below a process that only waits for it. When
 * the inner process ends, for whatever reason, the kernel ends everything that it started and unmounts
 * everything that it mounted; when the outer one ends, the inner one sees its standard input close and
 * tears down. So nothing stays behind even when either of them is killed.
 */
const DIRECTORY = "LEASEHOLD_E2E_DIRECTORY";

/** The private directory of the bench; undefined outside the enclosure. */
export function enclosedDirectory(): string | undefined {
  return process.env[DIRECTORY];
}

/** Runs this program again inside an enclosure, and looks for what it left behind. */
export async function runEnclosed(programArguments: readonly string[]): Promise<number> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-e2e-"));
  // Containers of any uid pass through it to their volumes.
  fs.chmodSync(directory, 0o711);
  try {
    const code = await waitForInner(directory, programArguments);
    const leftovers = await findLeftovers(directory);
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

function waitForInner(directory: string, programArguments: readonly string[]): Promise<number> {
  const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const inner = spawn("unshare", [...namespaces, "--", process.execPath, ...programArguments], {
    env: { ...process.env, [DIRECTORY]: directory },
    stdio: ["pipe", "inherit", "inherit"],
    // A session of its own: a terminal's Ctrl-C reaches only this process, which passes it on once.
    detached: true,
  });
  const forward = () => {
    if (inner.stdin.writableEnded) inner.kill("SIGKILL");
    else inner.stdin.end();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  signals.forEach((signal) => process.on(signal, forward));
  return new Promise((resolve, reject) => {
    inner.once("error", reject);
    inner.once("exit", (code) => {
      signals.forEach((signal) => process.off(signal, forward));
      resolve(code ?? 1);
    });
  });
}

async function findLeftovers(directory: string): Promise<string[]> {
  const listening = await Promise.all(
    recordedPorts(directory).map(async (port) => ((await isListening(port)) ? [`port ${port}`] : [])),
  );
  const mounts = fs
    .readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(directory));
  return [...processesOf(directory), ...listening.flat(), ...mounts.map((mount) => `mount ${mount}`)];
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
