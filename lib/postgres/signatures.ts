import { identifierProblems, type Problem } from "../core";
import { quoteIdentifier, quoteQualified } from "./identifiers";

/** A function by its name and by the types of what it is given, which together are its identity. */
export interface Signature {
  /** As it is in the catalog. */
  readonly name: string;
  readonly types: readonly SignatureType[];
}

/** The type of one argument. */
export interface SignatureType {
  /** Absent: PostgreSQL's own. */
  readonly schema?: string;
  /** As `format_type` prints it where it is PostgreSQL's own, otherwise as it is in the catalog. */
  readonly name: string;
  readonly isArray: boolean;
}

/** Names of PostgreSQL's own types, and what each is called by `format_type`. */
const OWN = new Map([
  ...words(
    "aclitem anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray anycompatiblerange anyelement anyenum anymultirange anynonarray anyrange bit box bytea cid cidr circle date datemultirange daterange inet int2vector int4multirange int4range int8multirange int8range interval json jsonb jsonpath line lseg macaddr macaddr8 money name nummultirange numrange oid oidvector path pg_lsn pg_snapshot point polygon record refcursor regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype text tid tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector txid_snapshot uuid xid xid8 xml",
  ),
  ...named("boolean", "bool"),
  ...named("smallint", "int2"),
  ...named("integer", "int", "int4"),
  ...named("bigint", "int8"),
  ...named("real", "float4"),
  ...named("double precision", "float8", "float"),
  ...named("numeric", "decimal", "dec"),
  ...named("character", "char", "bpchar", "nchar", "national character", "national char"),
  ...named("character varying", "varchar", "char varying", "national character varying"),
  ...named("bit varying", "varbit"),
  ...named("time without time zone", "time"),
  ...named("time with time zone", "timetz"),
  ...named("timestamp without time zone", "timestamp"),
  ...named("timestamp with time zone", "timestamptz"),
]);

function words(list: string): [string, string][] {
  return list.split(" ").map((word) => [word, word]);
}

function named(name: string, ...others: string[]): [string, string][] {
  return [name, ...others].map((each) => [each, name]);
}

/** The name before the list of arguments; the whole where there is no list. */
export function functionName(written: string): string {
  return /^([^(]*)\(/s.exec(written)?.[1]?.trimEnd() ?? written;
}

/**
 * Reads `reserve_stock(integer, text)`; a type that is not PostgreSQL's own and says no schema is one of `schema`.
 *
 * @returns nothing where it is none; {@link signatureProblems} says why
 */
export function readSignature(written: string, schema: string): Signature | undefined {
  const list = argumentsOf(written);
  const types = list?.map((each) => readType(each, schema));
  if (types === undefined || types.includes(undefined)) return undefined;
  return { name: functionName(written), types: types as SignatureType[] };
}

/** What is wrong with the arguments of a function; its name is another question. */
export function signatureProblems(property: string, written: string): Problem[] {
  const list = argumentsOf(written);
  if (list === undefined)
    return [
      {
        property,
        must: "be a function with the types of its arguments, for several functions may have one name",
        got: written,
        fix: `write it as psql's \\df shows it, such as ${example(written)}`,
      },
    ];
  return list.flatMap((each) => {
    const type = readType(each, "public");
    if (type !== undefined)
      return [type.schema, type.name].flatMap((part) =>
        part === undefined ? [] : identifierProblems(property, part),
      );
    return [notAlone(property, written, each.trim())];
  });
}

function notAlone(property: string, written: string, argument: string): Problem {
  const fix =
    argument === ""
      ? "take out the empty argument"
      : `write the type alone in place of ${JSON.stringify(argument)}`;
  return {
    property,
    must: "list types alone: no names of arguments, no IN, OUT or VARIADIC, no defaults",
    got: written,
    fix: `${fix}; arguments that are OUT are left out`,
  };
}

function example(written: string): string {
  const name = functionName(written).replace(/[()]/g, "").trim() || "reserve_stock";
  return `${JSON.stringify(`${name}(integer, text)`)}, or ${JSON.stringify(`${name}()`)} if it takes nothing`;
}

/** The texts between the commas; nothing where there is no list. */
function argumentsOf(written: string): string[] | undefined {
  const inside = /^[^(]+\((.*)\)$/s.exec(written)?.[1];
  if (inside === undefined) return undefined;
  if (inside.trim() === "") return [];
  // What stands in parentheses is a length or a precision, and a comma in quotes is part of a name.
  const words = inside.match(/"(?:[^"]|"")*"|\([^()]*\)|[^"(),]+|./gs) ?? [];
  return words.reduce<string[]>(
    (list, word) => (word === "," ? [...list, ""] : [...list.slice(0, -1), `${list.at(-1)}${word}`]),
    [""],
  );
}

const PART = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`;
const TYPE = new RegExp(String.raw`^(?:(${PART})\s*\.\s*)?(${PART}(?:\s+${PART})*)((?:\s*\[\d*\])*)$`, "i");

/** A length or a precision says nothing of which function is meant, and neither do several dimensions. */
function readType(written: string, schema: string): SignatureType | undefined {
  const [, before, name = "", dimensions = ""] = TYPE.exec(withoutLengths(written).trim()) ?? [];
  const isArray = dimensions.trim() !== "";
  if (name === "") return undefined;
  const space = before === undefined ? undefined : folded(before);
  if (name === '"char"' && (space ?? "pg_catalog") === "pg_catalog") return { name, isArray };
  const own = name.startsWith('"') ? undefined : OWN.get(name.toLowerCase().replace(/\s+/g, " "));
  if (own !== undefined && (space === undefined || space === "pg_catalog")) return { name: own, isArray };
  // Two words are no name of a type of somebody's own, but the name of an argument and its type.
  if (/\s/.test(name.replace(/"(?:[^"]|"")*"/g, ""))) return undefined;
  // PostgreSQL's own names stand in statements without quotes.
  if (space === "pg_catalog")
    return /^[a-z_]\w*$/.test(folded(name)) ? { name: folded(name), isArray } : undefined;
  return { schema: space ?? schema, name: folded(name), isArray };
}

function withoutLengths(type: string): string {
  return type.replace(/"(?:[^"]|"")*"|\([\d\s,]*\)/g, (found) => (found.startsWith('"') ? found : " "));
}

/** As PostgreSQL reads a name that is not quoted. */
function folded(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase();
}

/** The identity as the SQL compares it, and as people read it: `reserve_stock(integer, app.mood[])`. */
export function signatureText({ name, types }: Signature): string {
  const list = types.map(
    (type) => `${type.schema === undefined ? "" : `${type.schema}.`}${type.name}${brackets(type)}`,
  );
  return `${name}(${list.join(", ")})`;
}

/** The same as an argument of GRANT, whatever the search path says. */
export function quoteSignature(schema: string, { name, types }: Signature): string {
  const list = types.map((type) =>
    type.schema === undefined
      ? `${type.name}${brackets(type)}`
      : `${quoteQualified(type.schema, type.name)}${brackets(type)}`,
  );
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}(${list.join(", ")})`;
}

function brackets({ isArray }: SignatureType): string {
  return isArray ? "[]" : "";
}

/** The identity of a function (a row of pg_proc by the name `p`) in the words of {@link signatureText}. */
export const SIGNATURE_OF_FUNCTION = `p.proname || '(' || coalesce((
      SELECT string_agg(CASE WHEN kind.typnamespace = 'pg_catalog'::regnamespace THEN format_type(given.id, NULL)
        ELSE format('%s.%s%s', own.nspname, kind.typname, CASE WHEN kind.oid <> given.id THEN '[]' END) END, ', ' ORDER BY given.position)
      FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS given (id, position)
      JOIN pg_type AS shown ON shown.oid = given.id
      JOIN pg_type AS kind ON kind.oid = CASE WHEN shown.typcategory = 'A' AND shown.typelem <> 0 THEN shown.typelem ELSE shown.oid END
      JOIN pg_namespace AS own ON own.oid = kind.typnamespace), '') || ')'`;
