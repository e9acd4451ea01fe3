import { Construct } from "constructs";
import { within, type Problem } from "../core";
import { assertProps, asSound, following } from "../core/props";
import type { ITerraformDependable } from "../core/terraform";
import { AnnotatedCronJob } from "./annotated-cron-job";
import { AnnotatedDaemonSet } from "./annotated-daemon-set";
import { AnnotatedDeployment } from "./annotated-deployment";
import { AnnotatedJob } from "./annotated-job";
import { AnnotatedStatefulSet } from "./annotated-stateful-set";
import type { ServiceProps } from "./declaration/declaration";
import { podGroups, type PodGroup } from "./declaration/migration";
import { servicePlatformProblems } from "./declaration/platform";
import { servicePropsSchema } from "./declaration/schema";
import type { OwnWorkload } from "./declaration/workload";
import { workloadAnnotations } from "./pod/migration-labels";
import { podTemplate } from "./pod/template";
import { serviceProblems } from "./problems/service";
import { ServiceAccess } from "./service-access";
import { planService, type ServicePlan } from "./service-plan";

const WORKLOAD_IDS = { "": "Workload", "-canary": "Canary" } as const;

function propsProblems(props: ServiceProps): Problem[] {
  return [...within("platform", servicePlatformProblems(props.platform)), ...serviceProblems(props)];
}

/** A service with its access to databases, and its workload if we deploy it. */
export class Service extends Construct {
  /** What runs its pods; none where something else deploys them. */
  readonly workloads: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ServiceProps) {
    assertProps(scope, id, props, servicePropsSchema, propsProblems, { waitsFor: "optional" });
    super(scope, id);
    const plan = asSound(planService(props));
    const access = new ServiceAccess(this, "Access", { plan, roles: props.roles });
    this.workloads = this.addWorkloads(plan, [...access.dependables, ...(props.waitsFor ?? [])]);
  }

  private addWorkloads(plan: ServicePlan, needed: readonly ITerraformDependable[]): ITerraformDependable[] {
    const { workload, migration } = plan;
    if (workload.kind === "elsewhere") return [];
    const added: ITerraformDependable[] = [];
    for (const group of podGroups(migration, workload)) {
      // The canary comes before the main group has fewer pods, and goes after it has all of them.
      added.push(this.addWorkload(plan, workload, group, [...needed, ...added]));
    }
    return added;
  }

  private addWorkload(
    plan: ServicePlan,
    workload: OwnWorkload,
    group: PodGroup,
    dependsOn: readonly ITerraformDependable[],
  ): ITerraformDependable {
    const { name, namespace } = plan;
    const annotations = workloadAnnotations(plan);
    const sound = <T extends object>(own: T) => following(plan, own);
    const common = {
      name: `${name}${group.suffix}`,
      namespace,
      ...(Object.keys(annotations).length > 0 && { annotations }),
      template: podTemplate(plan, workload, group),
      dependsOn,
    };
    switch (workload.kind) {
      case "deployment":
        return new AnnotatedDeployment(
          this,
          WORKLOAD_IDS[group.suffix],
          sound({
            ...common,
            service: name,
            replicas: typeof workload.replicas === "number" ? group.replicas : workload.replicas,
            ...(group.suffix === "" && { port: workload.port, ports: workload.ports }),
            ...(workload.strategy && { strategy: workload.strategy }),
          }),
        ).deployment;
      case "stateful-set": {
        const { replicas, port, ports, podManagementPolicy, volumeClaimTemplates } = workload;
        const own = { replicas, port, ports, podManagementPolicy, volumeClaimTemplates };
        return new AnnotatedStatefulSet(this, "Workload", sound({ ...common, service: name, ...own }))
          .statefulSet;
      }
      case "daemon-set": {
        const { nodes, port, ports } = workload;
        return new AnnotatedDaemonSet(
          this,
          "Workload",
          sound({ ...common, service: name, nodes, port, ports }),
        ).daemonSet;
      }
      case "cron-job": {
        const { schedule, timeZone, activeDeadline, retries, ttlAfterFinished } = workload;
        const times = { schedule, timeZone, activeDeadline, retries, ttlAfterFinished };
        return new AnnotatedCronJob(this, "Workload", sound({ ...common, ...times })).cronJob;
      }
      case "job": {
        const { activeDeadline, retries, ttlAfterFinished } = workload;
        const run = { activeDeadline, retries, ttlAfterFinished };
        return new AnnotatedJob(this, "Workload", sound({ ...common, ...run })).job;
      }
    }
  }
}
