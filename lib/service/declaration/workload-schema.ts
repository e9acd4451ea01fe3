import { holdsSecret, isSecretSetting } from "../../core";
import {
  duration,
  issueOf,
  longText,
  object,
  oneOf,
  schemaOf,
  text,
  texts,
  variants,
  z,
} from "../../core/schema";
import type { OtherContainer, PodOptions, PodVolume, Sidecar, VariableSource } from "./pod";
import { podPatchSchema } from "./pod-patch-schema";
import type { FileProbe, Probe } from "./probes";
import { secretProblem } from "./secret-problem";
import type { RolloutStrategy, VolumeClaimTemplate, Workload } from "./workload";

/** What may be written down about a workload, as it is checked when the program runs. */
const variableSource = schemaOf<VariableSource>()(
  z.union([object({ secret: text(), key: text() }), object({ configMap: text(), key: text() })]),
);

/** Variables and their values; of a value in `SMTP_PASS` the name alone says what it is. */
const variables = z.record(z.string(), z.union([longText, variableSource])).check(({ value, issues }) => {
  for (const [name, setting] of Object.entries(value)) {
    if (typeof setting !== "string" || holdsSecret(setting) || !isSecretSetting(name, setting)) continue;
    issues.push({ ...issueOf(setting, secretProblem(name)), path: [name] });
  }
});

/** Words of a command line, of which one may be the value of the option before it. */
const words = z.array(longText).check(({ value, issues }) => {
  value.forEach((word, index) => {
    const option = /^--?([\w-]+)$/.exec(value[index - 1] ?? "")?.[1];
    if (option === undefined || word.startsWith("-") || holdsSecret(word)) return;
    if (!isSecretSetting(option, word)) return;
    issues.push({ ...issueOf(word, secretProblem(`--${option}`)), path: [index] });
  });
});

const probeTiming = {
  period: duration.optional(),
  timeout: duration.optional(),
  failures: z.number().optional(),
  initialDelay: duration.optional(),
};

const probeSchema = schemaOf<Probe>()(
  variants("kind", [
    object({ kind: z.literal("http"), path: text(), port: z.number(), ...probeTiming }),
    object({ kind: z.literal("tcp"), port: z.number(), ...probeTiming }),
    object({ kind: z.literal("exec"), command: words, ...probeTiming }),
  ]),
);

const probes = {
  startup: probeSchema.optional(),
  readiness: probeSchema.optional(),
  liveness: probeSchema.optional(),
};

const fileProbeSchema = schemaOf<FileProbe>()(
  variants("kind", [
    object({ kind: z.literal("shell") }),
    object({ kind: z.literal("none"), reason: text() }),
  ]),
);

const resourcesSchema = object({ cpu: text().optional(), memory: text().optional() });

/** What any container may have. */
const anyContainer = {
  image: text(),
  command: words.optional(),
  args: words.optional(),
  env: variables.optional(),
  uid: z.number().optional(),
  resources: resourcesSchema.optional(),
  filesystem: oneOf(["read-only", "writable"]).optional(),
};

const otherContainer = {
  ...anyContainer,
  name: text(),
  databases: oneOf(["all", "none"]).optional(),
  volumes: z.array(text()).optional(),
};

const otherContainerSchema = schemaOf<OtherContainer>()(object(otherContainer));
const sidecarSchema = schemaOf<Sidecar>()(object({ ...otherContainer, ...probes }));

const mounted = { name: text(), mountPath: text() };

const podSchema = schemaOf<PodOptions>()(
  object({
    labels: texts.optional(),
    annotations: texts.optional(),
    nodeSelector: texts.optional(),
    tolerations: z
      .array(
        object({
          key: text(),
          value: text().optional(),
          effect: oneOf(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
        }),
      )
      .optional(),
    priorityClassName: text().optional(),
    spread: oneOf(["nodes", "zones"]).optional(),
    volumes: z
      .array(
        variants("kind", [
          object({ kind: z.literal("secret"), ...mounted, secret: text() }),
          object({ kind: z.literal("config-map"), ...mounted, configMap: text() }),
          object({ kind: z.literal("empty-dir"), ...mounted, sizeLimit: text() }),
          object({ kind: z.literal("claim"), ...mounted, claim: text() }),
        ]) as unknown as z.ZodType<PodVolume>,
      )
      .optional(),
    initContainers: z.array(otherContainerSchema).optional(),
    sidecars: z.array(sidecarSchema).optional(),
  }),
);

const container = {
  ...anyContainer,
  imagePullSecrets: z.array(text()).optional(),
  pod: podSchema.optional(),
  podPatch: podPatchSchema.optional(),
};

/** How a run may go. */
const run = { activeDeadline: duration.optional(), retries: z.number().optional() };
export const cronRun = { ...run, ttlAfterFinished: duration.optional() };
export const jobRun = { ...run, ttlAfterFinished: object({ ttl: duration, reason: text() }).optional() };

/** What pods that run all the time may have. */
const serving = {
  ...container,
  port: z.number().optional(),
  ports: z.record(z.string(), z.number()).optional(),
  ...probes,
  fileProbe: fileProbeSchema.optional(),
};

/** A number of pods, or text such as `25%`. */
export const share = z.union([z.number(), text() as unknown as z.ZodType<`${number}%`>]);

export const replicasSchema = z.union([
  z.number(),
  object({ min: z.number(), max: z.number(), cpu: z.number().optional(), memory: z.number().optional() }),
]);

export const rolloutStrategySchema = schemaOf<RolloutStrategy>()(
  variants("kind", [
    object({ kind: z.literal("rolling"), maxSurge: share.optional(), maxUnavailable: share.optional() }),
    object({ kind: z.literal("recreate"), reason: text() }),
  ]),
);

export const volumeClaimTemplateSchema = schemaOf<VolumeClaimTemplate>()(
  object({ name: text(), mountPath: text(), size: text(), storageClass: text().optional() }),
);

export const podManagementPolicy = oneOf(["OrderedReady", "Parallel"]);

export const workloadSchema = schemaOf<Workload>()(
  variants("kind", [
    object({
      kind: z.literal("deployment"),
      ...serving,
      replicas: replicasSchema,
      strategy: rolloutStrategySchema.optional(),
    }),
    object({
      kind: z.literal("stateful-set"),
      ...serving,
      replicas: z.number(),
      podManagementPolicy: podManagementPolicy.optional(),
      volumeClaimTemplates: z.array(volumeClaimTemplateSchema).optional(),
    }),
    object({ kind: z.literal("daemon-set"), ...serving, nodes: z.number() }),
    object({
      kind: z.literal("cron-job"),
      ...container,
      schedule: text(),
      timeZone: text().optional(),
      ...cronRun,
    }),
    object({ kind: z.literal("job"), ...container, ...jobRun }),
    object({
      kind: z.literal("elsewhere"),
      controller: oneOf(["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"]),
      workloadName: text().optional(),
      container: text(),
      uid: z.number().optional(),
      fileProbe: fileProbeSchema.optional(),
      pods: z.number().optional(),
    }),
  ]),
);
