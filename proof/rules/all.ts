import { accessRules } from "./access";
import { capacityRules } from "./capacity";
import { connectionRules } from "./connection";
import { lifecycleRules } from "./lifecycle";
import { migrationRules } from "./migration";
import { parityRules } from "./parity";
import { secretsRules } from "./secrets";
import { sqlRules } from "./sql";
import { transportRules } from "./transport";
import { ttlRules } from "./ttl";
import { vaultRules } from "./vault";
import type { Rule } from "./rule";

/** Every rule, in the order of the documentation. */
export const allRules: readonly Rule[] = [
  ...accessRules,
  ...sqlRules,
  ...ttlRules,
  ...lifecycleRules,
  ...transportRules,
  ...secretsRules,
  ...connectionRules,
  ...capacityRules,
  ...vaultRules,
  ...parityRules,
  ...migrationRules,
];
