import { identifierProblems, reasonProblems, type Problem } from "../core";
import { repetitionProblems } from "./grant-repetition";
import { isColumnGrant, isOwnerGrant, type CredentialStrategy, type Grant, type Owner } from "./grants";
import { catalogNameProblems, ownerNameProblems, schemaNameProblems } from "./name-problems";

export const TABLE_PRIVILEGES = [
  "SELECT",
  "INSERT",
  "UPDATE",
  "DELETE",
  "TRUNCATE",
  "REFERENCES",
  "TRIGGER",
] as const;
export const COLUMN_PRIVILEGES = ["SELECT", "INSERT", "UPDATE", "REFERENCES"] as const;

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
      ...privilegeProblems(`${property}[${index}].privileges`, grant),
      ...namesProblems(`${property}[${index}]`, grant, strategy),
      ...ownerProblems(`${property}[${index}]`, grant, strategy),
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

function privilegeProblems(property: string, grant: Grant): Problem[] {
  const allowed: readonly string[] = isColumnGrant(grant) ? COLUMN_PRIVILEGES : TABLE_PRIVILEGES;
  const privileges: readonly string[] | undefined = grant.privileges;
  return [
    ...listProblems(property, privileges, "privilege"),
    ...(privileges ?? []).flatMap((privilege, index) => {
      if (allowed.includes(privilege)) return [];
      const must = `be one of ${allowed.join(", ")}${isColumnGrant(grant) ? " (of columns)" : ""}`;
      return [
        { property: `${property}[${index}]`, must, got: privilege, fix: privilegeFix(privilege, allowed) },
      ];
    }),
  ];
}

/** What to write instead of something that is no privilege. */
export function privilegeFix(privilege: string, allowed: readonly string[] = TABLE_PRIVILEGES): string {
  const upperCase = String(privilege).trim().toUpperCase();
  if (/^ALL( PRIVILEGES)?$/.test(upperCase)) {
    return "list the privileges that the service uses: ALL grants those too that nobody thought of";
  }
  if (allowed.includes(upperCase)) return `write it as "${upperCase}"`;
  if (TABLE_PRIVILEGES.some((known) => known === upperCase))
    return "grant it on the whole table, without columns";
  return "choose one of these";
}

function namesProblems(property: string, grant: Grant, strategy: CredentialStrategy): Problem[] {
  const { schema, tables, columns, literalNames } = grant;
  const check = (at: string, name: string, noun: "table" | "column" | "schema") =>
    nameProblems(at, name, noun, strategy, literalNames !== undefined);
  const list = (at: string, names: readonly string[] | undefined, noun: "table" | "column") => [
    ...listProblems(at, names, noun),
    ...(names ?? []).flatMap((name, index) => check(`${at}[${index}]`, name, noun)),
  ];
  return [
    ...(schema === undefined ? [] : check(`${property}.schema`, schema, "schema")),
    ...(isOwnerGrant(grant) ? [] : list(`${property}.tables`, tables, "table")),
    ...(isColumnGrant(grant) ? list(`${property}.columns`, columns, "column") : []),
    ...(literalNames === undefined
      ? []
      : reasonProblems(`${property}.literalNames.reason`, literalNames.reason)),
  ];
}

/** The other way to say it, where the catalog has such a name. */
const LITERAL = `; if the catalog has the name exactly so, say it on the grant: literalNames: { reason: "…" }`;

/** A name that ends up in statements; those of `direct` pass through Vault, which cuts them at each `;`. */
function nameProblems(
  property: string,
  name: string,
  noun: "table" | "column" | "schema",
  strategy: CredentialStrategy,
  literal: boolean,
): Problem[] {
  if (strategy === "direct" && name.includes(";")) return [cutByVault(property, name)];
  if (noun === "schema" && /^(pg_|information_schema$)/i.test(name))
    return schemaNameProblems(property, name);
  return literal ? identifierProblems(property, name) : catalogNameProblems(property, name, noun, LITERAL);
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
