import { reportsAt, UsageError, type Source } from "@leasehold/proof/cli";
import type { AccessReports } from "@leasehold/proof/report";
import fs from "node:fs";
import type * as EnvironmentReports from "./environment-reports";
import type { Environments } from "./environments";
import type * as GitRef from "./git-ref";

/** What a synth writes where nothing else is said. */
const OUTPUT = "cdktf.out";

/** Reports on the environments, as the last synth wrote them; a side of a comparison may be a git ref. */
export function sourceOf(environments: Environments): Source {
  return {
    program: "npx leasehold",
    environment: "production",
    where: "",
    standard: `${OUTPUT}, read back`,
    sides: "the output of a synth, a saved report in JSON, or a git ref, which is synthesized aside",
    async load({ from }) {
      if (from !== undefined) return reportsAt(from);
      // Whoever names a report waits for no CDKTF.
      const { reportsOn } = require("./environment-reports") as typeof EnvironmentReports;
      return reportsOn(await environments(), OUTPUT);
    },
    at: reportsOf,
  };
}

/** A path wins over a ref of the same name. */
async function reportsOf(given: string): Promise<AccessReports> {
  if (fs.existsSync(given)) return reportsAt(given);
  const { synthesizedAt } = require("./git-ref") as typeof GitRef;
  const reports = await synthesizedAt(given, reportsAt);
  if (reports === undefined)
    throw new UsageError(`there is no file, folder or git ref ${JSON.stringify(given)}`);
  return reports;
}
