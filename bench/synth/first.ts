import "./compiled";
import fs from "node:fs";
import { rehearsalsFolder } from "../../lib/synth/perform";
import { synthesize } from "../../lib/synth/synthesize";
import { environmentOf } from "./environment";
import { reportUsage } from "./usage";

/** A synth whose SQL nobody has run before; CPU and memory are its own, without PostgreSQL's process. */
const [count = "10", outdir = "cdktf.out"] = process.argv.slice(2);
const kept = rehearsalsFolder();
if (kept !== undefined) fs.rmSync(kept, { recursive: true });
void synthesize([environmentOf(Number(count))], outdir).then(reportUsage);
