import type { KubernetesAuthProps } from "../auth";
import type { Duration, Protection } from "../core";
import type { ProviderVersions } from "../core/providers";
import type { PeopleDeclaration } from "../people";
import type { PostgresConnectionProps } from "../postgres";
import type { Waiver } from "@leasehold/proof/rules";
import type { EndpointServer, ServiceDeclaration } from "../service";
import type { AuditDevice, RateLimitsProps, Vault } from "../vault";
import type { Cluster, NamedCluster } from "./cluster";
import type { Guarantee } from "./guarantees";
import type { Guardrails } from "./guardrails";
import type { StateBackend } from "./state-backend";

/** An environment in one cluster, or in several. */
export type DeclaredEnvironment = Environment | MultiClusterEnvironment;

/**
 * What an operator fills in, once per environment. Everything else (roles, statements, policies, TTLs
 * of tokens and mounts, annotations, pool settings) is derived from it.
 */
export interface Environment extends EnvironmentInCommon {
  /** The cluster that the services run in. */
  readonly cluster: Cluster;
  /** The services, each with what it may touch and what runs it. */
  readonly services: readonly EnvironmentService[];
}

/**
 * An environment of several clusters with one Vault, outside of them, and one set of databases. There is one role per
 * service and database, one bootstrap SQL and one lease budget; each cluster has an auth method and stacks of its own.
 */
export interface MultiClusterEnvironment extends EnvironmentInCommon {
  /** The clusters; another one at the end changes nothing of those before it. */
  readonly clusters: readonly NamedCluster[];
  /** The services, each with what it may touch, what runs it, and where. */
  readonly services: readonly ClusterService[];
}

/** What there is once in an environment, in however many clusters it runs. */
interface EnvironmentInCommon {
  /** Prefix of the stacks' names and of names that a shared Vault holds; lower-case letters, digits, hyphens. */
  readonly name: string;
  /** Where Terraform keeps its state; one object, key or secret per stack. */
  readonly state: StateBackend;
  /**
   * The lowest versions of Terraform's providers that this environment is applied with, as `.terraform.lock.hcl` has
   * them. What a later one has brought is rendered where it is said here (`docs/providers.md`).
   * @default - the lowest that leasehold knows of each
   * @protects from a provider that renders something else: the JSON asks for the versions that were compared
   */
  readonly providers?: ProviderVersions;
  /** Vault, and what of it the services use. */
  readonly vault: EnvironmentVault;
  /** The limits this environment holds itself to. */
  readonly guardrails: Guardrails;
  /**
   * Whether Terraform may destroy or replace what holds live leases.
   * @default { kind: "protected" }
   * @protects from an apply that destroys the mount or a connection, and with it every lease or the way to
   * revoke them
   */
  readonly protection?: Protection;
  /** The databases that services may name in their access. */
  readonly databases: readonly Database[];
  /**
   * Engineers and tools who read credentials of their own, in the stack `<environment>-people`.
   * @default - nobody
   * @protects nothing: without it a team shares a password that nobody changes
   */
  readonly people?: readonly PeopleDeclaration[];
  /**
   * Name of the environment in which changes are proven before they come here.
   * @default - there is none
   * @protects nothing: a change may come here first, and the guardrail `parity` has nothing to compare
   * with
   */
  readonly provenIn?: string;
  /**
   * Findings of the proof that are accepted; each must match one, and is printed at every synth.
   * @default - none
   * @protects from a finding that nobody has decided about: without a waiver an error refuses the synth
   */
  readonly waivers?: readonly Waiver[];
  /**
   * Promises that people rely on, proven at every synth.
   * @default - none
   * @protects nothing: what was promised to nobody is not held
   */
  readonly guarantees?: readonly Guarantee[];
}

/** Vault, and what of it this environment uses. */
export type EnvironmentVault = Vault & {
  /**
   * Path of the Kubernetes auth method, without `auth/`. A Vault that serves several clusters has one each.
   * @default "kubernetes"
   * @protects nothing: two environments of one output on one path of one Vault are refused
   */
  readonly authPath?: string;
  /**
   * Path of the database secrets engine.
   * @default "database"
   * @protects nothing: two environments of one output on one path of one Vault are refused
   */
  readonly mountPath?: string;
  /**
   * Audience of the pods' tokens; a role without one accepts a token minted for anybody.
   * @default "vault"
   * @protects from a login with a token that was minted for another service
   */
  readonly audience?: string;
  /**
   * Who reviews ServiceAccount tokens.
   * @default - Vault's own ServiceAccount in the cluster; for `external`, a reviewer JWT written out of band
   * @protects from a reviewer's token in the state of Terraform
   */
  readonly reviewer?: KubernetesAuthProps["reviewer"];
  /** Audit devices that this environment owns; none where a shared Vault's owner keeps them. */
  readonly audit: readonly AuditDevice[];
  /**
   * How often one client may log in and read credentials.
   * @default - no rate limits
   * @protects nothing: a pod that restarts all the time may ask as often as it likes
   */
  readonly rateLimits?: Pick<RateLimitsProps, "login" | "creds" | "interval" | "refused">;
  /**
   * How Terraform reaches Vault and logs in.
   * @default - from the variables of the process: VAULT_ADDR, VAULT_CACERT, VAULT_TOKEN
   * @protects from a credential in a literal: address and token come from the environment of the process
   */
  readonly terraform?: VaultTerraform;
};

export interface VaultTerraform {
  /**
   * Vault's URL as Terraform reaches it.
   * @default - `external`: Vault's address; else the variable VAULT_ADDR
   * @protects nothing: which Vault it is, the variable says
   */
  readonly address?: string;
  /**
   * File with Vault's CA, on the machine that runs Terraform (the provider takes no inline PEM).
   * @default - the variable VAULT_CACERT, or the system's roots
   * @protects from a Vault whose certificate nobody has checked: no property turns the check off
   */
  readonly caCertificateFile?: string;
  /**
   * How Terraform logs in.
   * @default { kind: "token" }
   * @protects from a token in a literal: it comes from the variable or from the file of `vault login`
   */
  readonly login?: VaultLogin;
}

export type VaultLogin =
  /** The variable VAULT_TOKEN, or the file that `vault login` leaves. */
  | { readonly kind: "token" }
  /** A JWT of the CI system, in the variable TERRAFORM_VAULT_AUTH_JWT. */
  | {
      readonly kind: "jwt";
      /** Path of the auth method, without `auth/`. */
      readonly mount: string;
      /** Role of that method. */
      readonly role: string;
      /**
       * Vault's namespace that holds the auth method, from the root; `root` is the root namespace itself.
       * @default - the one that is written to
       * @protects nothing: a token of a namespace reaches those below it as far as its policies go
       */
      readonly namespace?: string;
    }
  /** The ServiceAccount token of the pod that runs Terraform. */
  | {
      readonly kind: "kubernetes";
      /** Path of the auth method, without `auth/`. */
      readonly mount: string;
      /** Role of that method. */
      readonly role: string;
      /**
       * Vault's namespace that holds the auth method, from the root; `root` is the root namespace itself.
       * @default - the one that is written to
       * @protects nothing: a token of a namespace reaches those below it as far as its policies go
       */
      readonly namespace?: string;
      /**
       * File with the token, read when Terraform runs.
       * @default "/var/run/secrets/kubernetes.io/serviceaccount/token"
       * @protects from a token in JSON or state: only its path is written
       */
      readonly tokenPath?: string;
    };

/** A PostgreSQL database that services may use. */
export interface Database extends Pick<
  PostgresConnectionProps,
  | "name"
  | "host"
  | "port"
  | "failover"
  | "database"
  | "username"
  | "tls"
  | "maxOpenConnections"
  | "passwordVersion"
  | "rotation"
> {
  /**
   * Schema of tables that a grant names without one.
   * @default "public"
   * @protects nothing: it is PostgreSQL's own, and grants name tables one by one
   */
  readonly schema?: string;
  /**
   * PostgreSQL's major version: the bootstrap SQL differs before 16. 14 has been out of support since 2026-11-12; until
   * such a server is upgraded, 15 renders the SQL that it takes. The SQL is run on 15 to 18 in tests, and not yet on 19.
   */
  readonly postgresVersion: 15 | 16 | 17 | 18 | 19;
  /** PostgreSQL's `max_connections`, for the lease budget. */
  readonly maxConnections: number;
  /**
   * Over how many connections of Vault its services and people are spread, from 1 to 16: Vault makes, renews and revokes
   * one credential after the other per connection. Each has a login of its own; who is on which follows from the name of
   * the role alone (`docs/connections.md`).
   * @default 1
   * @protects nothing: all services of the database wait for each other's credentials
   */
  readonly connections?: number;
  /**
   * Other ways to the database than the one that Vault goes, for the services that choose one.
   * @default - services reach it where Vault does
   * @protects nothing: where a name leads nobody knows from here
   */
  readonly endpoints?: readonly DatabaseEndpoint[];
}

/** Another way to a database, for pods: where it is, and what answers there. */
export type DatabaseEndpoint = EndpointAddress & EndpointServer;

/** Where an endpoint is. */
export interface EndpointAddress {
  /** By which services choose it; lower-case letters, digits, hyphens. */
  readonly name: string;
  /** Host name or IP address, as pods reach it; its certificate is checked by the CA of the database. */
  readonly host: string;
  /**
   * Other hosts, by the name of the cluster that the pods run in.
   * @default - the same in every cluster
   * @protects from pods that ask a server at the other end of the world
   */
  readonly hostIn?: Readonly<Record<string, string>>;
  /**
   * Port of it.
   * @default 5432
   * @protects nothing: it is PostgreSQL's own
   */
  readonly port?: number;
}

/** A service, and the team whose stack it belongs to. */
export interface EnvironmentService extends ServiceDeclaration {
  /**
   * Puts the service into the stack `<environment>-<team>`, with a state of its own.
   * @default - the stack `<environment>`
   * @protects nothing: the services without a team share a state
   */
  readonly team?: string;
}

/** A service of an environment with several clusters. */
export interface ClusterService extends EnvironmentService {
  /**
   * Names of the clusters that it runs in.
   * @default - all of them
   * @protects nothing: where a service runs is what people say
   */
  readonly clusters?: readonly string[];
}

/** How long leases of the whole environment may live: the mount's and the auth method's limits. */
export interface LeaseLimits {
  readonly default: Duration;
  readonly max: Duration;
}
