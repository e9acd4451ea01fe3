import type { Construct } from "constructs";
import { following } from "../core/props";
import type { ITerraformDependable } from "../core/terraform";
import { servicePlatform, without } from "../environment/derive";
import type { ClusterEnvironment } from "../environment/clusters";
import type { Environment, EnvironmentService } from "../environment/environment";
import { inOrder } from "../environment/order";
import { planService, Service, SharedAccess, type ServiceProps } from "../service";
import { BaseStack } from "./base-stack";

/** The services of an environment, or of one team of it: role, policy, binding and workload of each. */
export class ServicesStack extends BaseStack {
  constructor(
    scope: Construct,
    id: string,
    environment: ClusterEnvironment,
    services: readonly EnvironmentService[],
  ) {
    super(scope, id, environment, services);
    this.addVaultProvider();
    this.addKubernetesProvider();
    const platform = servicePlatform(environment);
    const roles = environment.whole === undefined ? "own" : "shared";
    const completed = new Map<string, readonly ITerraformDependable[]>();
    for (const service of inOrder(services)) {
      const { name, after = [] } = service;
      const waitsFor = after.flatMap((before) => completed.get(before) ?? []);
      const declaration = without(service, ["team"]);
      const props = following<ServiceProps>(service, { ...declaration, platform, roles, waitsFor });
      completed.set(name, new Service(this, name, props).workloads);
    }
  }
}

/** What the services of an environment, or of one team of it, have in common in all clusters: roles and policies. */
export class SharedAccessStack extends BaseStack {
  constructor(scope: Construct, id: string, whole: Environment, services: readonly EnvironmentService[]) {
    super(scope, id, whole);
    this.addVaultProvider();
    const platform = servicePlatform(whole);
    for (const service of services) {
      const plan = planService({ ...without(service, ["team"]), platform });
      new SharedAccess(this, service.name, { plan });
    }
  }
}
