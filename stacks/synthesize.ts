import fs from "node:fs";
import path from "node:path";
import { InvalidConfigurationError } from "../lib/core";
import type { MadeReport } from "../lib/report";
import { refusing, type Finding } from "../lib/rules";
import type { Environment } from "./environment";
import { madeNow } from "./made";
import { publish, withdraw } from "./output";
import { configurationProblems } from "./problems";
import { prove } from "./prove";
import { RefusedConfigurationError } from "./refused";
import { render, writeReport, type SynthesizedStack } from "./render";
import { reportOf } from "./report";
import { witnessAt, type Witness } from "./witness";

/** What a synth wrote, and what the proof had to say about it. */
export interface Synthesis {
  readonly stacks: readonly SynthesizedStack[];
  /** Warnings, and findings that are waived. */
  readonly findings: readonly Finding[];
}

/**
 * Renders all environments beside the output directory, reads back what was rendered, proves the chain
 * of every service on it, and only then replaces the output; so a refused configuration leaves nothing
 * that could be deployed: not half of the new one, and not the old one under a new name. Terraform's own
 * files in the output (`.terraform`, lock files) stay.
 *
 * @param witness where services stood before; the last synth that left its output here, where nothing is said
 * @param made when, and from which commit; it stands in the access report and nowhere else
 * @throws InvalidConfigurationError with every problem of every environment
 * @throws RefusedConfigurationError with every finding, where the chain does not hold
 */
export async function synthesize(
  environments: readonly Environment[],
  outdir: string,
  witness: () => Promise<Witness | undefined> = async () => witnessAt(outdir, "the last synth"),
  made: () => MadeReport = () => madeNow(new Date()),
): Promise<Synthesis> {
  let aside: string | undefined;
  try {
    const problems = configurationProblems(environments);
    if (problems.length > 0) throw new InvalidConfigurationError(problems);
    aside = fs.mkdtempSync(`${path.resolve(outdir)}.rendering-`);
    const stacks = render(environments, aside);
    const before = (await witness()) ?? "none";
    const {
      findings,
      failures,
      environments: judged,
    } = await prove(environments, { directory: aside, shownAs: outdir, witness: before });
    if (failures.length > 0 || refusing(findings).length > 0) {
      throw new RefusedConfigurationError({ findings, failures });
    }
    writeReport(reportOf(judged, made()), aside);
    publish(aside, outdir);
    return { stacks: stacks.map((stack) => ({ ...stack, file: path.join(outdir, stack.file) })), findings };
  } catch (error) {
    withdraw(outdir);
    throw error;
  } finally {
    if (aside) fs.rmSync(aside, { recursive: true, force: true });
  }
}
