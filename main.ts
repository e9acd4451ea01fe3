import { formatTable } from "./cli/table";
import { reportFailure } from "./cli/failure";
import { environments } from "./stacks";
import { synthesize } from "./stacks/synthesize";

try {
  console.log(formatTable(synthesize(environments, process.env.CDKTF_OUTDIR ?? "cdktf.out")));
} catch (error) {
  reportFailure(error);
}
