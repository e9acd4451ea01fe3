import { duration, object, schemaOf, text, variants, z } from "../core/schema";
import { grantSchema, strategySchema } from "../postgres";
import { platformSchema } from "../service";
import type { PeopleDeclaration, PeopleLogin, PeopleProps } from "./declaration";

/** What may be written down about people, as it is checked when the program runs. */
const loginSchema = schemaOf<PeopleLogin>()(
  variants("kind", [
    object({ kind: z.literal("oidc"), mount: text(), group: text() }),
    object({ kind: z.literal("userpass"), mount: text(), users: z.array(text()) }),
  ]),
);

const peopleShape = {
  name: text(),
  login: loginSchema,
  access: z.array(
    object({
      database: text(),
      grants: z.array(grantSchema),
      strategy: strategySchema.optional(),
      connectionLimit: z.number().optional(),
    }),
  ),
  credentials: z.number(),
  ttl: duration.optional(),
  writes: object({ reason: text() }).optional(),
};

export const peopleSchema = schemaOf<PeopleDeclaration>()(object(peopleShape));

export const peoplePropsSchema = schemaOf<PeopleProps>()(
  object({ ...peopleShape, platform: platformSchema }),
);
