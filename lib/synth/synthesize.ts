import fs from "node:fs";
import path from "node:path";
import { InvalidConfigurationError } from "../core";
import { readEnvironments } from "../environment/declaration";
import type { Environment } from "../environment/environment";
import { configurationProblems } from "../environment/problems";
import type { MadeReport } from "@leasehold/proof/report";
import { refusing, type Finding } from "@leasehold/proof/rules";
import { aside } from "./aside";
import type { Perform } from "../rehearsal";
import { locked } from "./lock";
import { perform } from "./perform";
import { madeNow } from "@leasehold/proof/input";
import { prove, type Proof } from "./prove";
import { claim, publish, withdraw } from "./publish";
import { RefusedConfigurationError } from "@leasehold/proof/rules";
import { render, writeReport, type SynthesizedStack } from "./render";
import { reportOf } from "./report";
import { witnessAt, type Witness } from "./witness";

/** What a synth wrote, and what the proof had to say about it. */
export interface Synthesis {
  readonly stacks: readonly SynthesizedStack[];
  /** Warnings, and findings that are waived. */
  readonly findings: readonly Finding[];
}

/** Where services stood before; nothing where nobody knows. */
export type WitnessSource = () => Promise<Witness | undefined>;

/**
 * Renders all environments beside the output directory, reads back what was rendered, proves the chain
 * of every service on it, and only then replaces the output; so a refused configuration leaves nothing
 * that could be deployed: not half of the new one, and not the old one under a new name. Terraform's own
 * files in the output (`.terraform`, lock files) stay. One synth at a time writes to an output; another waits.
 *
 * @param witness where services stood before; the last synth that left its output here, where nothing is said
 * @param made when, and from which commit; it stands in the access report and nowhere else
 * @param run performs the SQL on a PostgreSQL, once nothing else refuses it
 * @throws ForeignFolderError where the output is not leasehold's folder; nothing in it is touched
 * @throws InvalidConfigurationError with every problem of every environment
 * @throws RefusedConfigurationError with every finding, where the chain does not hold
 * @throws NotPerformedError where the SQL could not be run; then nothing is published
 */
export async function synthesize(
  declared: readonly Environment[],
  outdir: string,
  witness: WitnessSource = async () => witnessAt(outdir, "the last synth"),
  made: () => MadeReport = () => madeNow(new Date()),
  run: Perform = perform,
): Promise<Synthesis> {
  return withOutput(outdir, async (place) => {
    try {
      return await aside(`${place}.rendering-`, async (directory) => {
        const { refusal, rendered } = await tried(declared, {
          directory,
          shownAs: outdir,
          witness,
          perform: run,
        });
        if (refusal !== undefined || rendered === undefined) throw refusal;
        const { stacks, proof } = rendered;
        writeReport(reportOf(proof.environments, made()), directory);
        publish(directory, outdir);
        const files = stacks.map((stack) => ({ ...stack, file: path.join(outdir, stack.file) }));
        return { stacks: files, findings: proof.findings };
      });
    } catch (error) {
      withdrawAfter(error, outdir);
      throw error;
    }
  });
}

/** That nothing deployable is left is not certain where it cannot be removed: then both is said. */
function withdrawAfter(error: unknown, outdir: string): void {
  try {
    withdraw(outdir);
  } catch (failure) {
    throw new AggregateError([error, failure]);
  }
}

/** Takes back what an earlier synth wrote, where the configuration cannot even be looked at any more. */
export async function withdrawOutput(outdir: string): Promise<void> {
  await withOutput(outdir, async () => withdraw(outdir));
}

/** Where environments are rendered to, and what they are judged beside. */
export interface Trial {
  readonly directory: string;
  /** Name under which people know the folder. */
  readonly shownAs: string;
  readonly witness: WitnessSource;
  /**
   * Runs the SQL.
   * @default - it is not run
   */
  readonly perform?: Perform;
}

/** What a synth has to say of environments: why it refuses them, and, where they could be rendered, what they come to. */
export interface Verdict {
  readonly refusal?: InvalidConfigurationError | RefusedConfigurationError;
  readonly rendered?: { readonly stacks: readonly SynthesizedStack[]; readonly proof: Proof };
}

/** Renders environments into a folder and proves what was rendered. Whoever asks what a synth would say asks this. */
export async function tried(
  declared: readonly Environment[],
  { directory, shownAs, witness, perform: run }: Trial,
): Promise<Verdict> {
  const problems = configurationProblems(declared);
  if (problems.length > 0) return { refusal: new InvalidConfigurationError(problems) };
  const { environments } = readEnvironments(declared);
  const stacks = render(environments, directory);
  const before = (await witness()) ?? "none";
  const proof = await prove(environments, { directory, shownAs, witness: before, perform: run });
  const { findings, failures } = proof;
  const rendered = { stacks, proof };
  return failures.length > 0 || refusing(findings).length > 0
    ? { refusal: new RefusedConfigurationError({ findings, failures }), rendered }
    : { rendered };
}

/** Does something with an output that is ours, and that nobody else writes to meanwhile. */
async function withOutput<T>(outdir: string, use: (place: string) => Promise<T>): Promise<T> {
  claim(outdir);
  fs.mkdirSync(path.dirname(path.resolve(outdir)), { recursive: true });
  // What is aside must be on the same file system, also where the output is a link.
  const place = fs.existsSync(outdir) ? fs.realpathSync(outdir) : path.resolve(outdir);
  return locked(`${place}.lock`, () => {
    claim(outdir);
    return use(place);
  });
}
