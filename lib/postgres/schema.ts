import { WITHHELD } from "../core";
import {
  duration,
  object,
  oneOf,
  pem,
  protectionSchema,
  schemaOf,
  text,
  textThat,
  variants,
  z,
} from "../core/schema";
import type { PostgresTls } from "./connection-url";
import type { DynamicRoleProps } from "./dynamic-role";
import {
  COLUMN_PRIVILEGES,
  DATABASE_PRIVILEGES,
  FUNCTION_PRIVILEGES,
  privilegeFix,
  SEQUENCE_PRIVILEGES,
  TABLE_PRIVILEGES,
} from "./grant-problems";
import type { CredentialStrategy, Grant, Owner, Replication } from "./grants";
import type { PostgresConnectionProps } from "./postgres-connection";
import type { SecretsEngineProps } from "./secrets-engine";
import type { CredentialTtl } from "./ttl";

/** What may be written down about PostgreSQL, as it is checked when the program runs. */
const names = z.array(text());
const privileges = <const Values extends readonly string[]>(values: Values) =>
  z.array(oneOf(values, (got) => privilegeFix(got, values)));
export const tablePrivileges = privileges(TABLE_PRIVILEGES);

const grantKeys = [
  "tables",
  "columns",
  "allTablesOwnedBy",
  "sequences",
  "functions",
  "database",
  "privileges",
  "schema",
  "literalNames",
  "reason",
];
const inSchema = { schema: text().optional(), literalNames: object({ reason: text() }).optional() };

export const grantSchema = schemaOf<Grant>()(
  z.union([
    object({ tables: names, privileges: tablePrivileges, ...inSchema }, grantKeys),
    object(
      { tables: names, columns: names, privileges: privileges(COLUMN_PRIVILEGES), ...inSchema },
      grantKeys,
    ),
    object({ allTablesOwnedBy: text(), privileges: tablePrivileges, reason: text(), ...inSchema }, grantKeys),
    object({ sequences: names, privileges: privileges(SEQUENCE_PRIVILEGES), ...inSchema }, grantKeys),
    object({ functions: names, privileges: privileges(FUNCTION_PRIVILEGES), ...inSchema }, grantKeys),
    object({ database: privileges(DATABASE_PRIVILEGES) }, grantKeys),
  ]),
);

export const ownerSchema = schemaOf<Owner>()(object({ role: text(), reason: text() }));

export const replicationSchema = schemaOf<Replication>()(object({ publications: names, reason: text() }));

export const strategySchema = schemaOf<CredentialStrategy>()(oneOf(["group", "direct"]));

export const ttlSchema = schemaOf<CredentialTtl>()(object({ default: duration, max: duration }));

export const postgresTlsSchema = schemaOf<PostgresTls>()(
  variants("mode", [
    object({ mode: z.literal("verify-full"), caCertificate: pem.optional() }),
    object({ mode: z.literal("require"), reason: text() }),
    object({ mode: z.literal("disable"), reason: text() }),
  ]),
);

/** The name of a login; with a colon in it, its password was pasted too. */
export const loginName = textThat((property, got) =>
  got.includes(":")
    ? [
        {
          property,
          must: "be the name of a login alone",
          got: WITHHELD,
          fix: "leave out what follows the colon",
        },
      ]
    : [],
);

/** The props of a connection that an operator writes. */
export const connectionShape = {
  name: text(),
  host: text(),
  port: z.number().optional(),
  failover: z.array(object({ host: text(), port: z.number().optional() })).optional(),
  database: text(),
  username: loginName.optional(),
  tls: postgresTlsSchema,
  maxOpenConnections: z.number().optional(),
  passwordVersion: z.number().optional(),
  rotation: z.number().optional(),
};

export const connectionSchema = schemaOf<Omit<PostgresConnectionProps, "engine">>()(
  object({ ...connectionShape, allowedRoles: names, protection: protectionSchema }),
);

export const secretsEngineSchema = schemaOf<SecretsEngineProps>()(
  object({
    path: text(),
    defaultLeaseTtl: duration,
    maxLeaseTtl: duration,
    protection: protectionSchema,
    description: text().optional(),
  }),
);

export const dynamicRoleSchema = schemaOf<DynamicRoleProps>()(
  object({
    mountPath: text(),
    connectionName: text(),
    name: text(),
    schema: text(),
    grants: z.array(grantSchema),
    owner: ownerSchema.optional(),
    replication: replicationSchema.optional(),
    strategy: strategySchema.optional(),
    ttl: ttlSchema,
    connectionLimit: z.number().optional(),
  }),
);
