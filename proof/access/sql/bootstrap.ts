import type { Fields, Node } from "./actions";
import type { ScriptStatement, SqlScript } from "./script";

/** What leasehold's SQL for one database says of itself. */
export interface Bootstrap {
  readonly file: string;
  /** The database that it is for; absent where it does not say. */
  readonly database?: string;
  /** Vault's logins, in the order of its connections. */
  readonly logins: readonly string[];
  /** The group roles that it makes, and those that it takes everything from. */
  readonly groups: readonly { readonly role: string; readonly retired: boolean }[];
  /** Groups that it grants something to. */
  readonly granted: readonly string[];
  /** Groups that may become an owner. */
  readonly owners: readonly { readonly role: string; readonly owner: string }[];
  /** Groups whose credentials have REPLICATION. */
  readonly replicating: readonly string[];
  /** Statements that are none of those that it is made of. */
  readonly beside: readonly { readonly line: number; readonly what: string }[];
}

/** Reads leasehold's bootstrap SQL; nothing where a file is something else. */
export function readBootstrap({ statements }: SqlScript, file: string): Bootstrap | undefined {
  const texts = statements.map(({ text }) => text).join("\n");
  if (!texts.includes("leasehold_role")) return undefined;
  const database = literal(/current_database\(\) <> '((?:[^']|'')+)'/, texts);
  return {
    file,
    ...(database !== undefined && { database }),
    logins: [...texts.matchAll(/SELECT 1, '((?:[^']|'')+)'::text, format\('CREATE ROLE %I LOGIN/g)].map(
      ([, name = ""]) => name.replaceAll("''", "'"),
    ),
    groups: statements
      .flatMap((each) => rowsOf(each, "leasehold_role"))
      .map(([role = "", retired]) => ({ role: String(role), retired: retired === true })),
    granted: GRANTING.flatMap((table) =>
      statements.flatMap((each) => rowsOf(each, table)).map(([role]) => String(role)),
    ),
    owners: statements
      .flatMap((each) => rowsOf(each, "leasehold_owner"))
      .map(([role, owner]) => ({ role: String(role), owner: String(owner) })),
    replicating: statements
      .flatMap((each) => rowsOf(each, "leasehold_replication"))
      .map(([role]) => String(role)),
    beside: statements.flatMap((each, index) => {
      const isEnd = index === 0 || index === statements.length - 1;
      const what = besideOf(each, isEnd);
      return what === undefined ? [] : [{ line: each.line, what }];
    }),
  };
}

/** Tables whose rows give something to a group. */
const GRANTING = ["leasehold_grant", "leasehold_owner_grant", "leasehold_object_grant", "leasehold_owner"];

function literal(form: RegExp, text: string): string | undefined {
  return form.exec(text)?.[1]?.replaceAll("''", "'");
}

/** First values of the rows that a statement puts into a table. */
function rowsOf({ actions }: ScriptStatement, table: string): (string | boolean | undefined)[][] {
  return actions.flatMap((action) => {
    if (action.kind !== "other" || action.type !== "InsertStmt") return [];
    if (action.fields.relation?.relname !== table) return [];
    const rows = (action.fields.selectStmt?.SelectStmt?.valuesLists ?? []) as { List: { items: Node[] } }[];
    return rows.map(({ List: { items } }) => items.map(constant));
  });
}

function constant(node: Node): string | boolean | undefined {
  const value = node.A_Const;
  if (value?.boolval !== undefined) return value.boolval.boolval === true;
  return typeof value?.sval?.sval === "string" ? value.sval.sval : undefined;
}

const OWN = /^leasehold_/;
/** What the blocks execute: a statement that the views have written, and that they print. */
const EXECUTED = new Set(["change"]);

/** Roles of this environment that are declared no longer. */
const RETIRING = /^INSERT INTO leasehold_role\s+SELECT role_name, true\s+FROM leasehold_owned\b/;

/** A table or a view that is gone with the session. */
function isOwn(relation: Fields | undefined): boolean {
  return relation?.relpersistence === "t" && OWN.test(String(relation.relname));
}

/** What a statement is, where it is none of the bootstrap SQL's: it works in tables and views of its own. */
function besideOf({ actions, text }: ScriptStatement, isEnd: boolean): string | undefined {
  const strange = actions.find((action) => {
    if (action.kind === "block")
      return action.actions.length > 0 || action.dynamic.some((each) => !EXECUTED.has(each.trim()));
    if (action.kind !== "other") return true;
    const { type, fields } = action;
    switch (type) {
      case "TransactionStmt":
        return !isEnd || !["TRANS_STMT_BEGIN", "TRANS_STMT_COMMIT"].includes(String(fields.kind));
      case "VariableSetStmt":
        return fields.is_local !== true;
      case "CreateStmt":
        return !isOwn(fields.relation);
      case "InsertStmt":
        // Rows that are written out, or roles that are retired: others nobody can read.
        return (
          !OWN.test(String(fields.relation?.relname)) ||
          (fields.selectStmt?.SelectStmt?.valuesLists === undefined && !RETIRING.test(text))
        );
      case "ViewStmt":
        return !isOwn(fields.view);
      case "CreateTableAsStmt":
        return !isOwn(fields.into?.rel);
      case "DropStmt":
        return fields.removeType !== "OBJECT_VIEW";
      default:
        return true;
    }
  });
  return strange === undefined ? undefined : text.split(/\s+/).slice(0, 5).join(" ");
}
