import { z } from "zod";
import { name, only, text, textLike, whole, block, record, type Shape } from "./shape";

/** What an application is told of one database, in its contract. */
export interface DatabaseContract {
  readonly credentialsFile: string;
  readonly format: "json" | "env" | "properties" | "url" | "custom";
  readonly host: string;
  readonly port: number;
  /** Another way to it than the one that Vault goes. */
  readonly endpoint?: {
    readonly name: string;
    readonly kind: "primary" | "replica" | "pooler";
    readonly of: { readonly host: string; readonly port: number };
  };
  readonly database: string;
  readonly schema: string;
  readonly sslMode: string;
  readonly sslRootCert: string | null;
  readonly poolMax: number;
  readonly poolMaxLifetimeSeconds: number;
  readonly overlapSeconds: number;
}

export interface Contract {
  readonly version: 1;
  readonly service: string;
  readonly drainSeconds: number;
  readonly databases: Readonly<Record<string, DatabaseContract>>;
}

const file: Shape = textLike(/^\/\S+$/, "be an absolute path");

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
      endpoint: block({
        name,
        kind: only("primary", "replica", "pooler"),
        of: block({ host: text, port: whole(1, 65_535) }),
      }).optional(),
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
