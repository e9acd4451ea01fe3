/** The program of Node; ../program.ts says what it is given and what it answers. */
import fs from "node:fs";
import { createInterface } from "node:readline";
import { Load, work } from "./load";
import { WAYS } from "./ways";

async function main(): Promise<void> {
  const [way = "", workers, file = ""] = process.argv.slice(2);
  const start = WAYS[way];
  if (!start) throw new Error(`no way is named ${way}`);
  const contract = JSON.parse(fs.readFileSync(process.env.LEASEHOLD_CONTRACT ?? "", "utf8"));
  const pods = await Promise.all(Object.keys(contract.databases).map((name) => start(contract, name)));
  let load = new Load();
  let stopped = false;
  const working = pods.flatMap((application, pod) =>
    Array.from({ length: Number(workers) }, (_, worker) =>
      work(
        pod,
        worker,
        application,
        () => load,
        () => stopped,
      ),
    ),
  );
  let cpu = process.cpuUsage();
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== "count") break;
    load = new Load();
    cpu = process.cpuUsage();
    console.log("counting");
  }
  const { user, system } = process.cpuUsage(cpu);
  stopped = true;
  const { queries, failed, failures, asked } = load;
  await Promise.all(working);
  fs.writeFileSync(file, asked.join("\n"));
  console.log(JSON.stringify({ queries, failed, failures, cpu: (user + system) / 1e6 }));
  await Promise.all(pods.map((application) => application.end()));
}

void main();
