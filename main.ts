import { reportFailure } from "./cli/failure";
import { printFindings } from "./cli/findings";
import { formatTable } from "./cli/table";
import { environments } from "./stacks";
import { synthesize } from "./stacks/synthesize";

synthesize(environments, process.env.CDKTF_OUTDIR ?? "cdktf.out")
  .then(({ stacks, findings }) => {
    console.log(formatTable(stacks));
    if (findings.length > 0) printFindings({ findings, failures: [] }, console.error);
  })
  .catch(reportFailure);
