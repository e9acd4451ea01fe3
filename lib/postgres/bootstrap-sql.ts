import { commentLine, doBlock } from "./identifiers";

/** A part of the script under a heading; the lines say to a DBA what it is for. */
export function section(heading: string, lines: readonly string[], ...statements: readonly string[]): string {
  return [commentLine(heading), ...lines.map(commentLine), ...statements].join("\n");
}

/**
 * Runs what a query returns, one statement a row, and prints it. The query is sorted, so that it is
 * complete before the first statement changes what it has read. A refusal of the server's says which
 * statement it refused.
 */
export function runEach(query: string): string {
  return block(`DECLARE
  change text;
BEGIN
  FOR change IN
${query}
    ORDER BY 1
  LOOP
    RAISE NOTICE '%', change;
    EXECUTE change;
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION 'nothing was changed, for % may not run this: %: %', current_user, change, SQLERRM
    USING HINT = 'A superuser may, or whoever owns what the statement is about.';`);
}

/** Raises the text that a query aggregates, if it is one. */
export function raiseIfAny(level: "EXCEPTION" | "WARNING", format: string, query: string): string {
  return block(`DECLARE
  found text;
BEGIN
  SELECT string_agg(finding, E'\\n' ORDER BY finding) INTO found FROM (
${query}
  ) AS findings (finding);
  IF found IS NOT NULL THEN
    RAISE ${level} E'${format}\\n%', found;
  END IF;`);
}

/** An anonymous block as a statement of a script. */
export function block(body: string): string {
  return `${doBlock(body)};`;
}

/** A query with a name: the script makes a view of it, a check that only reads a common table. */
export interface View {
  readonly name: string;
  readonly query: string;
}

/** Views of the session that runs the script. */
export function createViews(...views: readonly View[]): string {
  return views.map(({ name, query }) => `CREATE TEMPORARY VIEW ${name} AS\n${query};`).join("\n");
}

/** The same as the head of one query. */
export function commonTables(...views: readonly View[]): string {
  return `WITH ${views.map(({ name, query }) => `${name} AS (\n${query}\n)`).join(",\n")}`;
}
