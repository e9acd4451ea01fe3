import {
  capabilitiesAt,
  credsPath,
  known,
  type AccessGraph,
  type AuthRole,
  type DatabaseRole,
} from "../../access";

/** Each auth role with each database role that its policies open, whether or not a pod is known. */
export function rolesWithCredentials(
  graph: AccessGraph,
): { authRole: AuthRole; databaseRole: DatabaseRole }[] {
  const byName = new Map(graph.policies.map((policy) => [known(policy.name), policy.rules ?? []]));
  return graph.authRoles.flatMap((authRole) => {
    const rules = (known(authRole.policies) ?? []).flatMap((name) =>
      typeof name === "string" ? (byName.get(name) ?? []) : [],
    );
    return graph.databaseRoles
      .filter((role) => {
        const path = known(credsPath(role));
        return path !== undefined && capabilitiesAt(rules, path).has("read");
      })
      .map((databaseRole) => ({ authRole, databaseRole }));
  });
}
