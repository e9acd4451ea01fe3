import { repeated, type Problem } from "../core";
import {
  isColumnGrant,
  isDatabaseGrant,
  isFunctionGrant,
  isOwnerGrant,
  isSequenceGrant,
  privilegesIn,
  type ColumnGrant,
  type Grant,
  type TableGrant,
} from "./grants";
import { readSignature, signatureText } from "./signatures";

/** Whoever has read one grant of a table should not have to look for another, so nothing is said twice. */
export function repetitionProblems(property: string, grants: readonly Grant[], schema: string): Problem[] {
  const targets = grants.flatMap((grant, index) => targetsOf(`${property}[${index}]`, grant, schema));
  const keys = targets.map(({ key }) => key);
  const forms = keys.map((key) => key.normalize("NFC"));
  const ofWholeTables = new Set(targets.flatMap(({ provides }) => provides));
  const fix = "say it once, in one of the grants";
  return [
    ...grants.flatMap((grant, index) =>
      repeated<string>(privilegesIn(grant) ?? []).map((got) => ({
        property: `${property}[${index}].${isDatabaseGrant(grant) ? "database" : "privileges"}`,
        must: "list each privilege once",
        got,
        fix: "take out the repetition",
      })),
    ),
    ...targets.flatMap(({ property, got, key, coveredBy }, index) => {
      if (keys.indexOf(key) < index) return [{ property, must: "be granted once", got, fix }];
      if (forms.indexOf(key.normalize("NFC")) < index) return [otherForm(property, got)];
      if (coveredBy === undefined || !ofWholeTables.has(coveredBy)) return [];
      return [{ property, must: "be left out, for the whole table is granted too", got, fix }];
    }),
  ];
}

/** Nobody sees the difference, and one of the two is not there. */
function otherForm(property: string, got: string): Problem {
  return {
    property,
    must: "differ from another name by more than its Unicode form (composed or decomposed)",
    got: got.replace(/[^ -~]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`),
    fix: "write it as the catalog has it, once; if the catalog has both, rename one of them",
  };
}

/** What a grant is about: a whole table, one privilege on one column, all tables of an owner, or another object. */
interface Target {
  readonly property: string;
  readonly got: string;
  /** Equal for equal targets; JSON, because a name may contain anything. */
  readonly key: string;
  /** The privileges on a whole table that this gives. */
  readonly provides: readonly string[];
  /** The privilege on the whole table beside which this one says nothing. */
  readonly coveredBy?: string;
}

function targetsOf(property: string, grant: Grant, defaultSchema: string): Target[] {
  if (isDatabaseGrant(grant))
    return [{ property: `${property}.database`, got: "the database", key: "database", provides: [] }];
  const { schema = defaultSchema } = grant;
  if (isSequenceGrant(grant)) return namedTargets(property, "sequences", grant.sequences ?? [], schema);
  if (isFunctionGrant(grant)) return functionTargets(property, grant.functions ?? [], schema);
  if (isOwnerGrant(grant)) {
    const { allTablesOwnedBy: owner } = grant;
    const key = JSON.stringify({ schema, owner });
    return [{ property: `${property}.allTablesOwnedBy`, got: `${owner} in ${schema}`, key, provides: [] }];
  }
  return isColumnGrant(grant)
    ? columnTargets(property, grant, schema)
    : tableTargets(property, grant, schema);
}

/** Objects by name; of a table and of a sequence of one name only one can be there, and the database says which. */
function namedTargets(property: string, key: string, names: readonly string[], schema: string): Target[] {
  return names.map((name, index) => ({
    property: `${property}.${key}[${index}]`,
    got: `${schema}.${name}`,
    key: JSON.stringify({ schema, [key]: name }),
    provides: [],
  }));
}

/** `f(int)` and `f(integer)` are one function. */
function functionTargets(property: string, functions: readonly string[], schema: string): Target[] {
  const texts = functions.map((written) => {
    const signature = readSignature(written, schema);
    return signature === undefined ? written : signatureText(signature);
  });
  return namedTargets(property, "functions", texts, schema);
}

function tableTargets(property: string, { tables, privileges }: TableGrant, schema: string): Target[] {
  return (tables ?? []).map((table, index) => ({
    property: `${property}.tables[${index}]`,
    got: `${schema}.${table}`,
    key: JSON.stringify({ schema, table }),
    provides: (privileges ?? []).map((privilege) => JSON.stringify({ schema, table, privilege })),
  }));
}

function columnTargets(property: string, grant: ColumnGrant, schema: string): Target[] {
  const { tables = [], columns = [], privileges = [] } = grant;
  return tables.flatMap((table) =>
    columns.flatMap((column, index) =>
      [...new Set(privileges)].map((privilege) => ({
        property: `${property}.columns[${index}]`,
        got: `${privilege} of ${schema}.${table}.${column}`,
        key: JSON.stringify({ schema, table, column, privilege }),
        provides: [],
        coveredBy: JSON.stringify({ schema, table, privilege }),
      })),
    ),
  );
}
