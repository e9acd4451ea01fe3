import { object, schemaOf, text, texts, z } from "../core/schema";
import type { AnnotatedCronJobProps } from "./annotated-cron-job";
import type { AnnotatedDeploymentProps } from "./annotated-deployment";
import type { AnnotatedJobProps } from "./annotated-job";
import { run } from "./declaration/schema";

/** What may be written down about the workloads that leasehold deploys, as it is checked when the program runs. */
const annotated = { name: text(), namespace: text(), annotations: texts.optional() };

export const annotatedDeploymentSchema = schemaOf<Omit<AnnotatedDeploymentProps, "template" | "dependsOn">>()(
  object({ ...annotated, service: text(), replicas: z.number(), port: z.number().optional() }),
);

export const annotatedCronJobSchema = schemaOf<Omit<AnnotatedCronJobProps, "template" | "dependsOn">>()(
  object({ ...annotated, schedule: text(), timeZone: text().optional(), ...run }),
);

export const annotatedJobSchema = schemaOf<Omit<AnnotatedJobProps, "template" | "dependsOn">>()(
  object({ ...annotated, ...run }),
);
