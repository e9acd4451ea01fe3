import path from "node:path";
import type { ReadFailure } from "@leasehold/proof/access";
import {
  bootstrapFile,
  manifestsDirectory,
  MANIFEST,
  missing,
  REMEDY,
  stacksNamed,
} from "@leasehold/proof/output";
import { wholeOf, type ClusterEnvironment } from "../environment/clusters";
import { bootstrapInput, servicePlatform, stackNames } from "../environment/derive";
import { elsewhereManifests } from "../service";

/** What an environment asks for and an output does not hold. */
export function gapsFor(environment: ClusterEnvironment, outdir: string): ReadFailure[] {
  const named = stacksNamed(outdir);
  return [
    ...stackNames(environment)
      .filter((stack) => !named.includes(stack))
      .map((stack) => ({
        file: path.join(outdir, MANIFEST),
        message: `does not name the stack ${stack}; ${REMEDY}`,
      })),
    ...missing(outdir, besideStacks(environment), "the environment's proof needs it"),
  ];
}

/** What stands beside the stacks: the SQL of the group roles, and the patches. */
function besideStacks(environment: ClusterEnvironment): string[] {
  const platform = servicePlatform(environment);
  const whole = wholeOf(environment);
  return [
    ...whole.databases
      .filter((database) => bootstrapInput(whole, database).roles.length > 0)
      .map(({ name }) => bootstrapFile(whole.name, name)),
    ...environment.services.flatMap((service) =>
      elsewhereManifests({ ...service, platform }).map(({ fileName }) =>
        path.join(manifestsDirectory(environment.name), fileName),
      ),
    ),
  ];
}
