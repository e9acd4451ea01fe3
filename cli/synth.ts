import { guardProcess, working } from "@leasehold/proof/cli";
import { printFindings } from "@leasehold/proof/cli/findings";
import type { DeclaredEnvironment } from "../lib/environment/environment";
import { RefusedConfigurationError } from "@leasehold/proof/rules";
import { synthesize } from "../lib/synth/synthesize";
import { withDeclarations } from "./declarations";
import { judgedBefore } from "./judged-before";
import { outputDirectory } from "./output";
import { reportRefusal } from "./refusal";
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
    const { stacks, findings } = await working("rendering and proving", () =>
      synthesize(environments, outputDirectory(), { witness, conclude: judgedBefore }),
    );
    console.log(formatTable(stacks));
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
