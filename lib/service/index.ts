export { AnnotatedCronJob, annotatedCronJobProblems } from "./annotated-cron-job";
export type { AnnotatedCronJobProps } from "./annotated-cron-job";
export { AnnotatedDaemonSet, annotatedDaemonSetProblems } from "./annotated-daemon-set";
export type { AnnotatedDaemonSetProps } from "./annotated-daemon-set";
export { AnnotatedDeployment, annotatedDeploymentProblems } from "./annotated-deployment";
export type { AnnotatedDeploymentProps } from "./annotated-deployment";
export { AnnotatedJob, annotatedJobProblems } from "./annotated-job";
export type { AnnotatedJobProps } from "./annotated-job";
export {
  AnnotatedStatefulSet,
  annotatedStatefulSetProblems,
  governingServiceName,
} from "./annotated-stateful-set";
export type { AnnotatedStatefulSetProps } from "./annotated-stateful-set";
export { contract, contractEnvironment, contractFiles } from "./pod/contract";
export type { Contract, DatabaseContract } from "./pod/contract";
export {
  credentialsFileName,
  credentialsFilePath,
  credentialsTemplate,
} from "./declaration/credentials-file";
export type { Credentials } from "./declaration/credentials-file";
export type {
  DatabaseAccess,
  OwnerAccess,
  ServiceDeclaration,
  ServiceProps,
  TableAccess,
} from "./declaration/declaration";
export { forbiddenBy, PGBOUNCER } from "./declaration/endpoint";
export type { EndpointServer, Forbidden, PgBouncer, PoolMode } from "./declaration/endpoint";
export { endpointWith } from "./declaration/endpoint-schema";
export { elsewhereManifests } from "./elsewhere";
export type { Manifest } from "./elsewhere";
export { injectionAnnotations } from "./pod/injection";
export type { InjectedFile, Injection, InjectionInput } from "./declaration/injection-input";
export * from "./declaration/migration";
export * from "./pod/migration-labels";
export { secretsInUse } from "./problems/migration";
export { servicePlatformProblems } from "./declaration/platform";
export type { ServiceDatabase, ServiceEndpoint, ServicePlatform, ServiceVault } from "./declaration/platform";
export type {
  OtherContainer,
  PodOptions,
  PodVolume,
  Sidecar,
  Toleration,
  VariableSource,
} from "./declaration/pod";
export type { PodPatch, PodPatchOperation } from "./declaration/pod-patch";
export { podTemplate } from "./pod/template";
export type { PodTemplate } from "./pod/types";
export { addPolicy, servicePolicy } from "./policy";
export type { FileProbe, Probe, Probes, ProbeTiming } from "./declaration/probes";
export { Service } from "./service";
export { SharedAccess } from "./shared-access";
export { ServiceAccess } from "./service-access";
export type { ServiceAccessProps } from "./service-access";
export { planService, policyNameOf } from "./service-plan";
export type { PlannedDatabase, ServicePlan } from "./service-plan";
export { serviceProblems } from "./problems/service";
export { deriveTiming } from "./declaration/timing";
export type { Derived, Timing } from "./declaration/timing";
export type { Resources } from "./declaration/container";
export { isServing, replicasOf } from "./declaration/workload";
export type {
  Autoscaling,
  JobRemoval,
  Controller,
  CronJobWorkload,
  DaemonSetWorkload,
  DeploymentWorkload,
  ElsewhereWorkload,
  JobWorkload,
  OwnWorkload,
  PodShare,
  RolloutStrategy,
  ServingWorkload,
  StatefulSetWorkload,
  VolumeClaimTemplate,
  Workload,
} from "./declaration/workload";
export { platformSchema, serviceSchema, serviceShape } from "./declaration/schema";
