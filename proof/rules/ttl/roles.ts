import { known, type AccessGraph, type AuthRole, type DatabaseRole } from "../../access";
import { reachOf } from "../reach";

/** Each auth role with each database role that its policies open, whether or not a pod is known. */
export function rolesWithCredentials({
  policies,
  authRoles,
  databaseRoles,
}: AccessGraph): { authRole: AuthRole; databaseRole: DatabaseRole }[] {
  const reach = reachOf(databaseRoles);
  const byName = new Map(policies.map((policy) => [known(policy.name), policy.rules ?? []]));
  return authRoles.flatMap((authRole) => {
    const names = known(authRole.policies) ?? [];
    const rules = names.flatMap((name) => (typeof name === "string" ? (byName.get(name) ?? []) : []));
    return reach(rules).map((databaseRole) => ({ authRole, databaseRole }));
  });
}
