import { identifierProblems, type Problem } from "../core";

/** What a name is of. */
export type Noun =
  "table" | "column" | "sequence" | "function" | "schema" | "role" | "database" | "publication";

/** What has no schema, so that a dot in its name means nothing. */
const WITHOUT_SCHEMA: ReadonlySet<Noun> = new Set(["role", "publication"]);

/**
 * A name as the catalog has it. What is most likely meant in another way than PostgreSQL would take it is refused:
 * a name is always quoted, so that `public.products` would be a table with a dot in its name.
 *
 * @param way what else to do, after the fix
 * @param rest what follows the name where it is written, such as the arguments of a function
 */
export function catalogNameProblems(
  property: string,
  name: string,
  noun: Noun,
  way = "",
  rest = "",
): Problem[] {
  const invalid = identifierProblems(property, name);
  if (invalid.length > 0) return invalid;
  const fix = lookalike(name, noun, rest);
  if (fix === undefined) return [];
  const dots = WITHOUT_SCHEMA.has(noun) ? "" : " a dot,";
  return [
    {
      property,
      must: `be one name as it is in the catalog, without${dots} '*', quotes around it or spaces at its ends`,
      got: `${name}${rest}`,
      fix: `${fix}${way}`,
    },
  ];
}

function lookalike(name: string, noun: Noun, rest: string): string | undefined {
  const written = (part: string) => JSON.stringify(`${part}${rest}`);
  if (name.trim() !== name) return `write it without the spaces: ${written(name.trim())}`;
  if (name.includes("*")) return EACH[noun] ?? `name the ${noun}`;
  if (name.includes(".") && !WITHOUT_SCHEMA.has(noun)) return parted(name, noun, written);
  const inside = /^(["'`])(.+)\1$/s.exec(name)?.[2];
  return inside === undefined ? undefined : `write it without the quotes: ${written(inside)}`;
}

const EACH: Readonly<Partial<Record<Noun, string>>> = {
  table: "name each table, or take allTablesOwnedBy",
  column: "name each column, or take the whole table and leave out 'columns'",
  sequence: "name each sequence; those that number the rows of a table come with INSERT on it",
  function: "name each function, with the types of its arguments",
};

function parted(name: string, noun: Noun, written: (part: string) => string): string {
  const parts = name.split(".").map((part) => part.replace(/^(["'`])(.*)\1$/s, "$2"));
  const last = written(parts.at(-1) ?? "");
  const before = JSON.stringify(parts.at(-2) ?? "");
  if (noun === "table" || noun === "sequence" || noun === "function")
    return `write the schema beside the ${noun}: { schema: ${before}, ${noun}s: [${last}] }`;
  if (noun === "column") return `write the column alone, and its table in 'tables': ${last}`;
  return `write the ${noun} alone: ${last}`;
}

/** A schema of the application's: what the server keeps in its own is no service's data. */
export function schemaNameProblems(property: string, name: string, way?: string): Problem[] {
  if (!/^(pg_.*|information_schema)$/i.test(name)) return catalogNameProblems(property, name, "schema", way);
  return [
    {
      property,
      must: "be a schema of the application: pg_* and information_schema are the server's own",
      got: name,
      fix: 'name the schema that holds the tables, such as "public"; the catalogs are readable without a grant',
    },
  ];
}

/** Roles that the server or its provider makes; whatever they own is not the application's. */
const NOT_OWNERS =
  /^(postgres|public|none|current_role|current_user|session_user|root|admin|pg_.*|rdsadmin|rds_.*|cloudsqladmin|cloudsqlsuperuser|azuresu|azure_pg_admin)$/i;

/** A role of the application's that owns its tables. */
export function ownerNameProblems(property: string, name: string): Problem[] {
  if (!NOT_OWNERS.test(name)) return catalogNameProblems(property, name, "role");
  return [
    {
      property,
      must: "be a role of the application's own: no superuser, no role of the server's or of its provider, not PUBLIC",
      got: name,
      fix: "make the tables belong to a role without login (CREATE ROLE shop_owner NOLOGIN; ALTER TABLE … OWNER TO shop_owner), or name the tables",
    },
  ];
}
