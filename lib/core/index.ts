export {
  canonicalHost,
  cidrObjection,
  dayProblems,
  groupBy,
  holdsSecret,
  isSecretSetting,
  looksSecret,
  reasonProblems,
  scopeOfHost,
  WITHHELD,
  Words,
  type Problem,
} from "@leasehold/proof/core";
export * from "./duration";
export * from "./names";
export * from "./protection";
export * from "./validation";
