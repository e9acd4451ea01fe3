import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import { execIn, type OnCluster, type Pod } from "../cluster/pods";
import { NODE } from "../images/applications";
import { run, runOrThrow, type Finished } from "../support/run";
import { eventually } from "../support/wait";

/** What is asked for: a connection, or over it an answer of HTTPS. */
export type Target = { readonly host: string; readonly port: number; readonly path?: string };

/** `connected` or `answered`, or how it failed. */
export type Reached = string;

/** How long somebody waits who may be answered by nothing. */
const TIMEOUT_MS = 3_000;

const PROGRAM = `
const { connect } = require("node:net");
const { get } = require("node:https");
const [targets, localAddress, timeout] = JSON.parse(process.argv[1]);
const ask = ({ host, port, path }) => new Promise((resolve) => {
  const options = { host, port, path, localAddress, timeout, rejectUnauthorized: false };
  const asked = path === undefined
    ? connect(options, () => end("connected"))
    : get(options, () => end("answered"));
  const end = (how) => (asked.destroy(), resolve(how));
  asked.once("timeout", () => end("no answer"));
  asked.once("error", ({ code }) => end(code));
});
Promise.all(targets.map(ask)).then((all) => console.log(JSON.stringify(all)));`;

/** Who asks. */
export interface Somewhere {
  reaches(targets: readonly Target[]): Promise<Reached[]>;
}

/** A container with Node in it. */
export function fromPod(bench: OnCluster, pod: Pod, container: string): Somewhere {
  return {
    reaches: async (targets) =>
      answers(await execIn(bench, pod, container, [NODE, ...program(targets)]), pod.metadata.name),
  };
}

const LINK = "outside";

/**
 * A machine outside of the cluster, whose router the bench is: pods are asked by their own addresses. Its network is held
 * by a process and has no name: `ip netns` would mount the directory anew in which those of pods are.
 */
export class OutsideMachine {
  private constructor(private readonly holder: ChildProcess) {}

  static async start(addresses: readonly string[]): Promise<OutsideMachine> {
    const holder = spawn("unshare", ["--net", "--", "sleep", "infinity"], { stdio: "ignore" });
    const machine = new OutsideMachine(holder);
    const networkOf = (process: string | number) => fs.readlinkSync(`/proc/${process}/ns/net`);
    await eventually("network of another machine", () => networkOf(machine.pid) !== networkOf("self"));
    const router = "169.254.1.1";
    await runOrThrow("ip", [
      "link",
      "add",
      LINK,
      "type",
      "veth",
      "peer",
      "name",
      "eth0",
      "netns",
      machine.pid,
    ]);
    for (const args of [
      ["address", "add", `${router}/32`, "dev", LINK],
      ["link", "set", LINK, "up"],
      ...addresses.map((address) => ["route", "add", address, "dev", LINK]),
    ])
      await runOrThrow("ip", args);
    for (const args of [
      ["link", "set", "eth0", "up"],
      ...addresses.map((address) => ["address", "add", `${address}/32`, "dev", "eth0"]),
      ["route", "add", router, "dev", "eth0"],
      ["route", "add", "default", "via", router],
    ])
      await runOrThrow("nsenter", machine.inside(["ip", ...args]));
    return machine;
  }

  /** The link goes with its network. */
  stop(): void {
    this.holder.kill("SIGKILL");
  }

  /** By one of its addresses. */
  from(address: string): Somewhere {
    const command = (targets: readonly Target[]) => [process.execPath, ...program(targets, address)];
    return {
      reaches: async (targets) => answers(await run("nsenter", this.inside(command(targets))), address),
    };
  }

  private get pid(): string {
    return String(this.holder.pid);
  }

  private inside(command: readonly string[]): string[] {
    return [`--net=/proc/${this.pid}/ns/net`, "--", ...command];
  }
}

function program(targets: readonly Target[], localAddress?: string): string[] {
  return ["-e", PROGRAM, JSON.stringify([targets, localAddress ?? null, TIMEOUT_MS])];
}

function answers({ code, stdout, stderr }: Finished, who: string): Reached[] {
  assert.equal(code, 0, `${who}: ${stderr}`);
  return JSON.parse(stdout) as Reached[];
}
