import {
  certificateProblems,
  hostProblems,
  integerProblems,
  labelProblems,
  namespacePathProblems,
  urlProblems,
  type Problem,
} from "../../core";
import { catalogNameProblems, MOST_CONNECTIONS, schemaNameProblems, type PostgresTls } from "../../postgres";
import type { EndpointServer } from "./endpoint";

/** What a service needs to know of its environment: plain values, because stacks share no references. */
export interface ServicePlatform {
  /** Name of the environment, first part of the policies' names: one Vault may serve several. */
  readonly environment: string;
  /** Vault, as pods see it. */
  readonly vault: ServiceVault;
  /** The databases that a service may name. */
  readonly databases: readonly ServiceDatabase[];
}

/** Vault, as a pod sees it. */
export interface ServiceVault {
  /** URL of Vault as pods reach it. */
  readonly address: string;
  /**
   * Vault's namespace in which pods log in and read; not one of Kubernetes.
   * @default - the root namespace
   * @protects nothing: a pod reads what its role lets it read there
   */
  readonly namespace?: string;
  /** Path of the database secrets engine. */
  readonly mountPath: string;
  /** Path of the Kubernetes auth method, without `auth/`. */
  readonly authPath: string;
  /** Audience of the pods' tokens. */
  readonly audience: string;
  /**
   * PEM certificate of Vault's CA, where the injector is not ours and so does not know it.
   * @default - the injector tells every agent
   * @protects from a Vault whose certificate nobody has checked: agents check it in any case
   */
  readonly agentCaCertificate?: string;
}

/** A database that services may use. */
export interface ServiceDatabase {
  /** Name of the database in the environment; Vault's connection has the same, and of several the first. */
  readonly name: string;
  /** Host name or IP address of the server, as pods reach it. */
  readonly host: string;
  /** Port of the server. */
  readonly port: number;
  /** Name of the database in PostgreSQL. */
  readonly database: string;
  /** Schema of tables that a grant names without one. */
  readonly schema: string;
  /** Encryption of the sessions; the applications use what Vault uses. */
  readonly tls: PostgresTls;
  /**
   * Other ways to it, which services may choose.
   * @default - none
   * @protects nothing: services reach it where Vault does
   */
  readonly endpoints?: readonly ServiceEndpoint[];
  /**
   * Whether one of several servers takes the writes at a time: then every service chooses an endpoint.
   * @default "one"
   * @protects from pods that stay with a server which has become a standby
   */
  readonly servers?: "one" | "several";
  /**
   * Over how many connections of Vault its roles are spread.
   * @default 1
   * @protects nothing: all services of the database wait for each other's credentials
   */
  readonly connections?: number;
}

/** Another way to a database than the one that Vault goes. */
export type ServiceEndpoint = EndpointServer & {
  /** By which a service chooses it. */
  readonly name: string;
  /** Host name or IP address, as pods reach it. */
  readonly host: string;
  /** Port of it. */
  readonly port: number;
};

/** Everything that is wrong with what {@link ServicePlatform} says about pods and their connections. */
export function servicePlatformProblems({ environment, vault, databases }: ServicePlatform): Problem[] {
  const { address, namespace, agentCaCertificate: ca } = vault;
  return [
    ...labelProblems("environment", environment),
    ...urlProblems("vault.address", address, ["https", "http"]),
    ...(namespace === undefined ? [] : namespacePathProblems("vault.namespace", namespace)),
    ...(ca === undefined ? [] : certificateProblems("vault.agentCaCertificate", ca)),
    ...databases.flatMap((database, index) => databaseProblems(`databases[${index}]`, database)),
  ];
}

function databaseProblems(property: string, declared: ServiceDatabase): Problem[] {
  const { name, host, port, database, schema, tls, connections = 1 } = declared;
  const ca = tls.mode === "verify-full" ? tls.caCertificate : undefined;
  return [
    ...labelProblems(`${property}.name`, name),
    ...hostProblems(`${property}.host`, host),
    ...integerProblems(`${property}.port`, port, 1, 65_535),
    ...catalogNameProblems(`${property}.database`, database, "database"),
    ...schemaNameProblems(`${property}.schema`, schema),
    ...integerProblems(`${property}.connections`, connections, 1, MOST_CONNECTIONS),
    ...(ca === undefined ? [] : certificateProblems(`${property}.tls.caCertificate`, ca)),
  ];
}
