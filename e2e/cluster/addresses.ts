/**
 * Addresses of the cluster. It has a network namespace to itself, so that they need not be free anywhere
 * else, and all of them are on its one loopback interface.
 */

/** Everything that runs beside the nodes: API servers, DNS, PostgreSQL, and where no chart brings them Vault and the injectors. */
export const CONTROL_PLANE = "10.245.0.100";
export const POSTGRES_PORT = 5432;
export const CLUSTER_DOMAIN = "cluster.local";
/** All pods of all nodes. */
export const POD_NETWORK = "10.244.0.0/16";

/** A node, by its number from 1 on. */
export function nodeName(number: number): string {
  return `node-${number}`;
}

export function nodeAddress(number: number): string {
  return `10.245.0.${number}`;
}

/** The pods of one node. */
export function podNetwork(number: number): string {
  return `10.244.${number}.0/24`;
}
