import { Construct } from "constructs";
import { labelProblems, type Problem } from "../core";
import { assertProps } from "../core/props";
import { DaemonSetV1, type ITerraformDependable } from "../core/terraform";
import { annotatedDaemonSetSchema } from "./annotated-schema";
import { portsOf, type DaemonSetWorkload } from "./declaration/workload";
import { addKubernetesService, oneByOne, RESTARTED_AT } from "./kubernetes-service";
import { podSelector } from "./pod/template";
import { terraformPod } from "./pod/terraform";
import type { PodTemplate } from "./pod/types";
import { daemonSetProblems } from "./problems/serving";

export interface AnnotatedDaemonSetProps extends Pick<DaemonSetWorkload, "nodes" | "port" | "ports"> {
  /** Name of the DaemonSet and of its Kubernetes Service. */
  readonly name: string;
  /** Namespace of the DaemonSet. */
  readonly namespace: string;
  /** Name of the service, whose pods the Kubernetes Service leads to. */
  readonly service: string;
  /**
   * Annotations of the workload itself: what changes here restarts no pod. One of them says how many pods there are at
   * most, for the lease budget.
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

/** A DaemonSet of pods that the injector gives credentials, and the way to them. */
export class AnnotatedDaemonSet extends Construct {
  /** The DaemonSet, for what has to wait for it. */
  readonly daemonSet: ITerraformDependable;

  constructor(scope: Construct, id: string, props: AnnotatedDaemonSetProps) {
    assertProps(scope, id, props, annotatedDaemonSetSchema, annotatedDaemonSetProblems, MADE);
    super(scope, id);
    const { name, namespace, service } = props;
    this.daemonSet = this.addDaemonSet(props);
    addKubernetesService(this, { name, namespace, service, ports: portsOf(props), workload: this.daemonSet });
  }

  private addDaemonSet(props: AnnotatedDaemonSetProps): DaemonSetV1 {
    const { name, namespace, nodes, template, annotations, dependsOn } = props;
    const patience = oneByOne(nodes, template.spec.terminationGracePeriodSeconds);
    return new DaemonSetV1(this, "Resource", {
      metadata: { name, namespace, labels: template.metadata.labels, annotations },
      spec: {
        selector: { matchLabels: podSelector(name) },
        // The provider's name for the update strategy.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "1" } },
        template: terraformPod(template),
      },
      waitForRollout: true,
      timeouts: { create: patience, update: patience },
      // Terraform sees no reference from the pods to what they log in with. Without this the first
      // apply would wait for pods that cannot start, and a destroy would take it from pods that run.
      dependsOn: [...dependsOn],
      lifecycle: { ignoreChanges: [RESTARTED_AT] },
    });
  }
}

/** Everything that is wrong with the props of {@link AnnotatedDaemonSet}. */
export function annotatedDaemonSetProblems(props: AnnotatedDaemonSetProps): Problem[] {
  const { name, namespace } = props;
  return [
    // Kubernetes appends eleven characters to make a label of the pods.
    ...labelProblems("name", name, 52),
    ...labelProblems("namespace", namespace),
    ...daemonSetProblems(props),
  ];
}
