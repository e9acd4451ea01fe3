import { z } from "zod";
import { name, only, text, textLike, whole, block, record, type Shape } from "./shape";

/** What an application is told of one database, in its contract. */
export interface DatabaseContract {
  readonly credentialsFile: string;
  readonly format: "json" | "env" | "properties" | "url" | "custom";
  readonly host: string;
  readonly port: number;
  /** Another way to it than the one that Vault goes. */
  readonly endpoint?: ContractEndpoint;
  readonly database: string;
  readonly schema: string;
  readonly sslMode: string;
  readonly sslRootCert: string | null;
  readonly poolMax: number;
  readonly poolMaxLifetimeSeconds: number;
  readonly overlapSeconds: number;
}

export type ContractEndpoint = {
  readonly name: string;
  readonly of: { readonly host: string; readonly port: number };
} & ({ readonly kind: "primary" | "replica" | "pgdog" | "rds-proxy" } | ContractPgBouncer);

/** PgBouncer as it is configured, each number of one process. */
export interface ContractPgBouncer {
  readonly kind: "pgbouncer";
  readonly poolMode: "session" | "transaction" | "statement";
  readonly maxClientConn: number;
  readonly defaultPoolSize: number;
  /** 0: no limit. */
  readonly maxDbConnections: number;
  readonly processes: number;
  readonly forbids: readonly string[];
}

export interface Contract {
  readonly version: 1;
  readonly service: string;
  readonly drainSeconds: number;
  readonly databases: Readonly<Record<string, DatabaseContract>>;
}

const file: Shape = textLike(/^\/\S+$/, "be an absolute path");

const address = { name, of: block({ host: text, port: whole(1, 65_535) }) };

/** What a pooler forbids in each mode, in the order in which a contract has it. */
const IN_ANY_MODE = ["startup-parameters"];
const BETWEEN_TRANSACTIONS = [
  ...IN_ANY_MODE,
  "session-settings",
  "listen",
  "session-advisory-locks",
  "temporary-tables",
  "cursors-with-hold",
  "sql-prepare",
  "load",
];
const FORBIDDEN = {
  session: [IN_ANY_MODE],
  transaction: [BETWEEN_TRANSACTIONS, [...BETWEEN_TRANSACTIONS, "prepared-statements"]],
  statement: [
    [...BETWEEN_TRANSACTIONS, "transactions"],
    [...BETWEEN_TRANSACTIONS, "prepared-statements", "transactions"],
  ],
} as const satisfies Record<ContractPgBouncer["poolMode"], readonly (readonly string[])[]>;

/** A discriminated union knows its members by literals of zod's own. */
const endpoint = z.discriminatedUnion("kind", [
  z.strictObject({ ...address, kind: z.enum(["primary", "replica", "pgdog", "rds-proxy"]) }),
  z
    .strictObject({
      ...address,
      kind: z.literal("pgbouncer"),
      poolMode: z.enum(["session", "transaction", "statement"]),
      maxClientConn: whole(1),
      defaultPoolSize: whole(1),
      maxDbConnections: whole(0),
      processes: whole(1),
      forbids: z.array(z.string()),
    })
    .superRefine(({ poolMode, forbids }, context) => {
      if (FORBIDDEN[poolMode].some((each) => JSON.stringify(each) === JSON.stringify(forbids))) return;
      const message = `must be what a pooler forbids in the mode ${poolMode}`;
      context.addIssue({ code: "custom", path: ["forbids"], message });
    }),
]);

export const contractShape: Shape = block({
  version: only(1),
  service: name,
  drainSeconds: z.number().int().min(0),
  databases: record(
    block({
      credentialsFile: file,
      format: only("json", "env", "properties", "url", "custom"),
      host: text,
      port: whole(1, 65_535),
      endpoint: endpoint.optional(),
      database: text,
      schema: text,
      sslMode: only("verify-full", "require", "disable"),
      sslRootCert: z.union([file, z.null()]),
      poolMax: whole(1),
      poolMaxLifetimeSeconds: whole(1),
      overlapSeconds: whole(1),
    }),
  ),
});
