import { Construct } from "constructs";
import {
  authPathProblems,
  preventDestroy,
  protectionProblems,
  within,
  type Problem,
  type Protection,
} from "../core";
import { assertProps } from "../core/props";
import { Release } from "../core/terraform";
import { helmValues, toYaml } from "./helm-values";
import { vaultServerSchema } from "./schema";
import { installation, installedNamespace, type InstalledVault } from "./vault";
import { vaultProblems } from "./vault-problems";

/** The release's name contains the chart's, so that its Services are `vault`, `vault-active`, `vault-internal`. */
const RELEASE = "vault";

/** HashiCorp's chart; the version also fixes the images of Vault and of the injector. */
export const CHART = { name: "vault", repository: "https://helm.releases.hashicorp.com", version: "0.34.1" };

/** What is installed, and how it is guarded. */
export interface VaultServerProps {
  /** The Vault to install, or the external one whose injector is installed. */
  readonly vault: InstalledVault;
  /** Path of the Kubernetes auth method where agents log in, such as `kubernetes`. */
  readonly authPath: string;
  /**
   * Whether Terraform may destroy or replace a cluster of servers, with every lease in it; a new namespace
   * is a replacement. A dev server and an injector hold nothing and are never protected.
   *
   * @default { kind: "protected" }
   * @protects from an apply that uninstalls the servers, with every lease in them
   */
  readonly protection?: Protection;
}

/** Vault's servers, the injector, or both, as one Helm release. */
export class VaultServer extends Construct {
  /** The release, for what has to wait for it. */
  readonly release: Release;

  constructor(scope: Construct, id: string, props: VaultServerProps) {
    super(scope, id);
    assertProps(scope, id, props, vaultServerSchema, vaultServerProblems);
    const { vault, authPath, protection = { kind: "protected" } } = props;
    const { chartRepository = CHART.repository } = installation(vault);

    this.release = new Release(this, "Resource", {
      name: RELEASE,
      namespace: installedNamespace(vault),
      createNamespace: true,
      repository: chartRepository,
      chart: CHART.name,
      version: CHART.version,
      values: [toYaml(helmValues(vault, authPath))],
      // Waits for the injector. It does not wait for the servers, whose pods are replaced by hand: they
      // stay sealed until somebody initialises Vault, which is not before this apply has ended.
      wait: true,
      timeout: 600,
      // No rollback: it would uninstall Vault after a failed first install, and a failed upgrade is for
      // a person to look at.
      atomic: false,
      maxHistory: 10,
      lifecycle: vault.mode === "ha" ? { preventDestroy: preventDestroy(protection) } : undefined,
    });
  }
}

/** Everything that is wrong with the props. */
export function vaultServerProblems({ vault, authPath, protection }: VaultServerProps): Problem[] {
  return [
    ...within("vault", vaultProblems(vault)),
    ...authPathProblems("authPath", authPath),
    ...(protection ? protectionProblems("protection", protection) : []),
  ];
}
