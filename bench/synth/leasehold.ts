import "./compiled";
import { synthesize } from "../../lib/synth/synthesize";
import { environmentOf } from "./environment";
import { reportUsage } from "./usage";

const [count = "10", outdir = "cdktf.out"] = process.argv.slice(2);
void synthesize([environmentOf(Number(count))], outdir).then(reportUsage);
