import { Construct } from "constructs";
import { assertValid, within } from "../core";
import { AnnotatedCronJob } from "./annotated-cron-job";
import { AnnotatedDeployment } from "./annotated-deployment";
import type { ServiceProps } from "./declaration";
import { podGroups } from "./migration";
import { servicePlatformProblems } from "./platform";
import { podTemplate } from "./pod-template";
import { ServiceAccess } from "./service-access";
import { planService, type ServicePlan } from "./service-plan";
import { serviceProblems } from "./service-problems";

const WORKLOAD_IDS = { "": "Workload", "-canary": "Canary" } as const;

/** A service with its access to databases, and its workload if we deploy it. */
export class Service extends Construct {
  constructor(scope: Construct, id: string, props: ServiceProps) {
    assertValid(scope, id, [
      ...within("platform", servicePlatformProblems(props.platform)),
      ...serviceProblems(props),
    ]);
    super(scope, id);
    const plan = planService(props);
    const access = new ServiceAccess(this, "Access", { plan });
    this.addWorkload(plan, access);
  }

  private addWorkload(plan: ServicePlan, { dependables }: ServiceAccess): void {
    const { name, namespace, workload } = plan;
    if (workload.kind === "elsewhere") return;
    const { stage } = plan.migration;
    const common = { namespace, stage };
    const groups = podGroups(plan.migration, workload);
    let dependsOn = dependables;
    for (const group of groups) {
      const template = podTemplate(plan, workload, group);
      const props = { ...common, name: `${name}${group.suffix}`, template, dependsOn };
      if (workload.kind === "deployment") {
        const port = group.suffix === "" ? workload.port : undefined;
        const { deployment } = new AnnotatedDeployment(this, WORKLOAD_IDS[group.suffix], {
          ...props,
          service: name,
          replicas: group.replicas,
          port,
        });
        // The canary comes before the main group has fewer pods, and goes after it has all of them.
        dependsOn = [...dependsOn, deployment];
      } else {
        const { schedule, timeZone, activeDeadline, retries } = workload;
        new AnnotatedCronJob(this, "Workload", { ...props, schedule, timeZone, activeDeadline, retries });
      }
    }
  }
}
