import fs from "node:fs";
import path from "node:path";
import { configurationProblems } from "../../lib/environment/problems";
import { publish } from "../../lib/synth/publish";
import { render } from "../../lib/synth/render";
import { environmentOf } from "./environment";
import { reportUsage } from "./usage";

/** A synth without the proof: what it costs is the difference to leasehold.ts. */
const [count = "10", outdir = "cdktf.out"] = process.argv.slice(2);
const environments = [environmentOf(Number(count))];
const [problem] = configurationProblems(environments);
if (problem) throw new Error(`${problem.path} ${problem.property}: ${problem.must}`);
const aside = fs.mkdtempSync(`${path.resolve(outdir)}.rendering-`);
render(environments, aside);
publish(aside, outdir);
fs.rmSync(aside, { recursive: true });
reportUsage();
