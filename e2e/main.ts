import fs from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { diagnose, formatDiagnosis, isEnough, missingFor, type Finding } from "./doctor/doctor";
import { abandon, enclosed, onEndOfEnclosure, runEnclosed } from "./enclosure";
import { groups, lanes, type Group } from "./group";
import { runLanes } from "./lanes";
import { isOver, OVER, type Choice } from "./scenarios/run";
import { formatFailure } from "./support/failure";
import { logsBelow } from "./support/logs";
import { Teardown } from "./support/teardown";
import { errorMessage } from "./support/wait";

interface Options extends Choice {
  readonly doctor?: boolean;
  readonly logs?: string;
}

async function main(): Promise<number> {
  const names = groups.flatMap(({ scenarios }) => scenarios);
  const options = new Command("npm run e2e --")
    .description(
      "leasehold on real servers: Vault, PostgreSQL, the injector and clusters with nodes, on this machine",
    )
    .option("--doctor", "list what the bench needs and what of it is here")
    .option(
      "--only <scenarios...>",
      `run these only, each after the first one of its group: ${names.join(", ")}`,
      [],
    )
    .option(
      "--until <seconds>",
      "of Unix time: begin no scenario from then on, and name those that were not run",
      Number,
    )
    .option(
      "--logs <directory>",
      "copy the logs of all servers and pods there at the end; without it, beside the bench's own directory when something fails",
    )
    .parse()
    .opts<Options>();
  if (Number.isNaN(options.until)) throw new Error("--until is no number of seconds");
  const unknown = options.only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(`no scenario is named ${unknown.join(", ")}; there are: ${names.join(", ")}`);
  const inside = enclosed();
  if (inside !== undefined) {
    const group = groups.find((each) => each.group === inside.group);
    if (group === undefined) throw new Error(`there is no group ${inside.group}`);
    return runGroup(group, inside.directory, options);
  }
  const findings = await diagnose();
  const enough = isEnough(findings);
  if (options.doctor || !enough) console.log(formatDiagnosis(findings));
  if (options.doctor || !enough) return enough ? 0 : 1;
  const wanted = lanes
    .map((lane) => lane.filter((group) => isWanted(group, options) && !isMissing(group, findings)))
    .filter((lane) => lane.length > 0);
  return runLanes(wanted, async (group) => {
    // Where others run beside it, each line says whose it is.
    const print =
      wanted.length > 1 ? (line: string) => console.log(`${group.group.padEnd(9)} | ${line}`) : undefined;
    if (!isOver(options)) return runEnclosed(group, process.argv.slice(1), print);
    (print ?? console.log)(`${group.group}: not run: ${OVER}`);
    return 0;
  });
}

function isWanted({ scenarios }: Group, { only }: Options): boolean {
  return only.length === 0 || scenarios.some((name) => only.includes(name));
}

function isMissing({ group }: Group, findings: readonly Finding[]): boolean {
  const missing = missingFor(group, findings);
  if (missing.length > 0) console.log(`\n${group}: not run: needs ${missing.join(", ")}`);
  return missing.length > 0;
}

async function runGroup(group: Group, directory: string, options: Options): Promise<number> {
  const { logs } = options;
  const teardown = new Teardown();
  let interrupted = false;
  onEndOfEnclosure(() => {
    interrupted = true;
    void finish(directory, teardown, 130);
  });
  const kept = path.resolve(logs === undefined ? `${directory}-logs` : path.join(logs, group.group));
  try {
    const { passed, failed, skipped } = await group.run(directory, options, kept, teardown);
    if (interrupted) return new Promise(() => undefined);
    const left = await teardown.run();
    if (logs !== undefined || failed > 0) copyLogs(directory, kept);
    left.forEach((failure) => console.error(`teardown: ${failure}`));
    console.log(`\n${group.group}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
    return failed + left.length > 0 ? 1 : 0;
  } catch (error) {
    copyLogs(directory, kept);
    console.error(formatFailure(error, kept));
    return 1;
  }
}

function copyLogs(directory: string, target: string): void {
  for (const file of logsBelow(directory))
    fs.cpSync(file, path.join(target, path.relative(directory, file)), { recursive: true });
}

/** The outer process may be gone: then nobody else removes the directory. */
async function finish(directory: string, teardown: Teardown, code: number): Promise<never> {
  await teardown.run();
  await abandon(directory);
  process.exit(code);
}

main()
  .catch((error: unknown) => {
    console.error(errorMessage(error));
    return 1;
  })
  // Servers that were started keep this process alive otherwise; the enclosure ends them with it.
  .then((code) => process.exit(code));
