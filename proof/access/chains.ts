import type { AuthRole, Chain, Connection, DatabaseRole, Mount, Nodes, Policy } from "./graph";
import type { CredentialUse } from "./kubernetes/injection";
import type { ServiceAccount, Workload } from "./kubernetes/workload";
import { capabilitiesAt } from "./policy";
import { reachedRoles, type RoleGrants, type SqlRoles } from "./sql";
import { isUnknown, known, type Known } from "./value";
import { isOneVault, mayLogIn, nearest } from "./vault-identity";

/**
 * Every file with credentials that a pod asks for, with what it needs on the way to the tables: once for each Vault
 * in which its role may be, where the configuration holds several and nothing says which is meant.
 */
export function chainsOf(nodes: Nodes): Chain[] {
  const index = indexOf(nodes);
  return nodes.workloads.flatMap((workload) => {
    const { injection } = workload.pod;
    if (injection === undefined || injection.requested === false) return [];
    const { authPath, role } = injection;
    const found = (index.authRoles.get(key(authPath, lower(role))) ?? []).filter((each) =>
      mayLogIn(workload, each),
    );
    // Of one name in one Vault the last one is written last.
    const authRoles = [
      ...new Map(nearest(workload.origin, found).map((each) => [each.origin.vault, each])).values(),
    ];
    return injection.uses.flatMap((use) =>
      authRoles.length === 0
        ? [chain(workload, use, undefined, index)]
        : authRoles.map((authRole) => chain(workload, use, authRole, index)),
    );
  });
}

function chain(workload: Workload, use: CredentialUse, authRole: AuthRole | undefined, index: Index): Chain {
  const policies = policiesOf(authRole, index);
  const path = known(use.path);
  const isReached = (each: DatabaseRole | Mount) =>
    authRole === undefined ? mayLogIn(workload, each) : isOneVault(authRole, each);
  const databaseRole = last(index.databaseRoles.get(String(path)), isReached);
  const connection =
    databaseRole &&
    last(index.connections.get(key(databaseRole.mount, databaseRole.connection)), (each) =>
      isOneVault(databaseRole, each),
    );
  return {
    workload,
    use,
    serviceAccount: index.serviceAccounts.get(
      key(workload.namespace, workload.pod.serviceAccount ?? "default"),
    ),
    authRole,
    policies,
    allowed: isLoginKnown(workload) ? allowed(authRole, policies, use.path) : undefined,
    mount: index.mounts.find((each) => isUnder(path, known(each.path)) && isReached(each)),
    databaseRole,
    connection,
    grants: grantsOf(databaseRole, index),
  };
}

/** Whether it is known as what the agents of a workload log in. */
function isLoginKnown({ pod: { injection } }: Workload): boolean {
  return !isUnknown(injection?.role) && !isUnknown(injection?.authPath);
}

/** What is written last stays. */
function last<T>(items: readonly T[] | undefined, is: (item: T) => boolean): T | undefined {
  return items?.filter(is).at(-1);
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
  return names.flatMap((name) => {
    if (authRole === undefined || typeof name !== "string") return [];
    return last(policies.get(name), (each) => isOneVault(authRole, each)) ?? [];
  });
}

function grantsOf(role: DatabaseRole | undefined, { grants, sqlRoles }: Index): RoleGrants[] {
  const creation = role?.statements?.creation;
  if (creation === undefined) return [];
  const memberships = [...sqlRoles.memberships, ...creation.roles.memberships];
  const reached = reachedRoles({ memberships }, "{{name}}");
  return reached.flatMap((each) => grants.get(each.role) ?? []);
}

interface Index {
  readonly authRoles: ReadonlyMap<string, readonly AuthRole[]>;
  readonly policies: ReadonlyMap<string, readonly Policy[]>;
  /** By the path that issues their credentials. */
  readonly databaseRoles: ReadonlyMap<string, readonly DatabaseRole[]>;
  readonly connections: ReadonlyMap<string, readonly Connection[]>;
  readonly serviceAccounts: ReadonlyMap<string, ServiceAccount>;
  readonly grants: ReadonlyMap<string, readonly RoleGrants[]>;
  readonly mounts: readonly Mount[];
  readonly sqlRoles: SqlRoles;
}

function indexOf(nodes: Nodes): Index {
  return {
    authRoles: grouped(nodes.authRoles, (role) => key(role.authPath, role.name)),
    policies: grouped(nodes.policies, ({ name }) => key(name)),
    databaseRoles: grouped(nodes.databaseRoles, (role) => known(credsPath(role)) ?? ""),
    connections: grouped(nodes.connections, ({ mount, name }) => key(mount, name)),
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
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
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
