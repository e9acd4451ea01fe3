import fs from "node:fs";
import path from "node:path";
import { InvalidConfigurationError } from "../core";
import type { DeclaredEnvironment } from "../environment/environment";
import { configurationOf } from "../environment/problems";
import type { MadeReport } from "@leasehold/proof/report";
import { refusing, type Finding } from "@leasehold/proof/rules";
import { aside } from "./aside";
import type { Conclude } from "./conclusion";
import type { Perform } from "../rehearsal";
import { layBeside, leftIn, wholeIn, type Left } from "./left";
import { locked } from "./lock";
import { perform } from "./perform";
import { madeNow } from "@leasehold/proof/input";
import { prove, type Proof } from "./prove";
import { claim, publish, withdraw } from "./publish";
import { RefusedConfigurationError } from "@leasehold/proof/rules";
import { render, writeReport, type SynthesizedStack } from "./render";
import { reportOf } from "./report";
import { selectionOf, type Selection } from "./selection";
import { witnessAt, type Witness } from "./witness";

/** What a synth wrote, and what the proof had to say about it. */
export interface Synthesis {
  readonly stacks: readonly SynthesizedStack[];
  /** Warnings, and findings that are waived. */
  readonly findings: readonly Finding[];
  /** Environments that were not rendered, because others were asked for. */
  readonly left: readonly LeftEnvironment[];
}

/** An environment of which the output holds what an earlier synth wrote, whatever its literal says now. */
export interface LeftEnvironment {
  readonly name: string;
  /** Whether all of it is there: beside one of which something is missing nothing was judged. */
  readonly isWhole: boolean;
}

/** Where services stood before; nothing where nobody knows. */
export type WitnessSource = () => Promise<Witness | undefined>;

/** What a synth is told by whoever knows the disk, the clock and the commit. */
export interface SynthesisOptions {
  /** @default - where the last synth that left its output there left them */
  readonly witness?: WitnessSource;
  /**
   * When, and from which commit; it stands in the access report and nowhere else.
   * @default - now, and the commit of the folder that the program runs in
   */
  readonly made?: () => MadeReport;
  /**
   * Runs the SQL, once nothing else refuses it.
   * @default - on a PostgreSQL in a process of its own; what came of the same SQL before is kept
   */
  readonly perform?: Perform;
  /**
   * Remembers what the proof came to.
   * @default - nobody does: it is proven each time
   */
  readonly conclude?: Conclude;
  /**
   * Names of environments; with these those are rendered and proven in which their changes are proven. What an earlier
   * synth wrote of the others stays as it is, and these are judged beside it.
   * @default - all of them
   */
  readonly only?: readonly string[];
}

/**
 * Renders all environments beside the output directory, reads back what was rendered, proves the chain
 * of every service on it, and only then replaces the output; so a refused configuration leaves nothing
 * that could be deployed: not half of the new one, and not the old one under a new name. Terraform's own
 * files in the output (`.terraform`, lock files) stay. One synth at a time writes to an output; another waits.
 *
 * @throws ForeignFolderError where the output is not leasehold's folder; nothing in it is touched
 * @throws InvalidConfigurationError with every problem of every environment
 * @throws RefusedConfigurationError with every finding, where the chain does not hold
 * @throws UnknownEnvironmentError where there is none of a name; nothing is touched
 * @throws NotPerformedError where the SQL could not be run; then nothing is published
 */
export async function synthesize(
  declared: readonly DeclaredEnvironment[],
  outdir: string,
  {
    witness = async () => witnessAt(outdir, "the last synth"),
    made = () => madeNow(new Date()),
    perform: run = perform,
    conclude = (_, prove) => prove(),
    only = [],
  }: SynthesisOptions = {},
): Promise<Synthesis> {
  const selection = selectionOf(declared, only);
  return withOutput(outdir, async (place) => {
    const left = leftIn(outdir, selection);
    try {
      return await aside(`${place}.rendering-`, async (directory) => {
        const { all, environments, stacks } = rendering(declared, directory, selection);
        const others = all.filter(({ name }) => selection.others.includes(name));
        if (others.length > 0) layBeside(directory, outdir, left, selection);
        const beside = wholeIn(directory, others, all);
        const rendered = { directory, shownAs: outdir, witness: (await witness()) ?? ("none" as const) };
        const judged = environments.map(({ name }) => name);
        const now = made();
        const read = [...environments, ...beside];
        const question = { by: "synth", environments: read, judged, ...rendered } as const;
        const { findings, reports } = await conclude(question, async () => {
          const proof = await prove(environments, { ...rendered, perform: run }, beside);
          const refusal = refusalOf(proof);
          if (refusal !== undefined) throw refusal;
          return { findings: proof.findings, failures: [], reports: reportOf(proof.environments, now) };
        });
        writeReport({ ...reports, made: now }, directory);
        publish(directory, outdir, left);
        return {
          stacks: stacks.map((stack) => ({ ...stack, file: path.join(outdir, stack.file) })),
          findings,
          left: others.map((each) => ({ name: each.name, isWhole: beside.includes(each) })),
        };
      });
    } catch (error) {
      withdrawAfter(error, outdir, left);
      throw error;
    }
  });
}

/** That nothing deployable is left is not certain where it cannot be removed: then both is said. */
function withdrawAfter(error: unknown, outdir: string, left: Left): void {
  try {
    withdraw(outdir, left);
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
  declared: readonly DeclaredEnvironment[],
  { directory, shownAs, witness, perform: run }: Trial,
): Promise<Verdict> {
  try {
    const { environments, stacks } = rendering(declared, directory);
    const before = (await witness()) ?? "none";
    const proof = await prove(environments, { directory, shownAs, witness: before, perform: run });
    return { refusal: refusalOf(proof), rendered: { stacks, proof } };
  } catch (error) {
    if (error instanceof InvalidConfigurationError) return { refusal: error };
    throw error;
  }
}

/** @throws InvalidConfigurationError with every problem of every environment */
function rendering(
  declared: readonly DeclaredEnvironment[],
  directory: string,
  { chosen }: Selection = selectionOf(declared, []),
) {
  const { environments: all, problems } = configurationOf(declared);
  if (problems.length > 0) throw new InvalidConfigurationError(problems);
  const environments = all.filter(({ name }) => chosen.includes(name));
  return { all, environments, stacks: render(environments, directory) };
}

function refusalOf({ findings, failures }: Proof): RefusedConfigurationError | undefined {
  const holds = failures.length === 0 && refusing(findings).length === 0;
  return holds ? undefined : new RefusedConfigurationError({ findings, failures });
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
