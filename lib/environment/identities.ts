import path from "node:path";
import { canonicalHost, scopeOfHost } from "../core";
import { installsAnything, vaultAddress, vaultNamespace } from "../vault";
import { withDefaults } from "./derive";
import type { Database, Environment } from "./environment";
import { backendBlock } from "./state-backend";

/**
 * Names by which two environments know that they mean one and the same thing. One that is equal says so; where
 * none is, they may still be one by DNS, by another context or by a tunnel, and nobody knows from here.
 */
type Names = string[];

/** Names of the cluster: its context, and its API server where that is the same for everybody. */
export function clusterNames({ cluster: { connection, apiServer } }: Environment): Names {
  const server = canonicalAddress(apiServer);
  return [
    ...(connection.kind === "kubeconfig"
      ? [`context ${connection.context} of ${connection.path ?? "~/.kube/config"}`]
      : []),
    ...(server?.scope === "everywhere" ? [`API server ${server.name}`] : []),
  ];
}

/** Names of what an environment sees of Vault: of its server, with the namespace that it writes to. */
export function vaultNames(environment: Environment): Names {
  const namespace = vaultNamespace(environment.vault);
  const servers = vaultServerNames(environment);
  return namespace === undefined ? servers : servers.map((server) => `${server}, namespace ${namespace}`);
}

/** Names of Vault's server: its release or its Service in the cluster, or addresses that are the same for everybody. */
function vaultServerNames(environment: Environment): Names {
  const { vault } = environment;
  const forPods = canonicalAddress(vaultAddress(vault));
  const forTerraform = canonicalAddress(vault.terraform?.address ?? "");
  const service = forPods?.name.replace(/^vault-(active|standby|internal)\./, "vault.");
  const isInCluster = vault.mode !== "external" || forPods?.name.includes(".svc") === true;
  return [
    ...(isInCluster ? clusterNames(environment).map((cluster) => `${service} in ${cluster}`) : []),
    // A port that is forwarded leads to another Vault each day.
    ...[...(isInCluster ? [] : [forPods]), forTerraform].flatMap((address) =>
      address === undefined || address.scope === "machine" ? [] : [address.name],
    ),
  ];
}

/** Names of a PostgreSQL server, as Vault reaches it. */
export function serverNames(environment: Environment, database: Database): Names {
  const { host, port, failover = [] } = withDefaults(database);
  const around =
    environment.vault.mode === "external" ? vaultServerNames(environment) : clusterNames(environment);
  return [{ host, port }, ...failover].flatMap((each) => {
    const server = canonicalHost(each.host);
    const name = `${server}:${each.port ?? 5432}`;
    if (scopeOfHost(server) === "everywhere") return [name];
    return [`environment ${environment.name}`, ...around].map((scope) => `${name} from ${scope}`);
  });
}

/** The release of Vault's chart, of which a cluster holds one. */
export function releaseNames(environment: Environment): Names {
  return installsAnything(environment.vault) ? clusterNames(environment) : [];
}

/** The places that a stack's state takes; of HTTP also the one of its lock. */
export function stateNames(environment: Environment, stack: string): Names {
  const { state } = environment;
  const { settings } = backendBlock(state, stack, environment.cluster.connection);
  const place = (...keys: string[]) => [state.kind, ...keys.map((key) => String(settings[key]))].join(" ");
  switch (state.kind) {
    case "local":
      return [`local ${path.posix.normalize(String(settings["path"]))}`];
    case "s3":
      return [place("bucket", "key")];
    case "gcs":
      return [place("bucket", "prefix")];
    case "azurerm":
      return [place("storage_account_name", "container_name", "key")];
    case "http":
      return ["address", "lock_address"].map(
        (key) => `http ${canonicalAddress(String(settings[key]))?.name}`,
      );
    case "kubernetes":
      return clusterNames(environment).map(
        (cluster) => `${place("namespace", "secret_suffix")} in ${cluster}`,
      );
  }
}

/** Host and port of a URL; addresses that are none are refused elsewhere. */
function canonicalAddress(address: string) {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(address);
  const host = canonicalHost(hostname);
  const usual = protocol === "http:" ? "80" : "443";
  return { name: `${host}:${port || usual}${pathname.replace(/\/$/, "")}`, scope: scopeOfHost(host) };
}
