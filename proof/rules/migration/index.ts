import { aheadOfPredecessor } from "./ahead-of-predecessor";
import { canaryAlone } from "./canary-alone";
import { noWitness } from "./no-witness";
import { secretLeft } from "./secret-left";
import { skippedStage } from "./skipped-stage";
import { staticCredentials } from "./static-credentials";
import { staticPastItsDay } from "./static-past-its-day";
import type { Rule } from "../rule";

/** The rules about migrations. */
export const migrationRules: readonly Rule[] = [
  aheadOfPredecessor,
  canaryAlone,
  noWitness,
  secretLeft,
  skippedStage,
  staticCredentials,
  staticPastItsDay,
];
