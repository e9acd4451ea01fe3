import fs from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { Bench } from "./bench";
import { diagnose, formatDiagnosis, isEnough } from "./doctor/doctor";
import { enclosedDirectory, onEndOfEnclosure, runEnclosed } from "./enclosure";
import { scenarios } from "./scenarios";
import { runScenarios } from "./scenarios/run";
import { formatFailure } from "./support/failure";
import { Teardown } from "./support/teardown";
import { errorMessage } from "./support/wait";

interface Options {
  readonly doctor?: boolean;
  readonly only: readonly string[];
  readonly logs?: string;
}

async function main(): Promise<number> {
  const names = scenarios.map(({ name }) => name);
  const options = new Command("npm run e2e --")
    .description("leasehold on real servers: Vault, PostgreSQL, Kubernetes and the injector, on loopback")
    .option("--doctor", "list what the bench needs and what of it is here")
    .option("--only <scenarios...>", `run these only, after the first one: ${names.join(", ")}`, [])
    .option(
      "--logs <directory>",
      "copy the logs of all servers and pods there at the end; without it, beside the bench's own directory when something fails",
    )
    .parse()
    .opts<Options>();
  const unknown = options.only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(`no scenario is named ${unknown.join(", ")}; there are: ${names.join(", ")}`);
  if (options.doctor) return doctor();
  const directory = enclosedDirectory();
  if (directory !== undefined) return runBench(directory, options);
  if (await doctor(true)) return 1;
  return runEnclosed(process.argv.slice(1));
}

/** Prints the list, or only a list of which something is missing that every scenario needs. */
async function doctor(onlyWhenMissing = false): Promise<number> {
  const findings = await diagnose();
  const enough = isEnough(findings);
  if (!onlyWhenMissing || !enough) console.log(formatDiagnosis(findings));
  return enough ? 0 : 1;
}

async function runBench(directory: string, { only, logs }: Options): Promise<number> {
  const teardown = new Teardown();
  let interrupted = false;
  onEndOfEnclosure(() => {
    interrupted = true;
    void finish(directory, teardown, 130);
  });
  const kept = path.resolve(logs ?? `${directory}-logs`);
  try {
    const bench = await Bench.start(directory, teardown);
    const { passed, failed, skipped } = await runScenarios(scenarios, only, bench, kept);
    if (interrupted) return new Promise(() => undefined);
    const left = await teardown.run();
    if (logs !== undefined || failed > 0) copyLogs(directory, kept);
    left.forEach((failure) => console.error(`teardown: ${failure}`));
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
    return failed + left.length > 0 ? 1 : 0;
  } catch (error) {
    copyLogs(directory, kept);
    console.error(formatFailure(error, kept));
    return 1;
  }
}

function copyLogs(directory: string, target: string): void {
  const isLog = (source: string) =>
    // Links into the mirror of providers.
    !source.endsWith(".terraform") && (fs.statSync(source).isDirectory() || source.endsWith(".log"));
  fs.cpSync(directory, target, { recursive: true, filter: isLog });
}

/** The outer process may be gone: then nobody else removes the directory. */
async function finish(directory: string, teardown: Teardown, code: number): Promise<never> {
  await teardown.run();
  fs.rmSync(directory, { recursive: true, force: true });
  process.exit(code);
}

main()
  .catch((error: unknown) => {
    console.error(errorMessage(error));
    return 1;
  })
  // Servers that were started keep this process alive otherwise; the enclosure ends them with it.
  .then((code) => process.exit(code));
