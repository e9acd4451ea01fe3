import {
  duration,
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
import {
  grantSchema,
  loginName,
  ownerSchema,
  replicationSchema,
  postgresTlsSchema,
  strategySchema,
  ttlSchema,
} from "../../postgres";
import type { Credentials } from "./credentials-file";
import type { DatabaseAccess, ServiceDeclaration, ServiceProps } from "./declaration";
import type { Injection } from "./injection-input";
import { endpointWith } from "./endpoint-schema";
import type { Migration, Readiness, RestartOnRotation, ShadowCheck, StaticForm } from "./migration";
import type { ServicePlatform } from "./platform";
import { share, workloadSchema } from "./workload-schema";

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
  endpoint: text().optional(),
  credentials: credentialsSchema.optional(),
  pool: object({ max: z.number().optional() }).optional(),
};

const accessKeys = [
  "database",
  "endpoint",
  "grants",
  "owner",
  "replication",
  "strategy",
  "credentials",
  "pool",
];

const accessSchema = schemaOf<DatabaseAccess>()(
  z.union([
    object(
      {
        ...credentialsOfAccess,
        grants: z.array(grantSchema),
        replication: replicationSchema.optional(),
        strategy: strategySchema.optional(),
      },
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
    object({
      stage: z.literal("static"),
      ...withStatic,
      stays: object({ reason: text(), until: text() }).optional(),
    }),
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

export const platformSchema = schemaOf<ServicePlatform>()(
  object({
    environment: text(),
    vault: object({
      address: text(),
      mountPath: text(),
      authPath: text(),
      audience: text(),
      namespace: text().optional(),
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
        endpoints: z.array(endpointWith({ name: text(), host: text(), port: z.number() })).optional(),
        servers: oneOf(["one", "several"]).optional(),
        connections: z.number().optional(),
      }),
    ),
  }),
);

export const servicePropsSchema = schemaOf<Omit<ServiceProps, "waitsFor">>()(
  object({
    ...serviceShape,
    platform: platformSchema,
    roles: oneOf(["own", "shared"]).optional(),
  }),
);
