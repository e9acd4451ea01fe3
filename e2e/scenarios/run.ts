import fs from "node:fs";
import path from "node:path";
import { formatFailure, wholeFailure } from "../support/failure";
import { Measurements, type Scenario } from "./scenario";

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Which scenarios are run. */
export interface Choice {
  /** By name; all where there is none. */
  readonly only: readonly string[];
  /**
   * Of Unix time, in seconds: from then on none is begun.
   * @default - whenever it is
   */
  readonly until?: number;
}

/** Why something was not run. */
export const OVER = "the time for it is over";

export function isOver({ until = Infinity }: Choice): boolean {
  return Date.now() / 1000 >= until;
}

/**
 * Runs the scenarios in order. The first one sets the others up: it is wanted with each of them, and without it the
 * others are skipped. `logs` is where the bench's logs are kept after it.
 */
export async function runScenarios<B extends { readonly directory: string }>(
  scenarios: readonly Scenario<B>[],
  choice: Choice,
  bench: B,
  logs: string,
): Promise<Outcome> {
  const { only } = choice;
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  let usable = true;
  for (const [index, scenario] of scenarios.entries()) {
    const wanted = index === 0 || only.length === 0 || only.includes(scenario.name);
    const missing = wanted ? (scenario.needs?.() ?? (isOver(choice) ? OVER : undefined)) : undefined;
    if (missing !== undefined) console.log(`\n${scenario.name}: not run: ${missing}`);
    if (!wanted || !usable || missing !== undefined) {
      skipped += 1;
      usable &&= index > 0;
    } else if (await succeeds(scenario, bench, logs)) {
      passed += 1;
    } else {
      failed += 1;
      usable = index > 0;
    }
  }
  return { passed, failed, skipped };
}

async function succeeds<B extends { readonly directory: string }>(
  { name, title, run }: Scenario<B>,
  bench: B,
  logs: string,
): Promise<boolean> {
  const measurements = new Measurements();
  const startedAt = Date.now();
  console.log(`\n${name}: ${title}`);
  const seconds = () => ((Date.now() - startedAt) / 1000).toFixed(1);
  try {
    await run(bench, measurements);
    console.log([measurements.format(), `  passed after ${seconds()} s`].filter(Boolean).join("\n"));
    return true;
  } catch (error) {
    const log = path.join("failures", `${name}.log`);
    keep(path.join(bench.directory, log), wholeFailure(error));
    const text = formatFailure(error, path.join(logs, log)).replaceAll("\n", "\n    ");
    console.log(
      [`  FAILED after ${seconds()} s`, `    ${text}`, measurements.format()].filter(Boolean).join("\n"),
    );
    return false;
  }
}

function keep(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}
