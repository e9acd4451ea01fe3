import { addressElsewhere } from "./address-elsewhere";
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
import { injectorOff } from "./injector-off";
import { jobNeverCompletes } from "./job-never-completes";
import { missingKeyIgnored } from "./missing-key-ignored";
import { nameTaken } from "./name-taken";
import { networkPolicyCutsOff } from "./network-policy-cuts-off";
import { noReadinessGate } from "./no-readiness-gate";
import { ownerAllTheTime } from "./owner-all-the-time";
import { podSecurity } from "./pod-security";
import { revocationMissing } from "./revocation-missing";
import { revokeRacesDrain } from "./revoke-races-drain";
import { templateFields } from "./template-fields";
import { twoLogins } from "./two-logins";
import { unknownAnnotation } from "./unknown-annotation";
import { userAndPasswordApart } from "./user-and-password-apart";
import { webhookPassesOver } from "./webhook-passes-over";
import type { Rule } from "../rule";

/** The rules about lifecycle. */
export const lifecycleRules: readonly Rule[] = [
  addressElsewhere,
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
  injectorOff,
  jobNeverCompletes,
  missingKeyIgnored,
  nameTaken,
  networkPolicyCutsOff,
  noReadinessGate,
  ownerAllTheTime,
  podSecurity,
  revocationMissing,
  revokeRacesDrain,
  templateFields,
  twoLogins,
  unknownAnnotation,
  userAndPasswordApart,
  webhookPassesOver,
];
