import type { KubernetesAuthProps } from "../auth";
import type { Duration, Protection } from "../core";
import type { PostgresConnectionProps } from "../postgres";
import type { Waiver } from "@leasehold/proof/rules";
import type { ServiceDeclaration } from "../service";
import type { AuditDevice, RateLimitsProps, Vault } from "../vault";
import type { Cluster } from "./cluster";
import type { Guardrails } from "./guardrails";
import type { StateBackend } from "./state-backend";

/**
 * What an operator fills in, once per environment. Everything else (roles, statements, policies, TTLs
 * of tokens and mounts, annotations, pool settings) is derived from it.
 */
export interface Environment {
  /** Prefix of the stacks' names and of names that a shared Vault holds; lower-case letters, digits, hyphens. */
  readonly name: string;
  /** Where Terraform keeps its state; one object, key or secret per stack. */
  readonly state: StateBackend;
  readonly cluster: Cluster;
  readonly vault: EnvironmentVault;
  /** The limits this environment holds itself to. */
  readonly guardrails: Guardrails;
  /**
   * Whether Terraform may destroy or replace what holds live leases.
   * @default { kind: "protected" }
   */
  readonly protection?: Protection;
  readonly databases: readonly Database[];
  readonly services: readonly EnvironmentService[];
  /**
   * Name of the environment in which changes are proven before they come here.
   * @default - there is none
   */
  readonly provenIn?: string;
  /**
   * Findings of the proof that are accepted; each must match one, and is printed at every synth.
   * @default - none
   */
  readonly waivers?: readonly Waiver[];
}

/** Vault, and what of it this environment uses. */
export type EnvironmentVault = Vault & {
  /**
   * Path of the Kubernetes auth method, without `auth/`. A Vault that serves several clusters has one each.
   * @default "kubernetes"
   */
  readonly authPath?: string;
  /**
   * Path of the database secrets engine.
   * @default "database"
   */
  readonly mountPath?: string;
  /**
   * Audience of the pods' tokens; a role without one accepts a token minted for anybody.
   * @default "vault"
   */
  readonly audience?: string;
  /**
   * Who reviews ServiceAccount tokens.
   * @default - Vault's own ServiceAccount in the cluster; for `external`, a reviewer JWT written out of band
   */
  readonly reviewer?: KubernetesAuthProps["reviewer"];
  /** Audit devices that this environment owns; none where a shared Vault's owner keeps them. */
  readonly audit: readonly AuditDevice[];
  /** @default - no rate limits */
  readonly rateLimits?: Pick<RateLimitsProps, "login" | "creds" | "interval">;
  /** How Terraform reaches Vault and logs in. */
  readonly terraform?: VaultTerraform;
};

export interface VaultTerraform {
  /**
   * Vault's URL as Terraform reaches it.
   * @default - `external`: Vault's address; else the variable VAULT_ADDR
   */
  readonly address?: string;
  /**
   * File with Vault's CA, on the machine that runs Terraform (the provider takes no inline PEM).
   * @default - the variable VAULT_CACERT, or the system's roots
   */
  readonly caCertificateFile?: string;
  /** @default { kind: "token" } */
  readonly login?: VaultLogin;
}

export type VaultLogin =
  /** The variable VAULT_TOKEN, or the file that `vault login` leaves. */
  | { readonly kind: "token" }
  /** A JWT of the CI system, in the variable TERRAFORM_VAULT_AUTH_JWT. */
  | { readonly kind: "jwt"; readonly mount: string; readonly role: string }
  /** The ServiceAccount token of the pod that runs Terraform. */
  | {
      readonly kind: "kubernetes";
      readonly mount: string;
      readonly role: string;
      /** @default "/var/run/secrets/kubernetes.io/serviceaccount/token" */
      readonly tokenPath?: string;
    };

/** A PostgreSQL database that services may use. */
export interface Database extends Pick<
  PostgresConnectionProps,
  | "name"
  | "host"
  | "port"
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
   */
  readonly schema?: string;
  /** PostgreSQL's major version: the bootstrap SQL differs before 16. */
  readonly postgresVersion: 14 | 15 | 16 | 17 | 18;
  /** PostgreSQL's `max_connections`, for the lease budget. */
  readonly maxConnections: number;
}

/** A service, and the team whose stack it belongs to. */
export interface EnvironmentService extends ServiceDeclaration {
  /**
   * Puts the service into the stack `<environment>-<team>`, with a state of its own.
   * @default - the stack `<environment>`
   */
  readonly team?: string;
}

/** How long leases of the whole environment may live: the mount's and the auth method's limits. */
export interface LeaseLimits {
  readonly default: Duration;
  readonly max: Duration;
}
