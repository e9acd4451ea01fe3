import type { Construct } from "constructs";
import type { ITerraformDependable } from "../core/terraform";
import { servicePlatform, without } from "../environment/derive";
import type { Environment, EnvironmentService } from "../environment/environment";
import { inOrder } from "../environment/order";
import { Service } from "../service";
import { BaseStack } from "./base-stack";

/** The services of an environment, or of one team of it: role, policy, binding and workload of each. */
export class ServicesStack extends BaseStack {
  constructor(
    scope: Construct,
    id: string,
    environment: Environment,
    services: readonly EnvironmentService[],
  ) {
    super(scope, id, environment, services);
    this.addVaultProvider();
    this.addKubernetesProvider();
    const platform = servicePlatform(environment);
    const completed = new Map<string, readonly ITerraformDependable[]>();
    for (const service of inOrder(services)) {
      const { name, after = [] } = service;
      const waitsFor = after.flatMap((before) => completed.get(before) ?? []);
      const declaration = without(service, ["team"]);
      completed.set(name, new Service(this, name, { ...declaration, platform, waitsFor }).workloads);
    }
  }
}
