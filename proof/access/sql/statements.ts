import type { CreateRole, Privileges, SqlAction } from "./actions";
import { parseSql } from "./parser";
import { readRoles, shapeOf, type SqlRoles } from "./roles";
import type { UnreadSql } from "./script";
import { decodedElement, splitByVault } from "./splitting";

/** The texts of a database role. */
export interface StatementTexts {
  readonly creation: readonly string[];
  readonly revocation: readonly string[];
  readonly renewal: readonly string[];
}

export interface StatementAnalysis {
  readonly creation: CreationAnalysis;
  readonly revocation: RevocationAnalysis;
  readonly renewal: { readonly given: boolean; readonly actions: readonly SqlAction[] };
  /** What cannot run as it is written. */
  readonly problems: readonly StatementProblem[];
}

export interface StatementProblem {
  readonly kind: "syntax" | "split" | "placeholder" | "not-transactional";
  /** Argument of the resource. */
  readonly argument: "creation_statements" | "revocation_statements" | "renew_statements";
  /** What is wrong, in words that follow the argument's name. */
  readonly message: string;
}

export interface CreationAnalysis {
  readonly actions: readonly SqlAction[];
  /** The login that is created; absent where there is none that the statements name by `{{name}}`. */
  readonly login?: CreateRole;
  /** Roles that the login becomes a member of. */
  readonly memberships: readonly { readonly role: string }[];
  /** What is granted to the login itself, blocks included. */
  readonly grants: readonly Privileges[];
  /** Role that its sessions become when they log in. */
  readonly actsAs?: string;
  /** What the statements come to, with the login as `{{name}}`. */
  readonly roles: SqlRoles;
  /** Shapes of the statements that are built at run time; absent where one has none that can be read. */
  readonly builtAtRunTime: readonly SqlAction[] | undefined;
}

export interface RevocationAnalysis {
  /** Whether there is a statement at all. */
  readonly given: boolean;
  readonly dropsRole: boolean;
  /** Statements that fail when the role is gone already. */
  readonly notIdempotent: readonly string[];
  readonly endsSessions: boolean;
  /** Whether the login may no longer log in, for all to see, before anything else happens. */
  readonly refusesLogin: boolean;
  /** What is taken from the login: kinds of objects, in upper case. */
  readonly revokes: ReadonlySet<string>;
  /** Whether DROP OWNED, REASSIGN OWNED or a block that asks the catalogs takes everything. */
  readonly revokesAll: boolean;
}

const NAMES = new Set(["{{name}}", "{{username}}"]);
const analyses = new Map<string, StatementAnalysis>();
const reads = new Map<string, Read>();

/** What the statements of a role do. */
export function analyseStatements(texts: StatementTexts): StatementAnalysis {
  const key = JSON.stringify(texts);
  const analysis = analyses.get(key) ?? analyse(texts);
  analyses.set(key, analysis);
  return analysis;
}

function analyse({ creation, revocation, renewal }: StatementTexts): StatementAnalysis {
  const creates = read("creation_statements", creation);
  const revokes = read("revocation_statements", revocation);
  const renews = read("renew_statements", renewal);
  return {
    creation: analyseCreation(creates),
    revocation: analyseRevocation(revokes.actions, revocation),
    renewal: { given: renewal.length > 0, actions: renews.actions },
    problems: [...creates.problems, ...revokes.problems, ...renews.problems],
  };
}

interface Read {
  readonly actions: readonly SqlAction[];
  readonly problems: readonly StatementProblem[];
  readonly unread: readonly UnreadSql[];
}

/** Most services have the same revocation. */
function read(argument: StatementProblem["argument"], elements: readonly string[]): Read {
  const key = JSON.stringify([argument, elements]);
  const result = reads.get(key) ?? readElements(argument, elements);
  reads.set(key, result);
  return result;
}

function readElements(argument: StatementProblem["argument"], elements: readonly string[]): Read {
  const problems: StatementProblem[] = [];
  const unread: UnreadSql[] = [];
  const actions = elements.flatMap((element) => {
    const written = decodedElement(element);
    problems.push(...placeholderProblems(argument, written));
    const whole = parseSql(quotedPlaceholders(written).replaceAll("{{username}}", "{{name}}"));
    if (whole.error !== undefined) {
      const { message, position } = whole.error;
      problems.push({ kind: "syntax", argument, message: `${message} at character ${position + 1}` });
      unread.push({ line: 1, message, isError: true });
      return [];
    }
    const pieces = splitByVault(element, { blocks: argument !== "renew_statements" });
    // One piece is the element itself, of which that is known.
    if (
      pieces.length > 1 &&
      pieces.some((piece) => parseSql(quotedPlaceholders(piece)).error !== undefined)
    ) {
      problems.push({
        kind: "split",
        argument,
        message: `Vault splits this element at semicolons into ${pieces.length} pieces, of which some are no SQL`,
      });
    }
    return whole.actions;
  });
  const inside = argument === "revocation_statements" ? withoutBreaks(actions) : actions;
  problems.push(...flattened(inside).flatMap((action) => transactionProblems(argument, action)));
  return { actions, problems, unread };
}

/** A placeholder without quotes is no SQL before Vault fills it in; with quotes the rest can be read. */
function quotedPlaceholders(text: string): string {
  return text.replace(/(['"]?)\{\{(name|username)\}\}\1/g, (found, quote: string) =>
    quote === "" ? `"${found}"` : found,
  );
}

function placeholderProblems(argument: StatementProblem["argument"], text: string): StatementProblem[] {
  const problem = (message: string): StatementProblem => ({ kind: "placeholder", argument, message });
  const outside = text.replace(/'[^']*'|"[^"]*"/g, "");
  const problems = [...new Set(outside.match(/\{\{(name|username|password|expiration)\}\}/g) ?? [])].map(
    (each) => problem(`${each} stands outside of quotes`),
  );
  const unknown = [...new Set(text.match(/\{\{[^}]*\}\}/g) ?? [])].filter(
    (each) => !/^\{\{(name|username|password|expiration)\}\}$/.test(each),
  );
  return [...problems, ...unknown.map((each) => problem(`${each} is no placeholder that Vault fills in`))];
}

/** Statements that PostgreSQL refuses inside of the transaction in which Vault runs them. */
const OUTSIDE_TRANSACTIONS = new Set([
  "VacuumStmt",
  "CreatedbStmt",
  "DropdbStmt",
  "CreateTableSpaceStmt",
  "DropTableSpaceStmt",
  "AlterSystemStmt",
]);

/**
 * A transaction that is ended and followed by another one leaves Vault with one to commit. Of a revocation that
 * is safe, for Vault repeats it until all of it has succeeded; a creation could leave half a credential.
 */
function withoutBreaks(actions: readonly SqlAction[]): SqlAction[] {
  const breaks = actions.map(
    (action, index) => isTransaction(action, "COMMIT") && isTransaction(actions[index + 1], "BEGIN"),
  );
  return actions.filter((_, index) => breaks[index] !== true && breaks[index - 1] !== true);
}

function isTransaction(action: SqlAction | undefined, kind: "COMMIT" | "BEGIN"): boolean {
  return (
    action?.kind === "other" &&
    action.type === "TransactionStmt" &&
    action.fields.kind === `TRANS_STMT_${kind}`
  );
}

function transactionProblems(argument: StatementProblem["argument"], action: SqlAction): StatementProblem[] {
  if (action.kind !== "other") return [];
  if (action.type === "TransactionStmt") {
    const message = "opens or ends a transaction of its own inside of Vault's";
    return [{ kind: "not-transactional", argument, message }];
  }
  const concurrently = action.type === "IndexStmt" && action.fields.concurrent === true;
  if (!OUTSIDE_TRANSACTIONS.has(action.type) && !concurrently) return [];
  const name = action.type.replace(/Stmt$/, "");
  return [{ kind: "not-transactional", argument, message: `${name} cannot run inside of a transaction` }];
}

function flattened(actions: readonly SqlAction[]): SqlAction[] {
  return actions.flatMap((action) =>
    action.kind === "block" ? [action, ...flattened(action.actions)] : [action],
  );
}

function expressionsOf(actions: readonly SqlAction[]): string[] {
  return flattened(actions).flatMap((action) => (action.kind === "block" ? action.expressions : []));
}

function analyseCreation({ actions, unread }: Pick<Read, "actions" | "unread">): CreationAnalysis {
  const all = flattened(actions);
  const login = all.find((action) => action.kind === "create-role" && NAMES.has(action.role)) as
    CreateRole | undefined;
  const joined = all.flatMap((action) =>
    action.kind === "grant-role" && action.roles.some((role) => NAMES.has(role)) ? action.granted : [],
  );
  const actsAs = all.find((action) => action.kind === "set-role")?.role;
  const grants = all.filter(
    (action): action is Privileges =>
      action.kind === "grant" && action.roles.some((role) => NAMES.has(role) || role === "PUBLIC"),
  );
  const shapes = actions.flatMap((action) => (action.kind === "block" ? action.dynamic.map(shapeOf) : []));
  const statements = [{ line: 1, text: "", actions }];
  return {
    actions: all,
    ...(login && { login }),
    memberships: [...new Set([...(login?.memberOf ?? []), ...joined])].map((role) => ({ role })),
    grants,
    ...(actsAs && { actsAs }),
    roles: readRoles({ statements, unread }, "creation_statements"),
    builtAtRunTime: shapes.includes(undefined) ? undefined : shapes.flatMap((each) => each ?? []),
  };
}

function analyseRevocation(actions: readonly SqlAction[], texts: readonly string[]): RevocationAnalysis {
  const all = flattened(actions);
  const expressions = expressionsOf(actions);
  const dynamic = expressions.join("\n");
  const top = actions.filter(({ kind }) => kind !== "block");
  const revokes = all.filter((action): action is Privileges => action.kind === "revoke");
  return {
    given: texts.some((text) => text.trim() !== ""),
    dropsRole:
      all.some((action) => action.kind === "drop-role" && action.roles.some((role) => NAMES.has(role))) ||
      /DROP (ROLE|USER)/i.test(dynamic),
    notIdempotent: top.flatMap(notIdempotent),
    refusesLogin: refusesLogin(actions),
    endsSessions: /pg_terminate_backend/i.test(dynamic) || /pg_terminate_backend/i.test(texts.join("\n")),
    revokes: new Set(revokes.map(({ on }) => on)),
    revokesAll:
      all.some(({ kind }) => kind === "drop-owned" || kind === "reassign-owned") ||
      (/\bREVOKE\b/i.test(dynamic) && /aclexplode|role_(table|column)_grants/i.test(dynamic)) ||
      /DROP OWNED/i.test(dynamic),
  };
}

/** NOLOGIN that is committed before the sessions are ended. */
function refusesLogin(actions: readonly SqlAction[]): boolean {
  const committed = actions.findIndex((action) => isTransaction(action, "COMMIT"));
  return flattened(actions.slice(0, Math.max(0, committed))).some(
    (action) => action.kind === "alter-role" && NAMES.has(action.role) && action.refusesLogin,
  );
}

/** Statements that name the role and have no IF EXISTS around them. */
function notIdempotent(action: SqlAction): string[] {
  switch (action.kind) {
    case "drop-role":
      return action.ifExists ? [] : ["DROP ROLE"];
    case "revoke":
      return action.roles.some((role) => NAMES.has(role)) ? [`REVOKE … ON ${action.on}`] : [];
    case "revoke-role":
      return action.roles.some((role) => NAMES.has(role)) ? ["REVOKE of a membership"] : [];
    case "drop-owned":
      return ["DROP OWNED"];
    case "reassign-owned":
      return ["REASSIGN OWNED"];
    case "alter-role":
      return NAMES.has(action.role) ? ["ALTER ROLE"] : [];
    default:
      return [];
  }
}
