import { object, schemaOf, text, texts, z } from "../core/schema";
import type { AnnotatedCronJobProps } from "./annotated-cron-job";
import type { AnnotatedDaemonSetProps } from "./annotated-daemon-set";
import type { AnnotatedDeploymentProps } from "./annotated-deployment";
import type { AnnotatedJobProps } from "./annotated-job";
import type { AnnotatedStatefulSetProps } from "./annotated-stateful-set";
import {
  podManagementPolicy,
  replicasSchema,
  rolloutStrategySchema,
  cronRun,
  jobRun,
  volumeClaimTemplateSchema,
} from "./declaration/workload-schema";

/** What may be written down about the workloads that leasehold deploys, as it is checked when the program runs. */
const portsSchema = z.record(z.string(), z.number());
const annotated = { name: text(), namespace: text(), annotations: texts.optional() };

export const annotatedDeploymentSchema = schemaOf<Omit<AnnotatedDeploymentProps, "template" | "dependsOn">>()(
  object({
    ...annotated,
    service: text(),
    replicas: replicasSchema,
    port: z.number().optional(),
    ports: portsSchema.optional(),
    strategy: rolloutStrategySchema.optional(),
  }),
);

export const annotatedStatefulSetSchema = schemaOf<
  Omit<AnnotatedStatefulSetProps, "template" | "dependsOn">
>()(
  object({
    ...annotated,
    service: text(),
    replicas: z.number(),
    port: z.number().optional(),
    ports: portsSchema.optional(),
    podManagementPolicy: podManagementPolicy.optional(),
    volumeClaimTemplates: z.array(volumeClaimTemplateSchema).optional(),
  }),
);

export const annotatedDaemonSetSchema = schemaOf<Omit<AnnotatedDaemonSetProps, "template" | "dependsOn">>()(
  object({
    ...annotated,
    service: text(),
    nodes: z.number(),
    port: z.number().optional(),
    ports: portsSchema.optional(),
  }),
);

export const annotatedCronJobSchema = schemaOf<Omit<AnnotatedCronJobProps, "template" | "dependsOn">>()(
  object({ ...annotated, schedule: text(), timeZone: text().optional(), ...cronRun }),
);

export const annotatedJobSchema = schemaOf<Omit<AnnotatedJobProps, "template" | "dependsOn">>()(
  object({ ...annotated, ...jobRun }),
);
