import { allPrivileges } from "./all-privileges";
import { allTablesPerCredential } from "./all-tables-per-credential";
import { dangerousAttribute } from "./dangerous-attribute";
import { dangerousMembership } from "./dangerous-membership";
import { loginSurvivesRevocation } from "./login-survives-revocation";
import { noRevocation } from "./no-revocation";
import { noValidUntil } from "./no-valid-until";
import { notTransactional } from "./not-transactional";
import { placeholder } from "./placeholder";
import { renewalDoesNotExtend } from "./renewal-does-not-extend";
import { revocationDoesNotUndo } from "./revocation-does-not-undo";
import { revocationLeavesRole } from "./revocation-leaves-role";
import { revocationNotIdempotent } from "./revocation-not-idempotent";
import { sequencesMissing } from "./sequences-missing";
import { setRoleWithoutEndingSessions } from "./set-role-without-ending-sessions";
import { splitByVault } from "./split-by-vault";
import { syntax } from "./syntax";
import type { Rule } from "../rule";

/** The rules about sql. */
export const sqlRules: readonly Rule[] = [
  allPrivileges,
  allTablesPerCredential,
  dangerousAttribute,
  dangerousMembership,
  loginSurvivesRevocation,
  noRevocation,
  noValidUntil,
  notTransactional,
  placeholder,
  renewalDoesNotExtend,
  revocationDoesNotUndo,
  revocationLeavesRole,
  revocationNotIdempotent,
  sequencesMissing,
  setRoleWithoutEndingSessions,
  splitByVault,
  syntax,
];
