import type { Nodes, UnknownValue } from "./graph";
import type { Origin } from "./origin";
import { isUnknown } from "./value";

/** The values on the way from a pod to a table that nobody knows before apply. */
export function unknownValues(nodes: Nodes): UnknownValue[] {
  return [
    ...nodes.mounts.flatMap(({ origin, path }) => among(origin, { path })),
    ...nodes.connections.flatMap(({ origin, mount, name, allowedRoles, url, username }) =>
      among(origin, { backend: mount, name, allowed_roles: allowedRoles, connection_url: url, username }),
    ),
    ...nodes.databaseRoles.flatMap((role) =>
      among(role.origin, {
        backend: role.mount,
        name: role.name,
        db_name: role.connection,
        default_ttl: role.defaultTtl,
        max_ttl: role.maxTtl,
        creation_statements: role.creation,
        revocation_statements: role.revocation,
        renew_statements: role.renewal,
      }),
    ),
    ...nodes.authMethods.flatMap(({ origin, path }) => among(origin, { path })),
    ...nodes.authRoles.flatMap((role) =>
      among(role.origin, {
        backend: role.authPath,
        role_name: role.name,
        bound_service_account_names: role.serviceAccounts,
        bound_service_account_namespaces: role.namespaces,
        audience: role.audience,
        token_policies: role.policies,
        token_ttl: role.tokenTtl,
        token_max_ttl: role.tokenMaxTtl,
        token_period: role.tokenPeriod,
      }),
    ),
    ...nodes.policies.flatMap(({ origin, name }) => among(origin, { name })),
    ...nodes.terraform.resources
      .filter(
        ({ mode, type, body }) => mode === "managed" && type === "vault_policy" && isUnknown(body.policy),
      )
      .flatMap(({ origin, body }) => among(origin, { policy: body.policy })),
    ...nodes.workloads.flatMap(({ origin, namespace, pod }) =>
      pod.injection === undefined
        ? []
        : among(origin, { namespace, service_account_name: pod.serviceAccount, ...pod.annotations }),
    ),
    ...nodes.terraform.unresolvedModules.map(({ origin, source }) => ({
      at: origin,
      argument: "source",
      expression: source,
    })),
  ];
}

/** Those arguments of a resource that are not known, or of which a part is not. */
function among(at: Origin, values: Readonly<Record<string, unknown>>): UnknownValue[] {
  return Object.entries(values).flatMap(([argument, value]) => {
    const found = (Array.isArray(value) ? value : [value]).find(isUnknown);
    return found === undefined ? [] : [{ at, argument, expression: found.expression }];
  });
}
