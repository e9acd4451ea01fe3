import type { Construct } from "constructs";
import { VaultServer, type InstalledVault } from "../lib/vault";
import { BaseStack } from "./base-stack";
import { vaultPaths, vaultStackName } from "./derive";
import type { Environment } from "./environment";

/**
 * Installs Vault and the injector. Apart from the platform, because a Vault must be initialised and
 * unsealed between its installation and its configuration.
 */
export class VaultStack extends BaseStack {
  constructor(scope: Construct, environment: Environment, vault: InstalledVault) {
    super(scope, vaultStackName(environment), environment);
    this.addHelmProvider();
    const { authPath } = vaultPaths(environment);
    new VaultServer(this, "Vault", { vault, authPath, protection: environment.protection });
  }
}
