import { allowedRoleMissing } from "./allowed-role-missing";
import { allowedRolesWildcard } from "./allowed-roles-wildcard";
import { boundDefaultServiceAccount } from "./bound-default-service-account";
import { boundWildcard } from "./bound-wildcard";
import { nameClash } from "./name-clash";
import { noAudience } from "./no-audience";
import { podLoginRefused } from "./pod-login-refused";
import { podPathRefused } from "./pod-path-refused";
import { policyEditsItself } from "./policy-edits-itself";
import { policyMissing } from "./policy-missing";
import { policyPathWithoutRole } from "./policy-path-without-role";
import { policyTooWide } from "./policy-too-wide";
import { policyUnused } from "./policy-unused";
import { policyWritesCredentials } from "./policy-writes-credentials";
import { roleNotAllowed } from "./role-not-allowed";
import { roleUnreachable } from "./role-unreachable";
import { sharedAuthRole } from "./shared-auth-role";
import { staticRole } from "./static-role";
import { twoServicesOneRole } from "./two-services-one-role";
import { unknown } from "./unknown";
import type { Rule } from "../rule";

/** The rules about access. */
export const accessRules: readonly Rule[] = [
  allowedRoleMissing,
  allowedRolesWildcard,
  boundDefaultServiceAccount,
  boundWildcard,
  nameClash,
  noAudience,
  podLoginRefused,
  podPathRefused,
  policyEditsItself,
  policyMissing,
  policyPathWithoutRole,
  policyTooWide,
  policyUnused,
  policyWritesCredentials,
  roleNotAllowed,
  roleUnreachable,
  sharedAuthRole,
  staticRole,
  twoServicesOneRole,
  unknown,
];
