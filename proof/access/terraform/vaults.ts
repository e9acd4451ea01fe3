import type { Origin } from "../origin";
import { asText } from "../read";
import { isUnknown, type Value } from "../value";
import { nearness, vaultParts } from "../vault-identity";
import type { TerraformProvider, TerraformResource } from "./configuration";

/** Says of which root a resource is, and which Vault it is written to. */
export function withVault(
  resource: TerraformResource,
  providers: readonly TerraformProvider[],
  root: string,
): TerraformResource {
  const { provider = "", type, body } = resource;
  const origin: Origin = { ...resource.origin, root };
  if (!type.startsWith("vault_")) return { ...resource, origin };
  const [name = "", alias] = provider.split(".");
  const settings = providers.find(
    (each) => each.name === name && (each.body.alias ?? undefined) === alias,
  )?.body;
  const address = asText(settings?.address);
  const namespaces = [settings?.namespace, body.namespace].map((each) => {
    const text = asText(each);
    return isUnknown(text) ? text.expression : (text ?? "").replace(/^\/+|\/+$/g, "");
  });
  const server = typeof address === "string" ? address.replace(/\/+$/, "") : `${root} ${provider}`;
  const vault = [server, ...namespaces.filter((each) => each !== "")].join("/");
  return { ...resource, origin: { ...origin, vault } };
}

/** The servers that are taken for one, with what is written there. */
interface Group {
  readonly address: string | undefined;
  readonly servers: readonly string[];
  readonly names: ReadonlySet<string>;
  readonly origin: Origin;
}

/**
 * Resources with one Vault for the roots that may be of one: their addresses are not known or the same, and they
 * write no name twice. Two roots that write the same names are of two Vaults; what stands nearest joins first.
 */
export function withJoinedVaults(resources: readonly TerraformResource[]): TerraformResource[] {
  const groups = groupsOf(resources);
  if (groups.length < 2) return [...resources];
  const groupOf = new Map(groups.flatMap((group) => group.servers.map((server) => [server, group] as const)));
  const pairs = groups
    .flatMap((one, index) => groups.slice(index + 1).map((other) => [one, other] as const))
    .map(([one, other]) => ({ one, other, near: nearness(one.origin, other.origin) }))
    .sort((a, b) => b.near - a.near);
  for (const pair of pairs) {
    const [one, other] = [pair.one, pair.other].map(({ servers }) => groupOf.get(servers[0] ?? ""));
    if (one === undefined || other === undefined || one === other || !mayBeOne(one, other)) continue;
    const both = joined(one, other);
    for (const server of both.servers) groupOf.set(server, both);
  }
  return resources.map((resource) => {
    const { origin } = resource;
    if (origin.vault === undefined) return resource;
    const { server, namespace } = vaultParts(origin.vault);
    const { address, servers = [] } = groupOf.get(server) ?? {};
    const vault = [address ?? servers[0] ?? server, namespace].filter((part) => part !== "").join("/");
    return vault === origin.vault ? resource : { ...resource, origin: { ...origin, vault } };
  });
}

function groupsOf(resources: readonly TerraformResource[]): Group[] {
  const groups = new Map<string, { names: Set<string>; origin: Origin }>();
  for (const resource of resources) {
    const { origin, mode } = resource;
    if (mode !== "managed" || origin.vault === undefined) continue;
    const { server, namespace } = vaultParts(origin.vault);
    const group = groups.get(server) ?? { names: new Set<string>(), origin };
    groups.set(server, group);
    const name = nameOf(resource);
    if (name !== undefined) group.names.add(`${namespace} ${name}`);
  }
  return [...groups].map(([server, { names, origin }]) => ({
    address: server.includes("://") ? server : undefined,
    servers: [server],
    names,
    origin,
  }));
}

/** Type, place and name in Vault; nothing where one is not known. */
function nameOf({ type, body }: TerraformResource): string | undefined {
  const parts = [body.backend, body.path, body.name ?? body.role_name].map(textOf);
  return parts.includes(undefined) ? undefined : [type, ...parts].join(" ");
}

function textOf(value: Value | undefined): string | undefined {
  const text = asText(value);
  return isUnknown(text) ? undefined : (text ?? "").replace(/^\/+|\/+$/g, "").toLowerCase();
}

function mayBeOne(one: Group, other: Group): boolean {
  const isElsewhere =
    one.address !== undefined && other.address !== undefined && one.address !== other.address;
  const [few, many] = one.names.size < other.names.size ? [one, other] : [other, one];
  return !isElsewhere && [...few.names].every((name) => !many.names.has(name));
}

function joined(one: Group, other: Group): Group {
  return {
    address: one.address ?? other.address,
    servers: [...one.servers, ...other.servers],
    names: new Set([...one.names, ...other.names]),
    origin: one.origin,
  };
}
