import { guardProcess, working } from "@leasehold/proof/cli";
import { printFindings } from "@leasehold/proof/cli/findings";
import type { DeclaredEnvironment } from "../lib/environment/environment";
import { RefusedConfigurationError } from "@leasehold/proof/rules";
import { synthesize } from "../lib/synth/synthesize";
import { withDeclarations } from "./declarations";
import { judgedBefore } from "./judged-before";
import { outputDirectory } from "./output";
import { reportRefusal } from "./refusal";
import { environmentsAskedFor } from "./only";
import { formatTable } from "./table";
import { witnessNamed } from "./witness";

/**
 * What `main.ts` of a project does: renders all environments to the folder that CDKTF names, proves them, and prints
 * what was written. Refused, it says why, leaves nothing that could be deployed, and sets exit code 1.
 */
export async function synth(environments: readonly DeclaredEnvironment[]): Promise<void> {
  guardProcess();
  try {
    const witness = witnessNamed(process.env["LEASEHOLD_WITNESS"]);
    const outdir = outputDirectory();
    const { stacks, findings, left } = await working("rendering and proving", () =>
      synthesize(environments, outdir, { witness, conclude: judgedBefore, only: environmentsAskedFor() }),
    );
    console.log(formatTable(stacks));
    for (const { name, isWhole } of left) console.log(leftInWords(name, isWhole, outdir));
    // CDKTF calls whatever stands on standard error an error, and these are none.
    if (findings.length > 0)
      printFindings(withDeclarations({ findings, failures: [] }, environments), console.log);
  } catch (error) {
    reportRefusal(
      error instanceof RefusedConfigurationError
        ? new RefusedConfigurationError(withDeclarations(error.found, environments))
        : error,
    );
  }
}

/** That it stays is no news; that nobody has looked whether it is still right is. */
function leftInWords(name: string, isWhole: boolean, outdir: string): string {
  return isWhole
    ? `not rendered: ${name}; what an earlier synth wrote of it stays in ${outdir}, and the others were judged beside that`
    : `not rendered: ${name}; ${outdir} does not hold all of it, and nothing was judged beside it`;
}
