import type { AuthRole, Chain, Connection, DatabaseRole, Mount, Nodes, Policy } from "./graph";
import type { CredentialUse } from "./kubernetes/injection";
import type { ServiceAccount, Workload } from "./kubernetes/workload";
import { capabilitiesAt } from "./policy";
import { reachedRoles, type RoleGrants, type SqlRoles } from "./sql";
import { isUnknown, known, type Known } from "./value";

/** Every file with credentials that a pod asks for, with what it needs on the way to the tables. */
export function chainsOf(nodes: Nodes): Chain[] {
  const index = indexOf(nodes);
  return nodes.workloads.flatMap((workload) => {
    const { injection } = workload.pod;
    if (injection === undefined || injection.requested === false) return [];
    return injection.uses.map((use) => chain(workload, use, injection, index));
  });
}

function chain(
  workload: Workload,
  use: CredentialUse,
  { authPath, role }: { authPath: Known<string>; role: Known<string> },
  index: Index,
): Chain {
  const authRole = index.authRoles.get(key(authPath, lower(role)));
  const policies = policiesOf(authRole, index);
  const databaseRole = index.databaseRoles.get(String(known(use.path)));
  const connection = databaseRole && index.connections.get(key(databaseRole.mount, databaseRole.connection));
  return {
    workload,
    use,
    serviceAccount: index.serviceAccounts.get(
      key(workload.namespace, workload.pod.serviceAccount ?? "default"),
    ),
    authRole,
    policies,
    allowed: allowed(authRole, policies, use.path),
    mount: index.mounts.find(({ path }) => isUnder(known(use.path), known(path))),
    databaseRole,
    connection,
    grants: grantsOf(databaseRole, index),
  };
}

/** Whether the policies of a role let a path be read; nothing where one of them is not known. */
function allowed(
  authRole: AuthRole | undefined,
  policies: readonly Policy[],
  path: Known<string>,
): boolean | undefined {
  if (authRole === undefined) return false;
  if (isUnknown(authRole.policies) || typeof path !== "string") return undefined;
  if (authRole.policies?.some(isUnknown) || policies.some(({ rules }) => rules === undefined))
    return undefined;
  const reads = capabilitiesAt(
    policies.flatMap(({ rules }) => rules ?? []),
    path,
  ).has("read");
  // A policy that was not read may be the one that does; or deny, which wins over all others.
  const names = known(authRole.policies) ?? [];
  const unread = names.filter((name) => name !== "default" && !policies.some((each) => each.name === name));
  return unread.length === 0 || reads ? reads : undefined;
}

function policiesOf(authRole: AuthRole | undefined, { policies }: Index): Policy[] {
  const names = known(authRole?.policies) ?? [];
  return names.flatMap((name) => (typeof name === "string" ? (policies.get(name) ?? []) : []));
}

function grantsOf(role: DatabaseRole | undefined, { grants, sqlRoles }: Index): RoleGrants[] {
  const creation = role?.statements?.creation;
  if (creation === undefined) return [];
  const memberships = [...sqlRoles.memberships, ...creation.roles.memberships];
  const reached = reachedRoles({ memberships }, "{{name}}");
  return reached.flatMap((each) => grants.get(each.role) ?? []);
}

interface Index {
  readonly authRoles: ReadonlyMap<string, AuthRole>;
  readonly policies: ReadonlyMap<string, Policy>;
  /** By the path that issues their credentials. */
  readonly databaseRoles: ReadonlyMap<string, DatabaseRole>;
  readonly connections: ReadonlyMap<string, Connection>;
  readonly serviceAccounts: ReadonlyMap<string, ServiceAccount>;
  readonly grants: ReadonlyMap<string, readonly RoleGrants[]>;
  readonly mounts: readonly Mount[];
  readonly sqlRoles: SqlRoles;
}

function indexOf(nodes: Nodes): Index {
  return {
    authRoles: byKey(nodes.authRoles, (role) => key(role.authPath, role.name)),
    policies: byKey(nodes.policies, ({ name }) => key(name)),
    databaseRoles: byKey(nodes.databaseRoles, (role) => known(credsPath(role))),
    connections: byKey(nodes.connections, ({ mount, name }) => key(mount, name)),
    serviceAccounts: byKey(nodes.serviceAccounts, ({ namespace, name }) => key(namespace, name)),
    grants: grouped(nodes.roleGrants, ({ role }) => role),
    mounts: nodes.mounts,
    sqlRoles: nodes.sqlRoles,
  };
}

/** The path at which Vault issues credentials of a role. */
export function credsPath({ mount, name }: Pick<DatabaseRole, "mount" | "name">): Known<string> {
  if (typeof mount === "string" && typeof name === "string") return `${mount}/creds/${name}`;
  return isUnknown(mount) ? mount : name;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function byKey<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, T> {
  return new Map(items.map((item) => [keyOf(item) ?? "", item]));
}

/** No key that is not known is equal to another one. */
function key(...parts: readonly Known<string>[]): string {
  return parts.map((part) => (isUnknown(part) ? `\u0000${part.expression}` : (part ?? ""))).join("/");
}

function lower(text: Known<string>): Known<string> {
  return typeof text === "string" ? text.toLowerCase() : text;
}

function isUnder(path: string | undefined, mount: string | undefined): boolean {
  return path !== undefined && mount !== undefined && path.startsWith(`${mount}/`);
}
