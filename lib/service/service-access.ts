import { Construct } from "constructs";
import { KubernetesAuthRole } from "../auth";
import { toDuration } from "../core";
import { following } from "../core/props";
import {
  ConfigMapV1,
  ServiceAccountV1,
  TerraformElement,
  type ITerraformDependable,
} from "../core/terraform";
import { connectionOf, DynamicRole } from "../postgres";
import { usesVault } from "./declaration/migration";
import { contractConfigMapName, contractFiles } from "./pod/contract";
import { addPolicy } from "./policy";
import type { ServicePlan } from "./service-plan";

export interface ServiceAccessProps {
  /** The service, with all that follows from its declaration. */
  readonly plan: ServicePlan;
  /**
   * Whether its database roles and its policy are made here, or by `SharedAccess` in another stack.
   * @default "own"
   * @protects from credentials of a role that nobody has made
   */
  readonly roles?: "own" | "shared";
}

/**
 * A service's way to its databases: a ServiceAccount that may log in, a policy that reads its own
 * credentials, a role per database that makes them, and the contract that tells the application.
 */
export class ServiceAccess extends Construct {
  constructor(scope: Construct, id: string, { plan, roles = "own" }: ServiceAccessProps) {
    super(scope, id);
    const { name, namespace } = plan;
    // Its token is of no use to the application; the agent has one of its own.
    new ServiceAccountV1(this, "ServiceAccount", {
      metadata: { name, namespace },
      automountServiceAccountToken: false,
    });
    if (usesVault(plan.migration)) {
      if (roles === "own") addSharedAccess(this, plan);
      this.addLogin(plan);
    }
    this.addContract(plan);
  }

  /** Everything that a pod's first login needs. */
  get dependables(): ITerraformDependable[] {
    return this.node.findAll().filter((child) => TerraformElement.isTerraformElement(child));
  }

  private addLogin(plan: ServicePlan): void {
    const { name, namespace, policyName, vault, timing } = plan;
    const props = following(plan, {
      authPath: vault.authPath,
      name,
      serviceAccount: name,
      namespace,
      audience: vault.audience,
      policies: [policyName],
      tokenPeriod: toDuration(timing.tokenPeriod.value),
    });
    new KubernetesAuthRole(this, "AuthRole", props);
  }

  private addContract(plan: ServicePlan): void {
    new ConfigMapV1(this, "Contract", {
      metadata: { name: contractConfigMapName(plan.name), namespace: plan.namespace },
      data: contractFiles(plan),
    });
  }
}

/** The roles in Vault that make a service's credentials, one per database, and the policy that reads them. */
export function addSharedAccess(scope: Construct, plan: ServicePlan): void {
  const { databases, vault, ttl, policyName } = plan;
  for (const { database, roleName, grants, owner, replication, strategy, connectionLimit } of databases) {
    const props = following(plan, {
      mountPath: vault.mountPath,
      connectionName: connectionOf(database.name, roleName, database.connections ?? 1),
      name: roleName,
      schema: database.schema,
      grants,
      owner,
      replication,
      strategy,
      ttl,
      connectionLimit,
    });
    new DynamicRole(scope, database.name, props);
  }
  addPolicy(
    scope,
    policyName,
    databases.map(({ file }) => file.credsPath),
  );
}
