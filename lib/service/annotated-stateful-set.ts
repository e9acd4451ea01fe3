import { Construct } from "constructs";
import { labelProblems, type Problem } from "../core";
import { assertProps } from "../core/props";
import { ServiceV1, StatefulSetV1, type ITerraformDependable } from "../core/terraform";
import { annotatedStatefulSetSchema } from "./annotated-schema";
import { portsOf, type StatefulSetWorkload, type VolumeClaimTemplate } from "./declaration/workload";
import { addKubernetesService, oneByOne, RESTARTED_AT } from "./kubernetes-service";
import { podSelector } from "./pod/template";
import { terraformPod } from "./pod/terraform";
import type { PodTemplate } from "./pod/types";
import { statefulSetProblems } from "./problems/serving";

export interface AnnotatedStatefulSetProps extends Pick<
  StatefulSetWorkload,
  "replicas" | "port" | "ports" | "podManagementPolicy" | "volumeClaimTemplates"
> {
  /** Name of the StatefulSet and of its Kubernetes Service. */
  readonly name: string;
  /** Namespace of the StatefulSet. */
  readonly namespace: string;
  /** Name of the service, whose pods the Kubernetes Service leads to. */
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

/** Name of the headless Service that gives each pod of a StatefulSet a name: `orders-0.orders-pods`. */
export function governingServiceName(statefulSet: string): string {
  return `${statefulSet}-pods`;
}

/** A StatefulSet of pods that the injector gives credentials, the names of its pods, and the way to any of them. */
export class AnnotatedStatefulSet extends Construct {
  /** The StatefulSet, for what has to wait for it. */
  readonly statefulSet: ITerraformDependable;

  constructor(scope: Construct, id: string, props: AnnotatedStatefulSetProps) {
    assertProps(scope, id, props, annotatedStatefulSetSchema, annotatedStatefulSetProblems, MADE);
    super(scope, id);
    const { name, namespace, service } = props;
    const names = new ServiceV1(this, "Names", {
      metadata: { name: governingServiceName(name), namespace },
      spec: { type: "ClusterIP", clusterIp: "None", selector: podSelector(name) },
    });
    this.statefulSet = this.addStatefulSet(props, names);
    addKubernetesService(this, {
      name,
      namespace,
      service,
      ports: portsOf(props),
      workload: this.statefulSet,
    });
  }

  private addStatefulSet(props: AnnotatedStatefulSetProps, names: ITerraformDependable): StatefulSetV1 {
    const { name, namespace, replicas, template, annotations, dependsOn } = props;
    const { podManagementPolicy = "OrderedReady", volumeClaimTemplates = [] } = props;
    const patience = oneByOne(replicas, template.spec.terminationGracePeriodSeconds);
    return new StatefulSetV1(this, "Resource", {
      metadata: { name, namespace, labels: template.metadata.labels, annotations },
      spec: {
        serviceName: governingServiceName(name),
        replicas: String(replicas),
        podManagementPolicy,
        selector: { matchLabels: podSelector(name) },
        updateStrategy: [{ type: "RollingUpdate", rollingUpdate: [{ partition: 0 }] }],
        template: terraformPod(template),
        ...(volumeClaimTemplates.length > 0 && {
          volumeClaimTemplate: volumeClaimTemplates.map(terraformClaim),
        }),
      },
      waitForRollout: true,
      timeouts: { create: patience, update: patience },
      // Terraform sees no reference from the pods to what they log in with. Without this the first
      // apply would wait for pods that cannot start, and a destroy would take it from pods that run.
      dependsOn: [...dependsOn, names],
      lifecycle: { ignoreChanges: [RESTARTED_AT] },
    });
  }
}

function terraformClaim({ name, size, storageClass }: VolumeClaimTemplate) {
  return {
    metadata: { name },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: storageClass,
      resources: { requests: { storage: size } },
    },
  };
}

/** Everything that is wrong with the props of {@link AnnotatedStatefulSet}. */
export function annotatedStatefulSetProblems(props: AnnotatedStatefulSetProps): Problem[] {
  const { name, namespace } = props;
  return [
    // Kubernetes appends eleven characters to make a label of the pods.
    ...labelProblems("name", name, 52),
    ...labelProblems("namespace", namespace),
    ...statefulSetProblems(props),
  ];
}
