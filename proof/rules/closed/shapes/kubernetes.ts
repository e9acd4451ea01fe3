import type { Shape } from "../shape";
import { configMap, namespace, service, serviceAccount } from "./objects";
import { autoscaler, cronJob, daemonSet, deployment, job, statefulSet } from "./workloads";

/** What of Kubernetes leasehold renders; others of its resources nobody has thought of. */
export const KUBERNETES: readonly (readonly [type: string, shape: Shape])[] = [
  ["kubernetes_config_map_v1", configMap],
  ["kubernetes_cron_job_v1", cronJob],
  ["kubernetes_daemon_set_v1", daemonSet],
  ["kubernetes_deployment_v1", deployment],
  ["kubernetes_horizontal_pod_autoscaler_v2", autoscaler],
  ["kubernetes_job_v1", job],
  ["kubernetes_namespace_v1", namespace],
  ["kubernetes_service_account_v1", serviceAccount],
  ["kubernetes_service_v1", service],
  ["kubernetes_stateful_set_v1", statefulSet],
];
