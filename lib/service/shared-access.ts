import { Construct } from "constructs";
import { usesVault } from "./declaration/migration";
import { addSharedAccess, type ServiceAccessProps } from "./service-access";

/**
 * What a service has in common in all of its clusters: the roles in Vault that make its credentials, and the policy
 * that reads them. In each cluster stands a `Service` with `roles: "shared"`.
 */
export class SharedAccess extends Construct {
  constructor(scope: Construct, id: string, { plan }: Pick<ServiceAccessProps, "plan">) {
    super(scope, id);
    // The same address as in an environment of one cluster.
    if (usesVault(plan.migration)) addSharedAccess(new Construct(this, "Access"), plan);
  }
}
