import { asText, known, vaultParts, type AccessGraph, type Connection, type Origin } from "../access";
import { canonicalHost, readDatabaseUrl, scopeOfHost, urlKeyword } from "../core";

/** A block of Terraform, by which graphs that were read for different clusters know that they hold the same one. */
export function blockKey({ file, address }: Origin): string {
  return `${file} ${address}`;
}

/** A login of PostgreSQL, at each server that a connection's URL names. */
export interface Login {
  readonly user: string;
  /** `host:port`, each in one spelling. */
  readonly servers: readonly string[];
}

/** How a connection logs in; nothing where URL or user is not known. */
export function loginOf({ url, username }: Connection): Login | undefined {
  const text = known(url);
  if (text === undefined) return undefined;
  const { user: inUrl, servers } = readDatabaseUrl(text);
  const user = inUrl ?? known(username) ?? urlKeyword(text, "user");
  if (user === undefined || servers.length === 0) return undefined;
  return { user, servers: servers.map(({ host, port }) => `${host}:${port}`) };
}

/**
 * Which servers are the same one for two graphs: those that have one name for every cluster, and those of a cluster
 * where both name one. Of the own machine each has one of its own.
 */
export function sharedServers(one: AccessGraph, other: AccessGraph): (server: string) => boolean {
  const isOneCluster = clusterContexts(one).some((each) => clusterContexts(other).includes(each));
  return (server) => {
    const scope = scopeOfHost(server.replace(/:\d+$/, ""));
    return scope === "everywhere" || (scope === "cluster" && isOneCluster);
  };
}

/**
 * Addresses of Vault that are the same for everybody: of the provider and of the agents. Where two graphs have
 * one in common they write into one Vault; where they have none, nobody knows.
 */
export function vaultAddresses({ terraform, workloads }: AccessGraph): string[] {
  const addresses = [
    ...terraform.providers.flatMap(({ name, body }) => (name === "vault" ? known(asText(body.address)) : [])),
    ...workloads.map(({ pod }) => known(pod.injection?.address)),
  ];
  return [...new Set(addresses.flatMap(canonicalAddress))];
}

/** Whether two resources may be in one Vault, as their origins say it: no other address and no other namespace. */
export function mayBeOneVault(one: string | undefined, other: string | undefined): boolean {
  const [a, b] = [vaultParts(one), vaultParts(other)];
  const [from, to] = [canonicalAddress(a.server)[0], canonicalAddress(b.server)[0]];
  return a.namespace === b.namespace && !(from !== undefined && to !== undefined && from !== to);
}

function canonicalAddress(address: string | undefined): string[] {
  if (address === undefined || !URL.canParse(address)) return [];
  const { hostname, port, protocol } = new URL(address);
  const host = canonicalHost(hostname);
  return scopeOfHost(host) === "everywhere"
    ? [`${host}:${port || (protocol === "http:" ? "80" : "443")}`]
    : [];
}

/** Names of the cluster: the context by which Terraform reaches it. */
function clusterContexts({ terraform }: AccessGraph): string[] {
  return terraform.providers.flatMap(({ name, body }) => {
    const context = name === "kubernetes" ? known(asText(body.config_context)) : undefined;
    return context === undefined ? [] : [`${known(asText(body.config_path)) ?? ""} ${context}`];
  });
}
