export { effectivePrivileges, type EffectivePrivilege, type EffectivePrivileges } from "./effective";
export type { HeldPrivilege, RoleMembership, SqlDoubt, SqlRoles, TableOwner } from "./model";
export { mergedRoles, reachedRoles, type ReachedRole } from "./reach";
export { readRoles, shapeOf } from "./read";
