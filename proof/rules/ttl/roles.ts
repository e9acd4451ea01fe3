import {
  isOneVault,
  known,
  type AccessGraph,
  type AuthRole,
  type DatabaseRole,
  type Mount,
} from "../../access";
import { groupBy } from "../../core";
import { reachOf } from "../reach";

/** Each auth role with each database role that its policies open, whether or not a pod is known. */
export function rolesWithCredentials({
  policies,
  authRoles,
  databaseRoles,
}: AccessGraph): { authRole: AuthRole; databaseRole: DatabaseRole }[] {
  const reach = reachOf(databaseRoles);
  const byName = groupBy(policies, ({ name }) => known(name));
  return authRoles.flatMap((authRole) => {
    const names = known(authRole.policies) ?? [];
    const rules = names.flatMap((name) =>
      (byName.get(String(name)) ?? [])
        .filter((policy) => isOneVault(policy, authRole))
        .flatMap((policy) => policy.rules ?? []),
    );
    return reach(rules)
      .filter((databaseRole) => isOneVault(databaseRole, authRole))
      .map((databaseRole) => ({ authRole, databaseRole }));
  });
}

/** The mount of a database role, which decides what the role leaves open, and ends what the role lets live longer. */
export function mountOf({ mounts }: AccessGraph, role: DatabaseRole): Mount | undefined {
  const path = known(role.mount);
  return mounts.find((each) => path !== undefined && known(each.path) === path && isOneVault(each, role));
}
