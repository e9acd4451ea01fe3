import { parseSync } from "libpg-query";

/** What a statement needs of tables: a verb each. */
export interface Usage {
  /** Null: the search path decides. */
  readonly schema: string | null;
  readonly table: string;
  readonly verb: string;
}

/** What one statement shows of its user. */
export interface StatementUsage {
  readonly usages: readonly Usage[];
  /** It changes the schema, such as `CreateStmt`. */
  readonly schemaChange: string | undefined;
}

interface Node {
  readonly [key: string]: unknown;
}

interface Relation {
  readonly schemaname?: string;
  readonly relname: string;
  readonly relpersistence?: string;
}

/** What a statement uses, as PostgreSQL's own parser reads it; nothing where it cannot be read. */
export function usageOf(sql: string): StatementUsage | undefined {
  try {
    const { stmts = [] } = parseSync(sql) as { stmts?: { stmt: Node }[] };
    const reader = new Reader();
    stmts.forEach(({ stmt }) => reader.read(stmt));
    return {
      usages: reader.usages(),
      schemaChange: stmts.map(({ stmt }) => schemaChange(stmt)).find(Boolean),
    };
  } catch {
    return undefined;
  }
}

/** Collects what the parts of a statement need. */
class Reader {
  private readonly found = new Map<string, Usage>();
  private readonly named = new Set<string>();

  read(value: unknown): void {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value as Node)) {
      if (key === "CommonTableExpr") this.named.add(String((inner as Node).ctename));
    }
    for (const [key, inner] of Object.entries(value as Node)) {
      STATEMENTS[key]?.(inner as Node, (relation, verb) => this.add(relation, verb));
      if (key === "RangeVar") this.add(inner as unknown as Relation, "SELECT");
      // What stands in these is emptied or locked, and not read.
      if (key !== "TruncateStmt" && key !== "LockStmt") this.read(inner);
    }
  }

  /** A name of a WITH is no table, wherever in the statement it was given. */
  usages(): Usage[] {
    return [...this.found.values()].filter(({ schema, table }) => schema !== null || !this.named.has(table));
  }

  private add({ schemaname, relname }: Relation, verb: string): void {
    if (
      ["pg_catalog", "information_schema", "pg_temp"].includes(schemaname ?? "") ||
      relname.startsWith("pg_")
    )
      return;
    const usage = { schema: schemaname ?? null, table: relname, verb };
    this.found.set(JSON.stringify(usage), usage);
  }
}

type Add = (relation: Relation, verb: string) => void;

const relationOf = (node: Node) => node.relation as Relation;
const returns = ({ returningList, returningClause }: Node) =>
  returningList !== undefined || returningClause !== undefined;

/** What a table is needed for, beside being read where it stands in a FROM. */
const STATEMENTS: Readonly<Record<string, (node: Node, add: Add) => void>> = {
  SelectStmt({ lockingClause, fromClause }, add) {
    if (lockingClause === undefined) return;
    for (const { RangeVar } of (fromClause ?? []) as { RangeVar?: Relation }[])
      if (RangeVar) add(RangeVar, "UPDATE");
  },
  InsertStmt(node, add) {
    add(relationOf(node), "INSERT");
    const conflict = node.onConflictClause as Node | undefined;
    if (conflict?.action === "ONCONFLICT_UPDATE") add(relationOf(node), "UPDATE");
    if (conflict !== undefined || returns(node)) add(relationOf(node), "SELECT");
  },
  UpdateStmt(node, add) {
    add(relationOf(node), "UPDATE");
    // New values are mostly made of old ones, and rows are mostly looked for.
    if (
      node.whereClause !== undefined ||
      returns(node) ||
      JSON.stringify(node.targetList).includes("ColumnRef")
    )
      add(relationOf(node), "SELECT");
  },
  DeleteStmt(node, add) {
    add(relationOf(node), "DELETE");
    if (node.whereClause !== undefined || returns(node)) add(relationOf(node), "SELECT");
  },
  MergeStmt(node, add) {
    add(relationOf(node), "SELECT");
    const text = JSON.stringify(node.mergeWhenClauses);
    for (const verb of ["INSERT", "UPDATE", "DELETE"])
      if (text.includes(`"CMD_${verb}"`)) add(relationOf(node), verb);
  },
  TruncateStmt({ relations }, add) {
    for (const { RangeVar } of relations as { RangeVar: Relation }[]) add(RangeVar, "TRUNCATE");
  },
  LockStmt({ relations }, add) {
    for (const { RangeVar } of relations as { RangeVar: Relation }[]) add(RangeVar, "UPDATE");
  },
  CopyStmt(node, add) {
    if (node.relation !== undefined) add(relationOf(node), node.is_from === true ? "INSERT" : "SELECT");
  },
};

const SCHEMA_CHANGES =
  /^(Create(?!Role|db)\w*|Alter(?!Role|Database|System)\w*|Drop(?!Role|db)\w*|Index|Rename|View|Comment|RefreshMatView|Rule|Define)Stmt$/;

function schemaChange(statement: Node): string | undefined {
  const [kind = ""] = Object.keys(statement);
  const { relation } = (statement[kind] ?? {}) as { relation?: Relation };
  // A temporary table is gone before its owner is.
  return SCHEMA_CHANGES.test(kind) && relation?.relpersistence !== "t" ? kind : undefined;
}
