import { Construct } from "constructs";
import { KubernetesAuth } from "../auth";
import { NamespaceV1 } from "../core/terraform";
import {
  authMethod,
  databaseRoles,
  leaseLimits,
  ownNamespaces,
  platformStackName,
  rateLimits,
  vaultPaths,
  withDefaults,
  without,
} from "../environment/derive";
import type { Environment } from "../environment/environment";
import { PostgresConnection, SecretsEngine } from "../postgres";
import { AuditDevices, RateLimits } from "../vault";
import { BaseStack } from "./base-stack";

/**
 * What all services of an environment share. Apart from the services, because pods revoke their
 * credentials as they end: in one stack a destroy would delete the connection under them.
 */
export class PlatformStack extends BaseStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, platformStackName(environment), environment);
    this.addVaultProvider();
    this.addNamespaces();
    // Whatever else of Vault this stack holds waits for them.
    new AuditDevices(this, "Audit", { devices: environment.vault.audit });
    const auth = new KubernetesAuth(this, "KubernetesAuth", authMethod(environment));
    const engine = this.addSecretsEngine();
    const limits = rateLimits(environment);
    if (limits)
      new RateLimits(this, "RateLimits", { ...limits, dependsOn: [auth.resource, engine.resource] });
  }

  private addNamespaces(): void {
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

  private addSecretsEngine(): SecretsEngine {
    const { databases, protection = { kind: "protected" } } = this.environment;
    const limits = leaseLimits(this.environment);
    const engine = new SecretsEngine(this, "SecretsEngine", {
      path: vaultPaths(this.environment).mountPath,
      defaultLeaseTtl: limits.default,
      maxLeaseTtl: limits.max,
      protection,
    });
    for (const database of databases.map(withDefaults)) {
      const allowedRoles = databaseRoles(this.environment, database.name);
      const connection = without(database, ["schema", "postgresVersion", "maxConnections"]);
      new PostgresConnection(this, database.name, { ...connection, engine, allowedRoles, protection });
    }
    return engine;
  }
}
