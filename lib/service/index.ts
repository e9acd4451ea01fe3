export { AnnotatedCronJob, annotatedCronJobProblems } from "./annotated-cron-job";
export type { AnnotatedCronJobProps } from "./annotated-cron-job";
export { AnnotatedDeployment, annotatedDeploymentProblems } from "./annotated-deployment";
export type { AnnotatedDeploymentProps } from "./annotated-deployment";
export { AnnotatedJob, annotatedJobProblems } from "./annotated-job";
export type { AnnotatedJobProps } from "./annotated-job";
export { contract, contractEnvironment, contractFiles } from "./contract";
export type { Contract, DatabaseContract } from "./contract";
export { credentialsFileName, credentialsFilePath, credentialsTemplate } from "./credentials-file";
export type { Credentials } from "./credentials-file";
export type {
  DatabaseAccess,
  OwnerAccess,
  ServiceDeclaration,
  ServiceProps,
  TableAccess,
} from "./declaration";
export { elsewhereManifests } from "./elsewhere";
export type { Manifest } from "./elsewhere";
export { injectionAnnotations } from "./injection";
export type { InjectedFile, Injection, InjectionInput } from "./injection-input";
export * from "./migration";
export * from "./migration-labels";
export { secretsInUse } from "./migration-problems";
export { obstacles } from "./readiness";
export type { Obstacle } from "./readiness";
export { servicePlatformProblems } from "./platform";
export type { ServiceDatabase, ServicePlatform, ServiceVault } from "./platform";
export { podTemplate } from "./pod-template";
export type { PodTemplate } from "./pod-types";
export { servicePolicy } from "./policy";
export type { FileProbe, Probe } from "./probes";
export { Service } from "./service";
export { ServiceAccess } from "./service-access";
export type { ServiceAccessProps } from "./service-access";
export { planService, policyNameOf } from "./service-plan";
export type { PlannedDatabase, ServicePlan } from "./service-plan";
export { serviceProblems } from "./service-problems";
export { deriveTiming } from "./timing";
export type { Derived, Timing } from "./timing";
export type {
  Controller,
  CronJobWorkload,
  DeploymentWorkload,
  ElsewhereWorkload,
  JobWorkload,
  OwnWorkload,
  Resources,
  Workload,
} from "./workload";
export { serviceSchema, serviceShape } from "./schema";
