import { execFileSync } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Language } from "./languages";
import { STATIC_USER, type Setting } from "./measure";
import { startPods } from "./pods";
import { Program } from "./program";

/** Ten rotations a second, of forty pods. */
const TIMING = { period: 4, overlap: 3 };
const PODS = 40;

/** What a program holds while its users change so many times: at each tenth of the way. Answers what failed. */
export async function memory(
  language: Language,
  command: readonly string[],
  ways: readonly string[],
  rotations: number,
  setting: Setting,
): Promise<number> {
  let failed = 0;
  for (const way of ways) {
    const { database, port } = setting;
    const directory = path.join(setting.directory, `memory-${language.name.replaceAll(/\W+/g, "-")}-${way}`);
    const options = { database, port, directory, pods: PODS, poolMax: 1, timing: TIMING };
    const { issuers, contract } = await startPods(options);
    const asked = path.join(directory, "asked");
    const program = Program.start({
      command,
      way,
      workers: 1,
      pods: PODS,
      contract,
      staticUser: STATIC_USER,
      asked,
    });
    program.go();
    await sleep(5000);
    const perPod = Math.ceil(rotations / PODS);
    const rotating = Promise.all(
      issuers.map((issuer, index) => issuer.run(perPod, (index * TIMING.period) / PODS)),
    );
    const held: number[] = [];
    const inUse: number[] = [];
    let lost = 0;
    for (let tenth = 0; tenth < 10; tenth += 1) {
      await sleep((perPod * TIMING.period * 1000) / 10);
      held.push(resident(program.pid));
      // What was counted is let go, or it would be what grows.
      lost += (await program.halt()).failed;
      if (language.inUse) inUse.push(language.inUse(program.pid));
      program.go();
    }
    await rotating;
    lost += (await program.halt()).failed;
    await program.end();
    failed += way === "leasehold" ? lost : 0;
    console.log(
      `${language.name}, ${language.ways[way]}: ${perPod * PODS} rotations, ${lost} failed, MiB ${listed(held)}${language.inUse ? `; of them in use ${listed(inUse)}` : ""}`,
    );
  }
  return failed;
}

function resident(pid: number): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)])) / 1024;
}

function listed(mebibytes: readonly number[]): string {
  return mebibytes.map((each) => each.toFixed(0)).join(" ");
}
