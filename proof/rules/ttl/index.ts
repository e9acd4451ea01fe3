import { batchToken } from "./batch-token";
import { beyondGuardrail } from "./beyond-guardrail";
import { defaultOverMax } from "./default-over-max";
import { noDefaultPolicy } from "./no-default-policy";
import { outageTolerance } from "./outage-tolerance";
import { ownerForLong } from "./owner-for-long";
import { overlapShorterThanPool } from "./overlap-shorter-than-pool";
import { poolBelowThirtySeconds } from "./pool-below-thirty-seconds";
import { projectedTokenTooShort } from "./projected-token-too-short";
import { roleOverMount } from "./role-over-mount";
import { tokenEndsBeforeLease } from "./token-ends-before-lease";
import { tokenPeriodOverMount } from "./token-period-over-mount";
import { unset } from "./unset";
import type { Rule } from "../rule";

/** The rules about ttl. */
export const ttlRules: readonly Rule[] = [
  batchToken,
  beyondGuardrail,
  defaultOverMax,
  noDefaultPolicy,
  outageTolerance,
  overlapShorterThanPool,
  ownerForLong,
  poolBelowThirtySeconds,
  projectedTokenTooShort,
  roleOverMount,
  tokenEndsBeforeLease,
  tokenPeriodOverMount,
  unset,
];
