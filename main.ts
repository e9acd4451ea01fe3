import { reportFailure } from "./cli/failure";
import { printFindings } from "./cli/findings";
import { formatTable } from "./cli/table";
import { witnessNamed } from "./cli/witness";
import { environments } from "./stacks";
import { synthesize } from "./stacks/synthesize";

const { CDKTF_OUTDIR = "cdktf.out", LEASEHOLD_WITNESS } = process.env;

synthesize(environments, CDKTF_OUTDIR, witnessNamed(LEASEHOLD_WITNESS))
  .then(({ stacks, findings }) => {
    console.log(formatTable(stacks));
    if (findings.length > 0) printFindings({ findings, failures: [] }, console.error);
  })
  .catch(reportFailure);
