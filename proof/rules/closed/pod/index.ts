import type { Rule } from "../../rule";
import { admission } from "./admission";
import { annotation } from "./annotation";
import { contractChecksum } from "./contract-checksum";
import { gracePeriod } from "./grace-period";
import { mounts } from "./mounts";
import { podsWait } from "./waits";
import { referenceMissing } from "./reference-missing";
import { selector } from "./selector";

/** From the pod that is written to the pod that runs. */
export const podProofs: readonly Rule[] = [
  annotation,
  admission,
  mounts,
  referenceMissing,
  selector,
  podsWait,
  contractChecksum,
  gracePeriod,
];
