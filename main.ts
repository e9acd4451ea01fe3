import { reportRefusal } from "./cli/failure";
import { printFindings } from "./cli/findings";
import { outputDirectory } from "./cli/output";
import { guardProcess } from "./cli/streams";
import { formatTable } from "./cli/table";
import { witnessNamed } from "./cli/witness";
import { environments } from "./stacks";
import { synthesize } from "./stacks/synthesize";

guardProcess();
synthesize(environments, outputDirectory(), witnessNamed(process.env["LEASEHOLD_WITNESS"]))
  .then(({ stacks, findings }) => {
    console.log(formatTable(stacks));
    if (findings.length > 0) printFindings({ findings, failures: [] }, console.error);
  })
  .catch(reportRefusal);
