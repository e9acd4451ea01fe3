/**
 * Runs what the pages of the clients show under libraries: `bash .ci/libraries`. With `--write` the pages get the tables, and the page
 * of all clients the sum of them; with `--queries` it goes on until each library was asked so often.
 */
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { startPostgres } from "../../test/support/postgres";
import { CLIENTS, pagesOfClients, placeOf, textOf } from "./clients";
import type { LanguageClient, Library } from "./library";
import { runOf, type Run } from "./run";
import { rowOf, withSummary, withTable } from "./tables";

interface Options {
  readonly write?: boolean;
  readonly queries: string;
  readonly library?: string;
}

async function main(): Promise<void> {
  const command = new Command("bash .ci/libraries")
    .argument("[clients...]", `which of ${CLIENTS.map(({ name }) => name).join(", ")}`)
    .option("--write", "write what was run into the tables of the pages")
    .option("--queries <count>", "of each library at least", "1")
    .option("--library <name>", "this one alone")
    .parse();
  const { write = false, queries, library: only } = command.opts<Options>();
  let isGood = true;
  for (const client of CLIENTS.filter(
    ({ name }) => command.args.length === 0 || command.args.includes(name),
  )) {
    const libraries = client.libraries(textOf(client.page));
    const chosen = libraries.filter(({ name }) => only === undefined || name === only);
    const runs = await runsOf(client, chosen, Number(queries));
    isGood &&= runs.every(({ problems }) => problems.length === 0);
    const names = libraries.map(({ name }) => name);
    if (write) writeFileSync(placeOf(client.page), withTable(textOf(client.page), names, runs));
  }
  if (write) writeFileSync(placeOf("README.md"), withSummary(textOf("README.md"), pagesOfClients()));
  if (!isGood) process.exitCode = 1;
}

async function runsOf(
  client: LanguageClient,
  libraries: readonly Library[],
  queries: number,
): Promise<Run[]> {
  const runs: Run[] = [];
  const server = await startPostgres();
  try {
    for (const library of libraries) {
      const run = await runOf(library, server, queries);
      console.log(`${client.name} ${rowOf(run)} in ${run.rotations} rotations`);
      run.problems.forEach((problem) => console.log(`  ${problem}`));
      runs.push(run);
    }
  } finally {
    client.end?.();
    await server.stop();
  }
  return runs;
}

void main();
