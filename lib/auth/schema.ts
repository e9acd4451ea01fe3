import { duration, object, pem, schemaOf, text, variants, z } from "../core/schema";
import type { KubernetesAuthProps } from "./kubernetes-auth";
import type { KubernetesAuthRoleProps } from "./kubernetes-auth-role";
import type { Reviewer } from "./reviewer";

/** What may be written down about logins, as it is checked when the program runs. */
export const reviewerSchema = schemaOf<Reviewer>()(
  variants("kind", [
    object({ kind: z.literal("vault-service-account") }),
    object({
      kind: z.literal("reviewer-jwt"),
      source: variants("kind", [
        object({ kind: z.literal("out-of-band") }),
        object({ kind: z.literal("terraform-state"), reason: text() }),
        object({ kind: z.literal("write-only"), version: z.number().optional() }),
      ]),
    }),
  ]),
);

export const kubernetesAuthSchema = schemaOf<KubernetesAuthProps>()(
  object({
    path: text(),
    kubernetesHost: text(),
    caCertificate: pem.optional(),
    defaultLeaseTtl: duration,
    maxLeaseTtl: duration,
    reviewer: reviewerSchema,
    description: text().optional(),
  }),
);

export const kubernetesAuthRoleSchema = schemaOf<KubernetesAuthRoleProps>()(
  object({
    authPath: text(),
    name: text(),
    serviceAccount: text(),
    namespace: text(),
    audience: text(),
    policies: z.array(text()),
    tokenPeriod: duration,
  }),
);
