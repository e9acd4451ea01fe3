import "./compiled";
import { judgedBefore } from "../../cli/judged-before";
import { synthesize } from "../../lib/synth/synthesize";
import { environmentOf } from "./environment";
import { reportUsage } from "./usage";

/** A synth as the command line runs it, of what the run before has proven: the first of several proves it. */
const [count = "10", outdir = "cdktf.out"] = process.argv.slice(2);
const options = { witness: async () => undefined, conclude: judgedBefore };
void synthesize([environmentOf(Number(count))], outdir, options).then(reportUsage);
