import { integerProblems, labelProblems, reasonProblems, repeated, within, type Problem } from "../../core";
import type {
  Autoscaling,
  DaemonSetWorkload,
  DeploymentWorkload,
  PodShare,
  RolloutStrategy,
  ServingWorkload,
  StatefulSetWorkload,
  VolumeClaimTemplate,
} from "../declaration/workload";
import { mountPathProblems, nestedPathProblems } from "./mount-paths";
import { objectNameProblems } from "./object-names";
import { portsProblems } from "./pod";
import { fileProbeProblems, probesProblems, startupWithFileProblems } from "./probes";
import { STORAGE, quantityProblems } from "./quantities";
import { volumeNameProblems } from "./reserved-names";

/** What is wrong with a workload whose pods run all the time. */
export function servingProblems(workload: ServingWorkload): Problem[] {
  const { fileProbe } = workload;
  return [
    ...kindProblems(workload),
    ...portsProblems(workload),
    ...probesProblems(workload),
    ...startupWithFileProblems(workload),
    ...(fileProbe ? fileProbeProblems("fileProbe", fileProbe) : []),
  ];
}

function kindProblems(workload: ServingWorkload): Problem[] {
  switch (workload.kind) {
    case "deployment":
      return deploymentProblems(workload);
    case "stateful-set":
      return statefulSetProblems(workload);
    case "daemon-set":
      return daemonSetProblems(workload);
  }
}

/** What is wrong with what an operator writes of a Deployment alone. */
export function deploymentProblems(
  props: Pick<DeploymentWorkload, "replicas" | "port" | "strategy">,
): Problem[] {
  const { replicas, port = 1, strategy } = props;
  return [
    ...(typeof replicas === "number"
      ? replicasProblems("replicas", replicas)
      : within("replicas", autoscalingProblems(replicas))),
    ...integerProblems("port", port, 1, 65_535),
    ...(strategy ? within("strategy", strategyProblems(strategy)) : []),
  ];
}

function autoscalingProblems({ min, max, cpu, memory }: Autoscaling): Problem[] {
  const wrong = [...integerProblems("min", min, 1, 1000), ...integerProblems("max", max, 1, 1000)];
  const percentages = Object.entries({ cpu, memory }).flatMap(([name, percentage]) =>
    percentage === undefined ? [] : integerProblems(name, percentage, 1, 1000),
  );
  return [
    ...wrong,
    ...(wrong.length === 0 && min > max
      ? [{ property: "min", must: "be at most 'max'", got: min, fix: "lower it, or raise 'max'" }]
      : []),
    ...percentages,
    ...(cpu === undefined && memory === undefined
      ? [
          {
            property: "cpu",
            must: "say what the pods are counted by, here or as 'memory'",
            got: cpu,
            fix: "write a percentage such as cpu: 70, or a number of replicas",
          },
        ]
      : []),
  ];
}

function strategyProblems(strategy: RolloutStrategy): Problem[] {
  if (strategy.kind === "recreate") return reasonProblems("reason", strategy.reason);
  const { maxSurge = 1, maxUnavailable = 0 } = strategy;
  const wrong = [...shareProblems("maxSurge", maxSurge), ...shareProblems("maxUnavailable", maxUnavailable)];
  if (wrong.length > 0 || parseInt(String(maxSurge)) > 0 || parseInt(String(maxUnavailable)) > 0)
    return wrong;
  return [
    {
      property: "maxSurge",
      must: "be more than nothing where 'maxUnavailable' is nothing: no pod could ever be replaced",
      got: maxSurge,
      fix: "raise one of the two to 1",
    },
  ];
}

function shareProblems(property: string, share: PodShare): Problem[] {
  if (typeof share === "number") return integerProblems(property, share, 0, 1000);
  if (/^(\d|[1-9]\d|100)%$/.test(share)) return [];
  const must = "be a number of pods, or a percentage of the replicas from 0% to 100%";
  return [{ property, must, got: share, fix: 'write it like 1 or "25%"' }];
}

/** What is wrong with what an operator writes of a StatefulSet alone. */
export function statefulSetProblems(
  props: Pick<StatefulSetWorkload, "replicas" | "port" | "volumeClaimTemplates">,
): Problem[] {
  const { replicas, port = 1, volumeClaimTemplates: claims = [] } = props;
  const property = "volumeClaimTemplates";
  return [
    ...replicasProblems("replicas", replicas),
    ...integerProblems("port", port, 1, 65_535),
    ...claims.flatMap((claim, index) => within(`${property}[${index}]`, claimProblems(claim))),
    ...repeated(claims.map(({ name }) => name)).map((name) => ({
      property,
      must: "have a name for each claim",
      got: name,
      fix: "rename one of them",
    })),
    ...nestedPathProblems(
      property,
      claims.map(({ mountPath }) => mountPath),
    ),
  ];
}

function claimProblems({ name, mountPath, size, storageClass }: VolumeClaimTemplate): Problem[] {
  return [
    ...labelProblems("name", name),
    ...volumeNameProblems("name", name),
    ...mountPathProblems("mountPath", mountPath),
    ...quantityProblems("size", size, STORAGE, '"10Gi"'),
    ...(storageClass === undefined ? [] : objectNameProblems("storageClass", storageClass)),
  ];
}

/** What is wrong with what an operator writes of a DaemonSet alone. */
export function daemonSetProblems({ nodes, port = 1 }: Pick<DaemonSetWorkload, "nodes" | "port">): Problem[] {
  return [...integerProblems("nodes", nodes, 1, 5000), ...integerProblems("port", port, 1, 65_535)];
}

function replicasProblems(property: string, replicas: number): Problem[] {
  if (replicas !== 0) return integerProblems(property, replicas, 1, 1000);
  return [
    {
      property,
      must: "be at least 1: a service without pods keeps its access to the database",
      got: replicas,
      fix: "take the service out, or stop its pods for a while with kubectl scale",
    },
  ];
}
