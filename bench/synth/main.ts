/**
 * `npm run bench:synth`: leasehold, with and without its proof, beside a hand-written CDKTF program of the same resources, and
 * beside the same program as `cdktf init` would leave it. All in one run, interleaved, as ratios: the
 * machine's own speed cancels out.
 */
import { fork } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

interface Run {
  readonly seconds: number;
  /** Steadier than wall time where the machine does other things beside. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

interface Variant {
  readonly name: string;
  readonly script: string;
  readonly execArgv: readonly string[];
  /** Up to how many services it is run. */
  readonly most: number;
}

const { values: asked } = parseArgs({
  options: { sizes: { type: "string", default: "10,100,1000" }, rounds: { type: "string", default: "3" } },
});
const ROUNDS = Number(asked.rounds);
const SIZES = asked.sizes.split(",").map(Number);
/** Up to where everything is measured; beyond, how far the proof is from the hand-written program. */
const LARGEST = 1000;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-bench-"));
const compiled = __dirname;
const sources = path.resolve(__dirname, "../../../..", "bench/synth");

const leasehold: Variant = {
  name: "leasehold",
  script: path.join(compiled, "leasehold.js"),
  execArgv: [],
  most: Infinity,
};
const unchanged: Variant = {
  ...leasehold,
  name: "unchanged",
  script: path.join(compiled, "unchanged.js"),
  most: LARGEST,
};
const unproven: Variant = {
  ...leasehold,
  name: "unproven",
  script: path.join(compiled, "unproven.js"),
  most: LARGEST,
};
const first: Variant = {
  ...leasehold,
  name: "first run",
  script: path.join(compiled, "first.js"),
  most: LARGEST,
};
const plain: Variant = { ...leasehold, name: "plain CDKTF", script: path.join(compiled, "plain.js") };
const init: Variant = {
  name: "cdktf init",
  script: path.join(sources, "init.ts"),
  execArgv: ["--require", "ts-node/register"],
  most: 100,
};

async function run({ name, script, execArgv }: Variant, size: number): Promise<Run & { resources: string }> {
  // The same in each round: what is remembered is remembered by it.
  const outdir = path.join(folder, `${name}-${size}`);
  try {
    const started = process.hrtime.bigint();
    const usage = await new Promise<Pick<Run, "cpuSeconds" | "peakMiB">>((resolve, reject) => {
      let used = { cpuSeconds: NaN, peakMiB: NaN };
      const child = fork(script, [String(size), outdir], {
        execArgv: [...execArgv],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      child.on("message", (message) => (used = message as typeof used));
      child.on("exit", (code) =>
        code === 0 ? resolve(used) : reject(new Error(`${script} ${size}: exit code ${code}`)),
      );
    });
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    return { seconds, ...usage, resources: resourcesIn(outdir) };
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

/** The number of resources of each type, over all stacks. */
function resourcesIn(outdir: string): string {
  const counts = new Map<string, number>();
  for (const stack of fs.readdirSync(path.join(outdir, "stacks"))) {
    const text = fs.readFileSync(path.join(outdir, "stacks", stack, "cdk.tf.json"), "utf8");
    const { resource = {} } = JSON.parse(text) as { resource?: Record<string, object> };
    for (const [type, byName] of Object.entries(resource)) {
      counts.set(type, (counts.get(type) ?? 0) + Object.keys(byName).length);
    }
  }
  return [...counts]
    .sort()
    .map(([type, count]) => `${type} ${count}`)
    .join(", ");
}

function median(runs: readonly Run[]): Run {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
  return {
    seconds: middle(runs.map((run) => run.seconds)),
    cpuSeconds: middle(runs.map((run) => run.cpuSeconds)),
    peakMiB: middle(runs.map((run) => run.peakMiB)),
  };
}

async function measure(size: number): Promise<Map<Variant, Run>> {
  const variants = [first, leasehold, unchanged, unproven, plain, init].filter(({ most }) => size <= most);
  const runs = new Map<Variant, Run[]>(variants.map((variant) => [variant, []]));
  for (let round = 0; round < ROUNDS; round++) {
    const seen = new Set<string>();
    for (const variant of variants) {
      const result = await run(variant, size);
      seen.add(result.resources);
      runs.get(variant)?.push(result);
    }
    if (seen.size > 1) throw new Error(`the programs define different resources:\n${[...seen].join("\n")}`);
  }
  return new Map([...runs].map(([variant, results]) => [variant, median(results)]));
}

/** One line per program, and how it compares with the hand-written one. */
function table(size: number, results: ReadonlyMap<Variant, Run>): string[] {
  const base = results.get(plain);
  return [...results].map(([{ name }, run]) =>
    [
      String(size).padEnd(8),
      name.padEnd(11),
      `${run.seconds.toFixed(2)} s`.padEnd(8),
      `${run.cpuSeconds.toFixed(2)} s`.padEnd(8),
      `${run.peakMiB.toFixed(0)} MiB`.padEnd(7),
      `${ratio(run.seconds, base?.seconds)} wall, ${ratio(run.cpuSeconds, base?.cpuSeconds)} cpu`,
    ].join("  "),
  );
}

function ratio(value: number | undefined, base: number | undefined): string {
  return value === undefined || base === undefined ? "-" : `${(value / base).toFixed(2)} x`;
}

async function main(): Promise<void> {
  console.log(`median of ${ROUNDS} runs, interleaved; Node ${process.version}\n`);
  console.log("services  program      wall      cpu       peak     beside plain CDKTF");
  const measured = new Map<number, Map<Variant, Run>>();
  for (const size of SIZES) {
    const results = await measure(size);
    measured.set(size, results);
    console.log(table(size, results).join("\n"));
  }
  const of = (variant: Variant, size: number) => measured.get(size)?.get(variant);
  const per = (size: number) => ((of(leasehold, size)?.cpuSeconds ?? NaN) / size) * 1000;
  for (const [index, size] of SIZES.entries()) {
    const [before, now] = [of(leasehold, SIZES[index - 1] ?? NaN), of(leasehold, size)];
    const added = before && now && (now.cpuSeconds - before.cpuSeconds) / (size - (SIZES[index - 1] ?? 0));
    const beyond = added === undefined ? "" : `, ${(added * 1000).toFixed(1)} ms for each that is added`;
    console.log(`leasehold at ${size}: ${per(size).toFixed(1)} ms cpu per service${beyond}`);
    const [whole, without] = [of(leasehold, size), of(unproven, size)];
    if (without === undefined) continue;
    console.log(
      `  beside the same synth without proof: ${ratio(whole?.seconds, without.seconds)} wall, ` +
        `where nothing has changed ${ratio(of(unchanged, size)?.seconds, without.seconds)}; ` +
        `SQL that nobody has run before: ${((of(first, size)?.seconds ?? NaN) - (whole?.seconds ?? NaN)).toFixed(1)} s more`,
    );
    if (of(init, size))
      console.log(`  cdktf init beside leasehold: ${ratio(of(init, size)?.seconds, whole?.seconds)} wall`);
  }
}

void main().finally(() => fs.rmSync(folder, { recursive: true }));
