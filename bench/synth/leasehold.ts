import { synthesize } from "../../stacks/synthesize";
import { environmentOf } from "./environment";
import { reportPeak } from "./peak";

const [count = "10", outdir = "cdktf.out"] = process.argv.slice(2);
synthesize([environmentOf(Number(count))], outdir);
reportPeak();
