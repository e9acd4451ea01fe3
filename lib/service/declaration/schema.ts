import { holdsSecret, isSecretSetting, WITHHELD, type Problem } from "../../core";
import {
  duration,
  issueOf,
  longText,
  object,
  oneOf,
  pem,
  schemaOf,
  text,
  texts,
  variants,
  z,
} from "../../core/schema";
import { SECRET_FIX } from "../../core/shape";
import {
  grantSchema,
  loginName,
  ownerSchema,
  postgresTlsSchema,
  strategySchema,
  ttlSchema,
} from "../../postgres";
import type { Credentials } from "./credentials-file";
import type { DatabaseAccess, ServiceDeclaration, ServiceProps } from "./declaration";
import type { Injection } from "./injection-input";
import type { Migration, Readiness, RestartOnRotation, ShadowCheck, StaticForm } from "./migration";
import type { ServicePlatform } from "./platform";
import type { FileProbe, Probe } from "./probes";
import type { RolloutStrategy, VolumeClaimTemplate, Workload } from "./workload";

/** What may be written down about a service, as it is checked when the program runs. */
const credentialsSchema = schemaOf<Credentials>()(
  variants("format", [
    object({ format: z.literal("json") }),
    object({ format: z.literal("env") }),
    object({ format: z.literal("properties") }),
    object({ format: z.literal("url") }),
    object({ format: z.literal("custom"), template: longText, fileName: text() }),
  ]),
);

const credentialsOfAccess = {
  database: text(),
  credentials: credentialsSchema.optional(),
  pool: object({ max: z.number().optional() }).optional(),
};

const accessKeys = ["database", "grants", "owner", "strategy", "credentials", "pool"];

const accessSchema = schemaOf<DatabaseAccess>()(
  z.union([
    object(
      { ...credentialsOfAccess, grants: z.array(grantSchema), strategy: strategySchema.optional() },
      accessKeys,
    ),
    object({ ...credentialsOfAccess, owner: ownerSchema }, accessKeys),
  ]),
);

const injectionSchema = schemaOf<Injection>()(
  variants("mode", [
    object({ mode: z.literal("native-sidecar") }),
    object({ mode: z.literal("init-and-sidecar") }),
    object({ mode: z.literal("init-only") }),
  ]),
);

/** Variables and their values; of a value in `SMTP_PASS` the name alone says what it is. */
const variables = texts.check(({ value, issues }) => {
  for (const [name, setting] of Object.entries(value)) {
    if (holdsSecret(setting) || !isSecretSetting(name, setting)) continue;
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

function secretProblem(name: string): Problem {
  const must = `hold no secret, as one would expect of ${name}`;
  return { property: "", must, got: WITHHELD, fix: SECRET_FIX };
}

const probeSchema = schemaOf<Probe>()(
  variants("kind", [
    object({ kind: z.literal("http"), path: text(), port: z.number() }),
    object({ kind: z.literal("tcp"), port: z.number() }),
    object({ kind: z.literal("exec"), command: words }),
  ]),
);

const fileProbeSchema = schemaOf<FileProbe>()(
  variants("kind", [
    object({ kind: z.literal("shell") }),
    object({ kind: z.literal("none"), reason: text() }),
  ]),
);

const container = {
  image: text(),
  command: words.optional(),
  args: words.optional(),
  env: variables.optional(),
  uid: z.number().optional(),
  resources: object({ cpu: text().optional(), memory: text().optional() }).optional(),
  filesystem: oneOf(["read-only", "writable"]).optional(),
  imagePullSecrets: z.array(text()).optional(),
};

/** How a run may go. */
export const run = { activeDeadline: duration.optional(), retries: z.number().optional() };

/** What pods that run all the time may have. */
const serving = {
  ...container,
  port: z.number().optional(),
  readiness: probeSchema.optional(),
  liveness: probeSchema.optional(),
  fileProbe: fileProbeSchema.optional(),
};

/** A number of pods, or text such as `25%`. */
const share = z.union([z.number(), text() as unknown as z.ZodType<`${number}%`>]);

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

const workloadSchema = schemaOf<Workload>()(
  variants("kind", [
    object({
      kind: z.literal("deployment"),
      ...serving,
      replicas: z.number(),
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
      ...run,
    }),
    object({ kind: z.literal("job"), ...container, ...run }),
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

const readinessSchema = schemaOf<Readiness>()(
  object({
    rotation: oneOf(["follows-file", "restarts", "reads-at-start"]).optional(),
    ownership: oneOf(["owns-nothing", "owner-role", "static-user"]).optional(),
    longestSession: duration.optional(),
    pooler: oneOf(["none", "passes-users", "fixed-user"]).optional(),
    schemaChanges: oneOf(["none", "own-access", "application"]).optional(),
  }),
);

const staticFormSchema = schemaOf<StaticForm>()(
  variants("kind", [
    object({ kind: z.literal("env"), variables: texts }),
    object({ kind: z.literal("file"), key: text() }),
  ]),
);

const withStatic = {
  credentials: z.array(object({ database: text(), user: loginName, secret: text(), as: staticFormSchema })),
  readiness: readinessSchema.optional(),
};

const shadowCheckSchema = schemaOf<ShadowCheck>()(
  variants("kind", [
    object({ kind: z.literal("container"), image: text() }),
    object({ kind: z.literal("application") }),
  ]),
);

const migrationSchema = schemaOf<Migration>()(
  variants("stage", [
    object({ stage: z.literal("static"), ...withStatic }),
    object({ stage: z.literal("shadow"), ...withStatic, check: shadowCheckSchema }),
    object({ stage: z.literal("canary"), ...withStatic, share }),
    object({ stage: z.literal("dynamic"), ...withStatic }),
    object({
      stage: z.literal("complete"),
      retired: z
        .array(object({ database: text(), user: loginName, secret: text(), ownerRole: text().optional() }))
        .optional(),
    }),
  ]),
);

const restartSchema = schemaOf<RestartOnRotation>()(
  object({ process: text(), signal: oneOf(["TERM", "HUP", "USR1", "USR2"]).optional(), reason: text() }),
);

/** The keys of a service's declaration. */
export const serviceShape = {
  name: text(),
  namespace: text(),
  ttl: ttlSchema,
  access: z.array(accessSchema),
  workload: workloadSchema,
  after: z.array(text()).optional(),
  injection: injectionSchema.optional(),
  drain: duration.optional(),
  migration: migrationSchema.optional(),
  restartOnRotation: restartSchema.optional(),
};

export const serviceSchema = schemaOf<ServiceDeclaration>()(object(serviceShape));

const platformSchema = schemaOf<ServicePlatform>()(
  object({
    environment: text(),
    vault: object({
      address: text(),
      mountPath: text(),
      authPath: text(),
      audience: text(),
      agentCaCertificate: pem.optional(),
    }),
    databases: z.array(
      object({
        name: text(),
        host: text(),
        port: z.number(),
        database: text(),
        schema: text(),
        tls: postgresTlsSchema,
      }),
    ),
  }),
);

export const servicePropsSchema = schemaOf<Omit<ServiceProps, "waitsFor">>()(
  object({ ...serviceShape, platform: platformSchema }),
);
