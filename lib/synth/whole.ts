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
import {
  bootstrapInput,
  platformStackName,
  servicePlatform,
  servicesByStack,
  vaultStackName,
} from "../environment/derive";
import type { Environment } from "../environment/environment";
import { elsewhereManifests } from "../service";
import { installsAnything } from "../vault";

/** The stacks of an environment. */
export function stackNames(environment: Environment): string[] {
  return [
    ...(installsAnything(environment.vault) ? [vaultStackName(environment)] : []),
    platformStackName(environment),
    ...servicesByStack(environment).keys(),
  ];
}

/** What an environment asks for and an output does not hold. */
export function gapsFor(environment: Environment, outdir: string): ReadFailure[] {
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
function besideStacks(environment: Environment): string[] {
  const platform = servicePlatform(environment);
  return [
    ...environment.databases
      .filter((database) => bootstrapInput(environment, database).roles.length > 0)
      .map(({ name }) => bootstrapFile(environment.name, name)),
    ...environment.services.flatMap((service) =>
      elsewhereManifests({ ...service, platform }).map(({ fileName }) =>
        path.join(manifestsDirectory(environment.name), fileName),
      ),
    ),
  ];
}
