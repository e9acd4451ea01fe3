import type { Run } from "./run";

/** Between the markers of a page. */
const RUNS = /<!-- runs -->\n[^]*<!-- \/runs -->/;
const HEAD = ["| library | version | lines | queries | failed |", "|---|---|---|---|---|"];

export function rowOf({ name, version, lines, asked, failed }: Run): string {
  return `| ${name} | ${version} | ${lines} | ${asked + failed.length} | ${failed.length} |`;
}

/** The page with what was run; a library that was not keeps its row. */
export function withTable(page: string, names: readonly string[], runs: readonly Run[]): string {
  const before = rowsIn(page);
  const rows = names.flatMap((name) => {
    const run = runs.find((each) => each.name === name);
    const kept = before.find(([library]) => library === name);
    if (run !== undefined) return rowOf(run);
    return kept === undefined ? [] : `| ${kept.join(" | ")} |`;
  });
  return between(page, [...HEAD, ...rows]);
}

export interface PageOfClient {
  readonly name: string;
  /** Beside the page of all clients. */
  readonly page: string;
  readonly text: string;
}

/** What the tables of the pages come to, for the page of all clients. */
export function withSummary(page: string, pages: readonly PageOfClient[]): string {
  const rows = pages.map(({ name, page: place, text }) => {
    const runs = rowsIn(text);
    const sum = (column: number) => runs.reduce((total, cells) => total + Number(cells[column]), 0);
    const libraries = runs.map(([library, version]) => `${library} ${version}`).join("; ");
    return `| [${name}](${place}) | ${libraries} | ${sum(3)} | ${sum(4)} |`;
  });
  return between(page, ["| client | under | queries | failed |", "|---|---|---|---|", ...rows]);
}

/** The cells of each row of a page's table: library, version, lines, queries, failed. */
export function rowsIn(page: string): string[][] {
  const [table = ""] = RUNS.exec(page) ?? [];
  return table
    .split("\n")
    .filter((line) => line.startsWith("| ") && line !== HEAD[0])
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));
}

function between(page: string, lines: readonly string[]): string {
  if (!RUNS.test(page))
    throw new Error("the page has no place for the table: <!-- runs --> and <!-- /runs -->");
  return page.replace(RUNS, `<!-- runs -->\n${lines.join("\n")}\n<!-- /runs -->`);
}
