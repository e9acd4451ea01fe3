import type { Problem } from "../../core";
import { object, textThat, variants, whole, z } from "../../core/schema";

/** It stands in PgBouncer's configuration, and its schema's name begins with `leasehold_`: neither quotes it. */
function authUserProblems(property: string, name: string): Problem[] {
  if (/^[a-z_][a-z0-9_]{0,39}$/.test(name)) return [];
  return [
    {
      property,
      must: "be of up to 40 lower-case letters, digits and underscores, and begin with no digit",
      got: name,
      fix: 'write it like "pgbouncer": it is a login of its own, which the bootstrap SQL makes',
    },
  ];
}

/** What may be written down about an endpoint, with what else its place says of it. */
export function endpointWith<Shape extends z.ZodRawShape>(shape: Shape) {
  return variants("kind", [
    object({ kind: z.literal("primary"), ...shape }),
    object({ kind: z.literal("replica"), ...shape }),
    object({
      kind: z.literal("pgbouncer"),
      poolMode: z.enum(["session", "transaction", "statement"]),
      authUser: textThat(authUserProblems).optional(),
      maxClientConn: whole(1, 1_000_000).optional(),
      defaultPoolSize: whole(1, 100_000).optional(),
      maxDbConnections: whole(0, 100_000).optional(),
      maxPreparedStatements: whole(0, 1_000_000).optional(),
      processes: whole(1, 1000).optional(),
      ...shape,
    }),
    object({ kind: z.literal("pgdog"), ...shape }),
    object({ kind: z.literal("rds-proxy"), ...shape }),
  ]);
}
