import type { Construct } from "constructs";
import { Service } from "../lib/service";
import { BaseStack } from "./base-stack";
import { servicePlatform } from "./derive";
import type { Environment, EnvironmentService } from "./environment";

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
    for (const service of services) {
      new Service(this, service.name, { ...service, platform });
    }
  }
}
