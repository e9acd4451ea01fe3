import { working } from "@leasehold/proof/cli";
import { refuseGaps } from "@leasehold/proof/cli/gaps";
import { madeNow } from "@leasehold/proof/input";
import type { AccessReports } from "@leasehold/proof/report";
import { inClusters } from "../lib/environment/clusters";
import type { DeclaredEnvironment } from "../lib/environment/environment";
import { prove } from "../lib/synth/prove";
import { reportOf } from "../lib/synth/report";
import { gapsFor } from "../lib/synth/whole";

/**
 * The reports on environments, as a synth wrote them.
 *
 * @throws UsageError where something of them is not in the output
 */
export async function reportsOn(
  environments: readonly DeclaredEnvironment[],
  outdir: string,
): Promise<AccessReports> {
  refuseGaps(outdir, () => inClusters(environments).flatMap((environment) => gapsFor(environment, outdir)));
  const proof = await working("proving", () => prove(environments, { directory: outdir }));
  return reportOf(proof.environments, madeNow(new Date()));
}
