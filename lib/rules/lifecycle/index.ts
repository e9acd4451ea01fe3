import { addressMismatch } from "./address-mismatch";
import { agentCache } from "./agent-cache";
import { agentRestart } from "./agent-restart";
import { annotationsOnWorkload } from "./annotations-on-workload";
import { containerNames } from "./container-names";
import { deniedValue } from "./denied-value";
import { drainExceedsGrace } from "./drain-exceeds-grace";
import { fileNameClash } from "./file-name-clash";
import { fileReadableByOthers } from "./file-readable-by-others";
import { fileUnreadable } from "./file-unreadable";
import { jobNeverCompletes } from "./job-never-completes";
import { missingKeyIgnored } from "./missing-key-ignored";
import { noReadinessGate } from "./no-readiness-gate";
import { ownerAllTheTime } from "./owner-all-the-time";
import { revocationMissing } from "./revocation-missing";
import { revokeRacesDrain } from "./revoke-races-drain";
import { templateFields } from "./template-fields";
import { twoLogins } from "./two-logins";
import { unknownAnnotation } from "./unknown-annotation";
import { userAndPasswordApart } from "./user-and-password-apart";
import type { Rule } from "../rule";

/** The rules about lifecycle. */
export const lifecycleRules: readonly Rule[] = [
  addressMismatch,
  agentCache,
  agentRestart,
  annotationsOnWorkload,
  containerNames,
  deniedValue,
  drainExceedsGrace,
  fileNameClash,
  fileReadableByOthers,
  fileUnreadable,
  jobNeverCompletes,
  missingKeyIgnored,
  noReadinessGate,
  ownerAllTheTime,
  revocationMissing,
  revokeRacesDrain,
  templateFields,
  twoLogins,
  unknownAnnotation,
  userAndPasswordApart,
];
