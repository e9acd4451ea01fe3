import { audienceProblems, reviewerSchema } from "../auth";
import {
  authPathProblems,
  filePathProblems,
  hostProblems,
  labelProblems,
  namespacePathProblems,
  urlProblems,
} from "../core";
import {
  object,
  oneOf,
  pem,
  protectionSchema,
  readableDuration,
  schemaOf,
  text,
  textThat,
  variants,
  whole,
  z,
} from "../core/schema";
import { providersSchema } from "./providers-schema";
import { peopleSchema } from "../people";
import { connectionShape, tablePrivileges } from "../postgres";
import { dayProblems } from "@leasehold/proof/core";
import type { Waiver } from "@leasehold/proof/rules";
import { endpointWith, serviceShape } from "../service";
import { auditDeviceSchema, limitsShape, vaultWith } from "../vault";
import type { Cluster, ClusterConnection, NamedCluster, Namespaces } from "./cluster";
import type {
  ClusterService,
  Database,
  DatabaseEndpoint,
  DeclaredEnvironment,
  Environment,
  EnvironmentService,
  EnvironmentVault,
  MultiClusterEnvironment,
  VaultLogin,
  VaultTerraform,
} from "./environment";
import type { Guardrails } from "./guardrails";
import type { Guarantee } from "./guarantees";
import type { StateBackend } from "./state-backend";
import {
  absolutePathProblems,
  bucketProblems,
  contextProblems,
  directoryProblems,
  plainProblems,
  prefixProblems,
  resourceGroupProblems,
  storageAccountProblems,
} from "./state-problems";

/** What may be written down about an environment, as it is checked when the program runs. */
const stateSchema = schemaOf<StateBackend>()(
  variants("kind", [
    object({ kind: z.literal("local"), directory: textThat(directoryProblems).optional() }),
    object({
      kind: z.literal("s3"),
      bucket: textThat(bucketProblems),
      region: textThat(plainProblems),
      prefix: textThat(prefixProblems).optional(),
      kmsKeyId: textThat(plainProblems).optional(),
    }),
    object({
      kind: z.literal("gcs"),
      bucket: textThat(bucketProblems),
      prefix: textThat(prefixProblems).optional(),
    }),
    object({
      kind: z.literal("azurerm"),
      resourceGroup: textThat(resourceGroupProblems),
      storageAccount: textThat(storageAccountProblems),
      container: textThat(bucketProblems),
      prefix: textThat(prefixProblems).optional(),
    }),
    object({
      kind: z.literal("http"),
      address: textThat((property, value) => urlProblems(property, value, ["https", "http"])),
    }),
    object({ kind: z.literal("kubernetes"), namespace: textThat(labelProblems) }),
  ]),
);

const connectionSchema = schemaOf<ClusterConnection>()(
  variants("kind", [
    object({
      kind: z.literal("kubeconfig"),
      context: textThat(contextProblems),
      path: textThat(filePathProblems).optional(),
    }),
    object({ kind: z.literal("in-cluster") }),
  ]),
);

const namespacesSchema = schemaOf<Namespaces>()(
  variants("kind", [
    object({ kind: z.literal("create"), except: z.array(text()).optional() }),
    object({ kind: z.literal("existing") }),
  ]),
);

const clusterShape = {
  connection: connectionSchema,
  apiServer: text(),
  caCertificate: pem.optional(),
  namespaces: namespacesSchema.optional(),
};

const clusterSchema = schemaOf<Cluster>()(object(clusterShape));

const namedClusterSchema = schemaOf<NamedCluster>()(
  object({
    name: text(),
    ...clusterShape,
    authPath: text().optional(),
    reviewer: reviewerSchema.optional(),
  }),
);

const loginShape = {
  mount: textThat(authPathProblems),
  role: textThat(plainProblems),
  namespace: textThat((property, value) =>
    value === "root" ? [] : namespacePathProblems(property, value),
  ).optional(),
};

const loginSchema = schemaOf<VaultLogin>()(
  variants("kind", [
    object({ kind: z.literal("token") }),
    object({ kind: z.literal("jwt"), ...loginShape }),
    object({
      kind: z.literal("kubernetes"),
      ...loginShape,
      tokenPath: textThat(absolutePathProblems).optional(),
    }),
  ]),
);

const vaultTerraformSchema = schemaOf<VaultTerraform>()(
  object({
    address: textThat((property, value) => urlProblems(property, value, ["https", "http"])).optional(),
    caCertificateFile: textThat(filePathProblems).optional(),
    login: loginSchema.optional(),
  }),
);

const vaultSchema = schemaOf<EnvironmentVault>()(
  vaultWith({
    authPath: text().optional(),
    mountPath: text().optional(),
    audience: textThat(audienceProblems).optional(),
    reviewer: reviewerSchema.optional(),
    audit: z.array(auditDeviceSchema),
    rateLimits: object(limitsShape).optional(),
    terraform: vaultTerraformSchema.optional(),
  }),
);

const guardrailsSchema = schemaOf<Guardrails>()(
  object({
    maxTtl: readableDuration,
    vault: oneOf(["any", "highly-available"]),
    transport: oneOf(["any", "verified"]),
    auditDevices: whole(0, 10),
    replicas: whole(1, 1000),
    protection: oneOf(["any", "protected"]),
    parity: oneOf(["any", "same"]),
  }),
);

const POSTGRES_14 =
  "upgrade the server, for PostgreSQL 14 has had no fixes since 2026-11-12; until then write 15, whose SQL a server of 14 takes as well";

const endpointSchema = schemaOf<DatabaseEndpoint>()(
  endpointWith({
    name: textThat((property, name) => labelProblems(property, name, 30)),
    host: textThat(hostProblems),
    hostIn: z.record(text(), textThat(hostProblems)).optional(),
    port: whole(1, 65_535).optional(),
  }),
);

const databaseSchema = schemaOf<Database>()(
  object({
    ...connectionShape,
    schema: text().optional(),
    postgresVersion: z.literal([15, 16, 17, 18, 19], {
      error: ({ input }) => (input === 14 ? POSTGRES_14 : undefined),
    }),
    maxConnections: z.number(),
    connections: z.number().optional(),
    endpoints: z.array(endpointSchema).optional(),
  }),
);

const ownServiceShape = { ...serviceShape, team: text().optional() };
const serviceSchema = schemaOf<EnvironmentService>()(object(ownServiceShape));
const clusterServiceSchema = schemaOf<ClusterService>()(
  object({ ...ownServiceShape, clusters: z.array(text()).optional() }),
);

const waiverSchema = schemaOf<Waiver>()(
  object({
    rule: text(),
    resource: text(),
    evidence: z.array(text()).optional(),
    reason: text(),
    until: textThat(dayProblems).optional(),
  }),
);

const privilegesSchema = tablePrivileges.optional();
const targetSchema = object({
  database: text(),
  schema: text().optional(),
  tables: z.array(text()).optional(),
});

const guaranteeSchema = schemaOf<Guarantee>()(
  variants("kind", [
    object({
      kind: z.literal("only"),
      services: z.array(text()),
      privileges: privilegesSchema,
      on: targetSchema,
      reason: text(),
    }),
    object({
      kind: z.literal("never"),
      who: z.union([object({ services: z.array(text()) }), object({ team: text() })]),
      privileges: privilegesSchema,
      on: targetSchema,
      reason: text(),
    }),
    object({ kind: z.literal("owner"), services: z.array(text()), database: text(), reason: text() }),
    object({
      kind: z.literal("lifetime"),
      longest: readableDuration,
      privileges: privilegesSchema,
      on: targetSchema,
      reason: text(),
    }),
    object({ kind: z.literal("apart"), from: text(), reason: text() }),
  ]),
);

const commonShape = {
  name: text(),
  state: stateSchema,
  providers: providersSchema.optional(),
  vault: vaultSchema,
  guardrails: guardrailsSchema,
  protection: protectionSchema.optional(),
  databases: z.array(databaseSchema),
  people: z.array(peopleSchema).optional(),
  provenIn: text().optional(),
  waivers: z.array(waiverSchema).optional(),
  guarantees: z.array(guaranteeSchema).optional(),
};

const oneClusterSchema = schemaOf<Environment>()(
  object({ ...commonShape, cluster: clusterSchema, services: z.array(serviceSchema) }, ["clusters"]),
);

const multiClusterSchema = schemaOf<MultiClusterEnvironment>()(
  object({ ...commonShape, clusters: z.array(namedClusterSchema), services: z.array(clusterServiceSchema) }, [
    "cluster",
  ]),
);

/** The shape that an environment is meant to have: one of several clusters says so by the word. */
export function environmentSchema(plain: unknown): z.ZodType<DeclaredEnvironment> {
  const hasClusters = typeof plain === "object" && plain !== null && "clusters" in plain;
  return hasClusters ? multiClusterSchema : oneClusterSchema;
}
