import { Construct } from "constructs";
import { assertValid, within } from "../core";
import { AnnotatedCronJob } from "./annotated-cron-job";
import { AnnotatedDeployment } from "./annotated-deployment";
import type { ServiceProps } from "./declaration";
import { servicePlatformProblems } from "./platform";
import { podTemplate } from "./pod-template";
import { ServiceAccess } from "./service-access";
import { planService, type ServicePlan } from "./service-plan";
import { serviceProblems } from "./service-problems";

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
    const common = { name, namespace, template: podTemplate(plan, workload), dependsOn: dependables };
    if (workload.kind === "deployment") {
      const { replicas, port } = workload;
      new AnnotatedDeployment(this, "Workload", { ...common, replicas, port });
    } else {
      const { schedule, timeZone, activeDeadline, retries } = workload;
      new AnnotatedCronJob(this, "Workload", { ...common, schedule, timeZone, activeDeadline, retries });
    }
  }
}
