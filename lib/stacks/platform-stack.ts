import { Construct } from "constructs";
import { KubernetesAuth } from "../auth";
import { NamespaceV1, type ITerraformDependable } from "../core/terraform";
import {
  authMethod,
  leaseLimits,
  ownNamespaces,
  platformStackName,
  rateLimits,
  vaultPaths,
  withDefaults,
  without,
} from "../environment/derive";
import type { Environment } from "../environment/environment";
import { vaultConnections } from "../environment/vault-connections";
import { PostgresConnection, SecretsEngine } from "../postgres";
import { AuditDevices, RateLimits } from "../vault";
import { BaseStack } from "./base-stack";

/** Keys of a database that are about the server, or about all of its connections. */
const NOT_OF_A_CONNECTION = [
  "schema",
  "postgresVersion",
  "maxConnections",
  "connections",
  "endpoints",
] as const;

/** What the services of an environment need of Vault and the cluster. */
abstract class PlatformParts extends BaseStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, platformStackName(environment), environment);
    this.addVaultProvider();
  }

  protected addNamespaces(): void {
    const namespaces = ownNamespaces(this.environment);
    if (namespaces.length === 0) return;
    this.addKubernetesProvider();
    // A scope of their own: a namespace may have the name of a database.
    const scope = new Construct(this, "Namespaces");
    for (const namespace of namespaces) {
      new NamespaceV1(scope, namespace, {
        metadata: {
          name: namespace,
          labels: { "pod-security.kubernetes.io/enforce": "restricted" },
        },
      });
    }
  }

  /** Whatever else of Vault this stack holds waits for them. */
  protected addAuditDevices(): void {
    new AuditDevices(this, "Audit", { devices: this.environment.vault.audit });
  }

  protected addAuth(): ITerraformDependable {
    return new KubernetesAuth(this, "KubernetesAuth", authMethod(this.environment)).resource;
  }

  protected addSecretsEngine(): ITerraformDependable {
    const { databases, protection = { kind: "protected" } } = this.environment;
    const limits = leaseLimits(this.environment);
    const engine = new SecretsEngine(this, "SecretsEngine", {
      path: vaultPaths(this.environment).mountPath,
      defaultLeaseTtl: limits.default,
      maxLeaseTtl: limits.max,
      protection,
    });
    for (const database of databases.map(withDefaults)) {
      const common = without(database, [...NOT_OF_A_CONNECTION]);
      for (const own of vaultConnections(this.environment, database))
        new PostgresConnection(this, own.name, { ...common, ...own, engine, protection });
    }
    return engine.resource;
  }

  protected addRateLimits(dependsOn: readonly ITerraformDependable[]): void {
    const limits = rateLimits(this.environment);
    if (limits) new RateLimits(this, "RateLimits", { ...limits, dependsOn });
  }
}

/**
 * What all services of an environment share. Apart from the services, because pods revoke their
 * credentials as they end: in one stack a destroy would delete the connection under them.
 */
export class PlatformStack extends PlatformParts {
  constructor(scope: Construct, environment: Environment) {
    super(scope, environment);
    this.addNamespaces();
    this.addAuditDevices();
    this.addRateLimits([this.addAuth(), this.addSecretsEngine()]);
  }
}

/** What the clusters of an environment have in common of the platform. */
export class SharedPlatformStack extends PlatformParts {
  constructor(scope: Construct, whole: Environment) {
    super(scope, whole);
    this.addAuditDevices();
    this.addRateLimits([this.addSecretsEngine()]);
  }
}

/** What one of several clusters has of the platform for itself. */
export class ClusterPlatformStack extends PlatformParts {
  constructor(scope: Construct, environment: Environment) {
    super(scope, environment);
    this.addNamespaces();
    this.addRateLimits([this.addAuth()]);
  }
}
