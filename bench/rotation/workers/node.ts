/** The program of Node; ../program.ts says what it is given and what it answers. */
import fs from "node:fs";
import { createInterface } from "node:readline";
import { Load, Worker } from "./load";
import { WAYS } from "./ways";

async function main(): Promise<void> {
  const [way = "", workers, file = ""] = process.argv.slice(2);
  const start = WAYS[way];
  if (!start) throw new Error(`no way is named ${way}`);
  const contract = JSON.parse(fs.readFileSync(process.env.LEASEHOLD_CONTRACT ?? "", "utf8"));
  const pods = await Promise.all(Object.keys(contract.databases).map((name) => start(contract, name)));
  const all = pods.flatMap((application, pod) =>
    Array.from({ length: Number(workers) }, (_, worker) => new Worker(application, pod, worker)),
  );
  let load = new Load();
  let halted = false;
  let working: Promise<unknown> = Promise.resolve();
  let from = process.cpuUsage();
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "go") {
      load = new Load();
      halted = false;
      from = process.cpuUsage();
      working = Promise.all(all.map((each) => each.run(load, () => halted)));
      continue;
    }
    halted = true;
    await working;
    const { user, system } = process.cpuUsage(from);
    const { queries, failed, failures, asked } = load;
    fs.writeFileSync(file, asked.join("\n"));
    console.log(JSON.stringify({ queries, failed, failures, cpu: (user + system) / 1e6 }));
  }
  await Promise.all(pods.map((application) => application.end()));
}

void main();
