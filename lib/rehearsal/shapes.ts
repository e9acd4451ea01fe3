import { quoteLiteral } from "../postgres";
import type { RehearsedRole } from "./credential";

/** The first of all roles that are alike but for their names, in what was declared and in what was rendered. */
export function oneOfEachShape(
  roles: readonly RehearsedRole[],
  bootstrap: string | undefined,
): RehearsedRole[] {
  const rows = rowsByRole(bootstrap ?? "");
  const shapes = new Map<string, RehearsedRole>();
  for (const role of roles) {
    const { name, ...declared } = role;
    const text = JSON.stringify([declared, rows.get(quoteLiteral(name))]).replaceAll(name, "{{role}}");
    if (!shapes.has(text)) shapes.set(text, role);
  }
  return [...shapes.values()];
}

/** The bootstrap SQL as it is, but for the rows of some roles. */
export function rowsWithout(sql: string, roles: ReadonlySet<string>): string {
  if (roles.size === 0) return sql;
  const names = new Set([...roles].map(quoteLiteral));
  return sql.replace(INSERTS, (insert, head: string, body: string) => {
    const rows = rowsOf(body).filter((row) => !names.has(roleOf(row)));
    if (rows.length === rowsOf(body).length) return insert;
    return rows.length === 0 ? "" : `${head}\n${rows.join(",\n")};`;
  });
}

/** As leasehold writes them: one row a line, its reason in a comment above it. */
const INSERTS = /^(INSERT INTO leasehold_\w+ VALUES)\n((?: {2}.*\n)*? {2}.*\));$/gm;

function rowsByRole(sql: string): Map<string, string[]> {
  const rows = new Map<string, string[]>();
  for (const [, head = "", body = ""] of sql.matchAll(INSERTS))
    for (const row of rowsOf(body)) rows.set(roleOf(row), [...(rows.get(roleOf(row)) ?? []), head + row]);
  return rows;
}

function rowsOf(body: string): string[] {
  return body.split(/(?<=\)),\n(?= {2})/);
}

/** The first value of a row. */
function roleOf(row: string): string {
  return /^ {2}\((E?'(?:[^']|'')*')/m.exec(row)?.[1] ?? row;
}
