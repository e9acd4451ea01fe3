import { reportFailure } from "@leasehold/proof/cli";
import { RefusedConfigurationError } from "@leasehold/proof/rules";
import { InvalidConfigurationError } from "../lib/core";
import { UncompiledError } from "./types";

/** A configuration was looked at, and is wrong. */
const REFUSED = [RefusedConfigurationError, InvalidConfigurationError, UncompiledError];

/** Says why a synth could not be, which has judged where it refuses a configuration: that is exit code 1. */
export function reportRefusal(error: unknown): void {
  reportFailure(error);
  if (REFUSED.some((kind) => error instanceof kind)) process.exitCode = 1;
}
