import type { Bench } from "../bench";
import { errorMessage } from "../support/wait";
import { Measurements, type Scenario } from "./scenario";

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Runs the scenarios in order. The first one sets the others up: it always runs, and without it the
 * others are skipped.
 */
export async function runScenarios(
  scenarios: readonly Scenario[],
  only: readonly string[],
  bench: Bench,
): Promise<Outcome> {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  let usable = true;
  for (const [index, scenario] of scenarios.entries()) {
    const wanted = index === 0 || only.length === 0 || only.includes(scenario.name);
    const missing = wanted ? scenario.needs?.() : undefined;
    if (missing !== undefined) console.log(`\n${scenario.name}: not run: ${missing}`);
    if (!wanted || !usable || missing !== undefined) {
      skipped += 1;
    } else if (await succeeds(scenario, bench)) {
      passed += 1;
    } else {
      failed += 1;
      usable = index > 0;
    }
  }
  return { passed, failed, skipped };
}

async function succeeds({ name, title, run }: Scenario, bench: Bench): Promise<boolean> {
  const measurements = new Measurements();
  const startedAt = Date.now();
  console.log(`\n${name}: ${title}`);
  const report = (verdict: string) => {
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log([measurements.format(), `  ${verdict} after ${seconds} s`].filter(Boolean).join("\n"));
  };
  try {
    await run(bench, measurements);
    report("passed");
    return true;
  } catch (error) {
    report("FAILED");
    console.log(
      `    ${(error instanceof Error ? (error.stack ?? error.message) : errorMessage(error)).replaceAll("\n", "\n    ")}`,
    );
    return false;
  }
}
