import { Construct } from "constructs";
import { labelProblems, type Problem } from "../core";
import { assertProps } from "../core/props";
import { DeploymentV1, HorizontalPodAutoscalerV2, type ITerraformDependable } from "../core/terraform";
import { annotatedDeploymentSchema } from "./annotated-schema";
import {
  portsOf,
  type Autoscaling,
  type DeploymentWorkload,
  type RolloutStrategy,
} from "./declaration/workload";
import { addKubernetesService, RESTARTED_AT } from "./kubernetes-service";
import { podSelector } from "./pod/template";
import { terraformPod } from "./pod/terraform";
import type { PodTemplate } from "./pod/types";
import { deploymentProblems } from "./problems/serving";

export interface AnnotatedDeploymentProps extends Pick<DeploymentWorkload, "strategy" | "ports"> {
  /** Name of the Deployment and of its Kubernetes Service. */
  readonly name: string;
  /** Namespace of the Deployment. */
  readonly namespace: string;
  /** Number of pods, at least one; or between which numbers a HorizontalPodAutoscaler sets it. */
  readonly replicas: DeploymentWorkload["replicas"];
  /**
   * Port that the application listens on; a Kubernetes Service leads to it.
   * @default - no Service
   * @protects from a port that leads to nobody
   */
  readonly port?: number;
  /** Name of the service, whose pods the Kubernetes Service leads to, whichever Deployment they are of. */
  readonly service: string;
  /**
   * Annotations of the workload itself: what changes here restarts no pod.
   * @default - none
   * @protects nothing: the pod's annotations are those of the template
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The pods, with annotations for the injector and the labels that select them. */
  readonly template: PodTemplate;
  /** Everything that the first login needs. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Props that the functions of leasehold make. */
const MADE = { template: "needed", dependsOn: "needed" } as const;

/** A Deployment of pods that the injector gives credentials, and the way to it. */
export class AnnotatedDeployment extends Construct {
  /** The Deployment, for what has to wait for it. */
  readonly deployment: ITerraformDependable;

  constructor(scope: Construct, id: string, props: AnnotatedDeploymentProps) {
    assertProps(scope, id, props, annotatedDeploymentSchema, annotatedDeploymentProblems, MADE);
    super(scope, id);
    const { name, namespace, service } = props;
    this.deployment = this.addDeployment(props);
    if (typeof props.replicas === "object") this.addAutoscaler(props, props.replicas);
    addKubernetesService(this, {
      name,
      namespace,
      service,
      ports: portsOf(props),
      workload: this.deployment,
    });
  }

  private addAutoscaler({ name, namespace }: AnnotatedDeploymentProps, replicas: Autoscaling): void {
    const { min, max, cpu, memory } = replicas;
    new HorizontalPodAutoscalerV2(this, "Autoscaler", {
      dependsOn: [this.deployment],
      metadata: { name, namespace },
      spec: {
        minReplicas: min,
        maxReplicas: max,
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        metric: Object.entries({ cpu, memory }).flatMap(([resource, percentage]) =>
          percentage === undefined ? [] : [utilization(resource, percentage)],
        ),
      },
    });
  }

  private addDeployment(props: AnnotatedDeploymentProps): DeploymentV1 {
    const { name, namespace, replicas, template, annotations, dependsOn, strategy } = props;
    return new DeploymentV1(this, "Resource", {
      metadata: { name, namespace, labels: template.metadata.labels, annotations },
      spec: {
        // What the provider is not told it leaves as the autoscaler has set it.
        ...(typeof replicas === "number" && { replicas: String(replicas) }),
        selector: { matchLabels: podSelector(name) },
        strategy: terraformStrategy(strategy),
        template: terraformPod(template),
      },
      waitForRollout: true,
      // Terraform sees no reference from the pods to what they log in with. Without this the first
      // apply would wait for pods that cannot start, and a destroy would take it from pods that run.
      dependsOn: [...dependsOn],
      lifecycle: { ignoreChanges: [RESTARTED_AT] },
    });
  }
}

function utilization(name: string, averageUtilization: number) {
  return { type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization } } };
}

/** By default never fewer pods than declared, and one credential more while it rolls. */
function terraformStrategy(strategy: RolloutStrategy = { kind: "rolling" }) {
  if (strategy.kind === "recreate") return { type: "Recreate" };
  const { maxSurge = 1, maxUnavailable = 0 } = strategy;
  const rollingUpdate = { maxSurge: String(maxSurge), maxUnavailable: String(maxUnavailable) };
  return { type: "RollingUpdate", rollingUpdate };
}

/** Everything that is wrong with the props of {@link AnnotatedDeployment}. */
export function annotatedDeploymentProblems(props: AnnotatedDeploymentProps): Problem[] {
  const { name, namespace } = props;
  return [
    ...labelProblems("name", name),
    ...labelProblems("namespace", namespace),
    ...deploymentProblems(props),
  ];
}
