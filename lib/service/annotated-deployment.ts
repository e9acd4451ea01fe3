import { Construct } from "constructs";
import { labelProblems, type Problem } from "../core";
import { assertProps } from "../core/props";
import { DeploymentV1, ServiceV1, type ITerraformDependable } from "../core/terraform";
import { annotatedDeploymentSchema } from "./annotated-schema";
import { serviceSelector } from "./pod/migration-labels";
import { podSelector } from "./pod/template";
import { terraformPod } from "./pod/terraform";
import type { PodTemplate } from "./pod/types";
import { deploymentProblems } from "./problems/workload";

export interface AnnotatedDeploymentProps {
  /** Name of the Deployment and of its Kubernetes Service. */
  readonly name: string;
  /** Namespace of the Deployment. */
  readonly namespace: string;
  /** Number of pods, at least one. */
  readonly replicas: number;
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
    const { name, namespace, port } = props;
    this.deployment = this.addDeployment(props);
    if (port === undefined) return;
    new ServiceV1(this, "Service", {
      // A Service that is taken over from somebody else leads to these pods from then on: they must be there.
      dependsOn: [this.deployment],
      metadata: { name, namespace },
      spec: {
        type: "ClusterIP",
        selector: serviceSelector(props.service),
        port: [{ port, targetPort: String(port) }],
      },
    });
  }

  private addDeployment(props: AnnotatedDeploymentProps): DeploymentV1 {
    const { name, namespace, replicas, template, annotations, dependsOn } = props;
    return new DeploymentV1(this, "Resource", {
      metadata: { name, namespace, labels: template.metadata.labels, annotations },
      spec: {
        replicas: String(replicas),
        selector: { matchLabels: podSelector(name) },
        // Never fewer pods than declared, and one credential more while it rolls.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "1", maxUnavailable: "0" } },
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

/** What `kubectl rollout restart` writes: the next apply would take it back, and restart every pod once more. */
const RESTARTED_AT = 'spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]';

/** Everything that is wrong with the props of {@link AnnotatedDeployment}. */
export function annotatedDeploymentProblems(props: AnnotatedDeploymentProps): Problem[] {
  const { name, namespace } = props;
  return [
    ...labelProblems("name", name),
    ...labelProblems("namespace", namespace),
    ...deploymentProblems(props),
  ];
}
