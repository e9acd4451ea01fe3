import { identifierProblems, reasonProblems, type Problem } from "../core";
import { repetitionProblems } from "./grant-repetition";
import {
  isColumnGrant,
  isDatabaseGrant,
  isFunctionGrant,
  isOwnerGrant,
  isSequenceGrant,
  isTableGrant,
  privilegesIn,
  type CredentialStrategy,
  type Grant,
  type Owner,
} from "./grants";
import { catalogNameProblems, ownerNameProblems, schemaNameProblems, type Noun } from "./name-problems";
import { functionName, signatureProblems } from "./signatures";

export const TABLE_PRIVILEGES = [
  "SELECT",
  "INSERT",
  "UPDATE",
  "DELETE",
  "TRUNCATE",
  "REFERENCES",
  "TRIGGER",
  "MAINTAIN",
] as const;
export const COLUMN_PRIVILEGES = ["SELECT", "INSERT", "UPDATE", "REFERENCES"] as const;
export const SEQUENCE_PRIVILEGES = ["USAGE", "SELECT", "UPDATE"] as const;
export const FUNCTION_PRIVILEGES = ["EXECUTE"] as const;
export const DATABASE_PRIVILEGES = ["TEMPORARY"] as const;

/** Everything that is wrong with the grants of one service; `schema` is where grants without one point. */
export function grantProblems(
  property: string,
  grants: readonly Grant[],
  strategy: CredentialStrategy,
  schema: string,
): Problem[] {
  return [
    ...listProblems(property, grants, "grant"),
    ...grants.flatMap((grant, index) => [
      ...privilegeProblems(`${property}[${index}]`, grant),
      ...namesProblems(`${property}[${index}]`, grant, strategy),
      ...ownerProblems(`${property}[${index}]`, grant, strategy),
      ...databaseProblems(`${property}[${index}]`, grant, strategy),
    ]),
    ...repetitionProblems(property, grants, schema),
  ];
}

/** A list that the type demands, but that JSON may lack, and that may be empty. */
function listProblems(property: string, list: readonly unknown[] | undefined, noun: string): Problem[] {
  if (list !== undefined && list.length > 0) return [];
  return [
    {
      property,
      must: `have at least one ${noun}`,
      got: list,
      fix: `add the ${noun}s that the service needs`,
    },
  ];
}

function privilegeProblems(grantProperty: string, grant: Grant): Problem[] {
  const [allowed, of] = allowedPrivileges(grant);
  const property = `${grantProperty}.${isDatabaseGrant(grant) ? "database" : "privileges"}`;
  const privileges: readonly string[] | undefined = privilegesIn(grant);
  return [
    ...listProblems(property, privileges, "privilege"),
    ...(privileges ?? []).flatMap((privilege, index) => {
      if (allowed.includes(privilege)) return [];
      const must = `be one of ${allowed.join(", ")}${of === undefined ? "" : ` (of ${of})`}`;
      return [
        { property: `${property}[${index}]`, must, got: privilege, fix: privilegeFix(privilege, allowed) },
      ];
    }),
  ];
}

/** What may be granted, and of what where it is not of tables. */
function allowedPrivileges(grant: Grant): [privileges: readonly string[], of?: string] {
  if (isColumnGrant(grant)) return [COLUMN_PRIVILEGES, "columns"];
  if (isSequenceGrant(grant)) return [SEQUENCE_PRIVILEGES, "sequences"];
  if (isFunctionGrant(grant)) return [FUNCTION_PRIVILEGES, "functions"];
  if (isDatabaseGrant(grant)) return [DATABASE_PRIVILEGES, "the database"];
  return [TABLE_PRIVILEGES];
}

/** What to write instead of something that is no privilege. */
export function privilegeFix(privilege: string, allowed: readonly string[] = TABLE_PRIVILEGES): string {
  const upperCase = String(privilege).trim().toUpperCase();
  if (/^ALL( PRIVILEGES)?$/.test(upperCase)) {
    return "list the privileges that the service uses: ALL grants those too that nobody thought of";
  }
  const meant = upperCase === "TEMP" ? "TEMPORARY" : upperCase;
  if (allowed.includes(meant)) return `write it as "${meant}"`;
  const elsewhere = PLACES.find(([privileges]) => (privileges as readonly string[]).includes(meant));
  return elsewhere?.[1] ?? OF_NOBODY.get(meant) ?? "choose one of these";
}

/** Where a privilege is granted that is of something else. */
const PLACES: readonly (readonly [privileges: readonly string[], fix: string])[] = [
  [TABLE_PRIVILEGES, "grant it on the whole table, without columns"],
  [FUNCTION_PRIVILEGES, 'grant it on a function: { functions: ["…(…)"], privileges: ["EXECUTE"] }'],
  [DATABASE_PRIVILEGES, 'grant it on the database: { database: ["TEMPORARY"] }'],
  [
    SEQUENCE_PRIVILEGES,
    "leave it out on tables: USAGE on the schema, and on the sequences that number rows, comes by itself; other sequences are named in a grant of their own",
  ],
];

/** Privileges that no service holds. */
const OF_NOBODY: ReadonlyMap<string, string> = new Map([
  ["CONNECT", "leave it out: every service may connect to its database"],
  ["CREATE", "let whoever changes the schema act as its owner: owner: { role, reason }"],
]);

function namesProblems(property: string, grant: Grant, strategy: CredentialStrategy): Problem[] {
  if (isDatabaseGrant(grant)) return [];
  const { schema, literalNames } = grant;
  const check = (at: string, name: string, noun: GrantedNoun) =>
    nameProblems(at, name, noun, strategy, literalNames !== undefined);
  const list = (key: string, names: readonly string[] | undefined, noun: GrantedNoun) => [
    ...listProblems(`${property}.${key}`, names, noun),
    ...(names ?? []).flatMap((name, index) => check(`${property}.${key}[${index}]`, name, noun)),
  ];
  return [
    ...(schema === undefined ? [] : check(`${property}.schema`, schema, "schema")),
    ...(isTableGrant(grant) ? list("tables", grant.tables, "table") : []),
    ...(isColumnGrant(grant) ? list("columns", grant.columns, "column") : []),
    ...(isSequenceGrant(grant) ? list("sequences", grant.sequences, "sequence") : []),
    ...(isFunctionGrant(grant) ? list("functions", grant.functions, "function") : []),
    ...(literalNames === undefined
      ? []
      : reasonProblems(`${property}.literalNames.reason`, literalNames.reason)),
  ];
}

/** The other way to say it, where the catalog has such a name. */
const LITERAL = `; if the catalog has the name exactly so, say it on the grant: literalNames: { reason: "…" }`;

type GrantedNoun = Exclude<Noun, "role" | "database">;

/** A name that ends up in statements; those of `direct` pass through Vault, which cuts them at each `;`. */
function nameProblems(
  property: string,
  written: string,
  noun: GrantedNoun,
  strategy: CredentialStrategy,
  literal: boolean,
): Problem[] {
  if (strategy === "direct" && written.includes(";")) return [cutByVault(property, written)];
  if (noun === "schema" && /^(pg_|information_schema$)/i.test(written))
    return schemaNameProblems(property, written);
  const name = noun === "function" ? functionName(written) : written;
  const ofName = literal
    ? identifierProblems(property, name)
    : catalogNameProblems(property, name, noun, LITERAL, written.slice(name.length));
  const isPattern = ofName.length > 0 && name.includes("*");
  return noun === "function" && !isPattern ? [...ofName, ...signatureProblems(property, written)] : ofName;
}

function cutByVault(property: string, got: string): Problem {
  const must = `be without ";" where the strategy is "direct": Vault cuts statements there`;
  return { property, must, got, fix: 'rename it, or take the strategy "group"' };
}

/** Schema of the grants that name none. */
export function defaultSchemaProblems(
  property: string,
  name: string,
  strategy: CredentialStrategy,
): Problem[] {
  if (strategy === "direct" && name.includes(";")) return [cutByVault(property, name)];
  return schemaNameProblems(property, name, "; a grant can name another one, with literalNames");
}

function ownerProblems(property: string, grant: Grant, strategy: CredentialStrategy): Problem[] {
  if (!isOwnerGrant(grant)) return [];
  const direct: Problem = {
    property: `${property}.allTablesOwnedBy`,
    must: 'be left out where the strategy is "direct": a credential cannot hold what does not exist yet',
    got: grant.allTablesOwnedBy,
    fix: 'name the tables, or take the strategy "group"',
  };
  return [
    ...ownerNameProblems(`${property}.allTablesOwnedBy`, grant.allTablesOwnedBy),
    ...(strategy === "direct" ? [direct] : []),
    ...reasonProblems(`${property}.reason`, grant.reason),
  ];
}

/** The name of the database is the bootstrap SQL's to know; credentials of `direct` live on what PUBLIC may. */
function databaseProblems(property: string, grant: Grant, strategy: CredentialStrategy): Problem[] {
  if (!isDatabaseGrant(grant) || strategy !== "direct") return [];
  return [
    {
      property: `${property}.database`,
      must: 'be left out where the strategy is "direct": its credentials connect because PUBLIC may, and as PUBLIC they create temporary tables',
      got: grant.database,
      fix: 'take it out; if TEMPORARY was revoked from PUBLIC, grant it again, or take the strategy "group"',
    },
  ];
}

/** Everything that is wrong with credentials that act as an owner. */
export function actingProblems(
  property: string,
  { role, reason }: Owner,
  grants: readonly Grant[] | undefined,
  strategy: CredentialStrategy,
): Problem[] {
  const both: Problem = {
    property,
    must: "be alone: whoever acts as the owner holds no grants beside that",
    got: grants,
    fix: "take out 'grants', or take out 'owner' and name the tables",
  };
  const direct: Problem = {
    property,
    must: 'be left out where the strategy is "direct": only the bootstrap SQL makes a group a member of the owner',
    got: role,
    fix: 'take the strategy "group"',
  };
  const cut: Problem = {
    property: `${property}.role`,
    must: 'be without ";": it stands in a statement, which Vault cuts there',
    got: role,
    fix: "rename the role",
  };
  return [
    ...ownerNameProblems(`${property}.role`, role),
    ...(role.includes(";") ? [cut] : []),
    ...reasonProblems(`${property}.reason`, reason),
    ...(grants !== undefined && grants.length > 0 ? [both] : []),
    ...(strategy === "direct" ? [direct] : []),
  ];
}
