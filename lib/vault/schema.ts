import {
  duration,
  object,
  oneOf,
  pem,
  protectionSchema,
  schemaOf,
  text,
  texts,
  variants,
  z,
} from "../core/schema";
import type { AuditDevice, AuditDevicesProps } from "./audit-devices";
import type { BreakGlass, MetricsAccess } from "./ha-vault";
import type { FailurePolicy } from "./injector-options";
import type { RateLimitsProps } from "./rate-limits";
import type { Seal } from "./seal";
import type { InstalledVault, Transport, Vault } from "./vault";
import type { VaultServerProps } from "./vault-server";

/** What may be written down about Vault, as it is checked when the program runs. */
export const auditDeviceSchema = schemaOf<AuditDevice>()(
  variants("kind", [
    object({ kind: z.literal("stdout"), name: text().optional() }),
    object({ kind: z.literal("file"), name: text().optional(), path: text() }),
    object({
      kind: z.literal("socket"),
      name: text().optional(),
      address: text(),
      socketType: oneOf(["tcp", "udp", "unix"]),
    }),
    object({
      kind: z.literal("syslog"),
      name: text().optional(),
      facility: text().optional(),
      tag: text().optional(),
    }),
  ]),
);

export const auditDevicesSchema = schemaOf<AuditDevicesProps>()(
  object({ devices: z.array(auditDeviceSchema) }),
);

/** Limits that an operator writes. */
export const limitsShape = {
  login: z.number().optional(),
  creds: z.number().optional(),
  interval: duration.optional(),
  refused: z.literal("audited").optional(),
};

export const rateLimitsSchema = schemaOf<Omit<RateLimitsProps, "dependsOn">>()(
  object({ name: text(), authPath: text(), mountPath: text(), ...limitsShape }),
);

const sealSchema = schemaOf<Seal>()(
  variants("kind", [
    object({ kind: z.literal("shamir") }),
    object({
      kind: z.literal("awskms"),
      region: text(),
      kmsKeyId: text(),
      endpoint: text().optional(),
    }),
    object({
      kind: z.literal("gcpckms"),
      project: text(),
      region: text(),
      keyRing: text(),
      cryptoKey: text(),
    }),
    object({ kind: z.literal("azurekeyvault"), tenantId: text(), vaultName: text(), keyName: text() }),
    object({
      kind: z.literal("transit"),
      address: text(),
      mountPath: text(),
      keyName: text(),
      secret: object({ name: text(), tokenKey: text().optional(), caKey: text().optional() }),
    }),
  ]),
);

const failurePolicySchema = schemaOf<FailurePolicy>()(
  variants("kind", [
    object({ kind: z.literal("fail") }),
    object({ kind: z.literal("ignore"), reason: text() }),
  ]),
);

const breakGlassSchema = schemaOf<BreakGlass>()(
  variants("kind", [
    object({ kind: z.literal("second-login"), mount: text(), reason: text() }),
    object({ kind: z.literal("generate-root"), reason: text() }),
  ]),
);

const metricsSchema = schemaOf<MetricsAccess>()(
  variants("kind", [
    object({ kind: z.literal("token") }),
    object({ kind: z.literal("unauthenticated"), reason: text() }),
  ]),
);

const transportSchema = schemaOf<Transport>()(
  variants("kind", [
    object({ kind: z.literal("tls"), caCertificate: pem.optional() }),
    object({ kind: z.literal("plaintext"), reason: text() }),
  ]),
);

const installation = { namespace: text().optional(), chartRepository: text().optional() };

const injectorOptions = {
  replicas: z.number().optional(),
  failurePolicy: failurePolicySchema.optional(),
  excludedNamespaces: z.array(text()).optional(),
  timeoutSeconds: z.number().optional(),
};

const storage = object({ size: text().optional(), storageClass: text().optional() });

const dev = { mode: z.literal("dev"), ...installation, injector: object(injectorOptions).optional() };

const ha = {
  mode: z.literal("ha"),
  ...installation,
  replicas: z.literal([3, 5, 7]).optional(),
  tls: object({
    secretName: text(),
    caCertificate: pem,
    serverName: text().optional(),
    certificateFile: text().optional(),
    keyFile: text().optional(),
    caFile: text().optional(),
  }),
  seal: sealSchema,
  dataStorage: storage.optional(),
  auditStorage: storage.optional(),
  resources: object({
    cpuRequest: text().optional(),
    memoryRequest: text().optional(),
    memoryLimit: text().optional(),
  }).optional(),
  clientNamespaces: z.array(text()).optional(),
  clientCidrs: z.array(text()).optional(),
  metrics: metricsSchema.optional(),
  serviceAccountAnnotations: texts.optional(),
  breakGlass: breakGlassSchema.optional(),
  injector: object(injectorOptions).optional(),
};

const installedInjector = object({ kind: z.literal("install"), ...installation, ...injectorOptions });

const external = {
  mode: z.literal("external"),
  address: text(),
  namespace: text().optional(),
  transport: transportSchema.optional(),
};

const anyInjector = variants("kind", [installedInjector, object({ kind: z.literal("existing") })]);

/** A Vault, together with what an environment says about its use of it. */
export function vaultWith<Shape extends z.ZodRawShape>(shape: Shape) {
  return variants("mode", [
    object({ ...dev, ...shape }),
    object({ ...ha, ...shape }),
    object({ ...external, injector: anyInjector, ...shape }),
  ]);
}

export const vaultSchema = schemaOf<Vault>()(vaultWith({}));

const installedVaultSchema = schemaOf<InstalledVault>()(
  variants("mode", [object(dev), object(ha), object({ ...external, injector: installedInjector })]),
);

export const vaultServerSchema = schemaOf<VaultServerProps>()(
  object({ vault: installedVaultSchema, authPath: text(), protection: protectionSchema.optional() }),
);
