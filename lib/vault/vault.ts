import type { HaVault } from "./ha-vault";
import type { Installation } from "./installation";
import type { InjectorOptions } from "./injector-options";

/** The Vault of an environment: a toy on a laptop, a cluster of our own, or somebody else's. */
export type Vault = DevVault | HaVault | ExternalVault;

/** A Vault for which there is something to install: a server, the injector, or both. */
export type InstalledVault = DevVault | HaVault | (ExternalVault & { readonly injector: InstalledInjector });

/**
 * Vault in memory, one pod, unsealed, plain HTTP: for a laptop only. Every restart loses everything. Its
 * root token is the one in the chart's defaults, which everybody knows; nothing is rendered for it.
 */
export interface DevVault extends Installation {
  readonly mode: "dev";
  /**
   * The webhook that puts agents into pods.
   *
   * @default - one replica; pods start without an agent while it is away
   * @protects from a laptop on which no pod starts because the webhook is not up yet
   */
  readonly injector?: InjectorOptions;
}

/** A Vault that runs somewhere else. */
export interface ExternalVault {
  readonly mode: "external";
  /** Address by which pods of this cluster reach it, such as `https://vault.acme.internal:8200`. */
  readonly address: string;
  /**
   * Vault's own namespace (Enterprise, HCP) that holds everything of this environment, from the root, such as
   * `admin/shop`; not one of Kubernetes. It must be there: namespaces are made by whoever owns Vault.
   *
   * @default - the root namespace, the only one of the community edition
   * @protects nothing: whoever administers a namespace above reaches what lies below
   */
  readonly namespace?: string;
  /**
   * How the way there is protected.
   *
   * @default { kind: "tls" }
   * @protects from tokens and passwords in clear text on the network
   */
  readonly transport?: Transport;
  /** Whether the injector is installed into this cluster or is there already. */
  readonly injector: InstalledInjector | ExistingInjector;
}

/** How the way to an external Vault is protected. */
export type Transport =
  | {
      /** TLS. */
      readonly kind: "tls";
      /**
       * The CA's certificate in PEM, public.
       *
       * @default - the public CAs of the agent's image
       * @protects from a Vault whose certificate nobody has checked
       */
      readonly caCertificate?: string;
    }
  | {
      /** Tokens and passwords in clear text on the network. */
      readonly kind: "plaintext";
      /** Why nobody can listen. */
      readonly reason: string;
    };

/** The injector is installed here. */
export interface InstalledInjector extends Installation, InjectorOptions {
  readonly kind: "install";
}

/** The injector is already in the cluster, under the care of somebody else. */
export interface ExistingInjector {
  readonly kind: "existing";
}

/** Whether there is anything to install; without, the environment has no stack for Vault. */
export function installsAnything(vault: Vault): vault is InstalledVault {
  return vault.mode !== "external" || vault.injector.kind === "install";
}

/** What is installed, if anything, apart from the settings of the Vault it serves. */
export function installation(vault: InstalledVault): Installation {
  return vault.mode === "external" ? vault.injector : vault;
}

/** Kubernetes namespace of what is installed. */
export function installedNamespace(vault: InstalledVault): string;
export function installedNamespace(vault: Vault): string | undefined;
export function installedNamespace(vault: Vault): string | undefined {
  return installsAnything(vault) ? (installation(vault).namespace ?? "vault") : undefined;
}

/**
 * Address of Vault for pods in the cluster. Of several servers it is the active one: the others would
 * forward each request to it, and the Service follows a change of leader within seconds.
 */
export function vaultAddress(vault: Vault): string {
  switch (vault.mode) {
    case "dev":
      return `http://vault.${installedNamespace(vault)}.svc:8200`;
    case "ha":
      return `https://vault-active.${installedNamespace(vault)}.svc:8200`;
    case "external":
      return vault.address;
  }
}

/** Vault's own namespace that everything is written to; of a server of ours, which is the community's, there is none. */
export function vaultNamespace(vault: Vault): string | undefined {
  return vault.mode === "external" ? vault.namespace : undefined;
}

/** The CA's certificate that clients need to trust Vault, in PEM; nothing for plain HTTP and public CAs. */
export function vaultCaCertificate(vault: Vault): string | undefined {
  switch (vault.mode) {
    case "dev":
      return undefined;
    case "ha":
      return vault.tls.caCertificate;
    case "external":
      return vault.transport?.kind === "tls" ? vault.transport.caCertificate : undefined;
  }
}
