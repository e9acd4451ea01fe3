import type { Construct } from "constructs";
import { vaultPaths, vaultStackName, without } from "../environment/derive";
import type { Environment } from "../environment/environment";
import { VaultServer, type InstalledVault } from "../vault";
import { BaseStack } from "./base-stack";

/** What an environment says about its use of Vault, which is nothing to install. */
const USE_OF_VAULT = [
  "authPath",
  "mountPath",
  "audience",
  "reviewer",
  "audit",
  "rateLimits",
  "terraform",
] satisfies (keyof Environment["vault"])[];

/**
 * Installs Vault and the injector. Apart from the platform, because a Vault must be initialised and
 * unsealed between its installation and its configuration.
 */
export class VaultStack extends BaseStack {
  constructor(scope: Construct, environment: Environment, vault: InstalledVault) {
    super(scope, vaultStackName(environment), environment);
    this.addHelmProvider();
    const { authPath } = vaultPaths(environment);
    const installed = without(vault, USE_OF_VAULT) as InstalledVault;
    new VaultServer(this, "Vault", { vault: installed, authPath, protection: environment.protection });
  }
}
