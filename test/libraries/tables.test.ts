import { pagesOfClients, textOf } from "../../clients/libraries/clients";
import { rowsIn, withSummary, withTable } from "../../clients/libraries/tables";

const PAGES = pagesOfClients();

test.each(PAGES)("no query of the table of $page has failed, of enough to say so", ({ text }) => {
  const rows = rowsIn(text);
  expect(rows.length).toBeGreaterThan(3);
  expect(rows.filter(([, , , queries, failed]) => Number(queries) < 1_000 || failed !== "0")).toEqual([]);
});

test.each(PAGES.filter(({ name }) => name !== "Python"))(
  "the table of $page is of what it shows",
  ({ text }) => {
    const shown = [...text.matchAll(/^## (.+)\n[^#]*?```/gm)].map(([, heading]) => heading);
    expect(
      rowsIn(text)
        .map(([library]) => library)
        .sort(),
    ).toEqual(shown.sort());
  },
);

test("the page of all clients has the sum of the others", () => {
  const page = textOf("README.md");
  expect(withSummary(page, PAGES)).toBe(page);
});

const page = "before\n<!-- runs -->\n<!-- /runs -->\nafter";
const run = {
  name: "A",
  version: "1",
  lines: 2,
  rotations: 10,
  asked: 5,
  failed: ["x"],
  users: [],
  problems: [],
};
const TABLE = `before
<!-- runs -->
| library | version | lines | queries | failed |
|---|---|---|---|---|
| A | 1 | 2 | 6 | 1 |
<!-- /runs -->
after`;

test("what was run is written between the marks", () => {
  expect(withTable(page, ["A", "B"], [run])).toBe(TABLE);
});

test("what was not run keeps its row, and what is gone loses it", () => {
  const both = withTable(TABLE, ["A", "B"], [{ ...run, name: "B", asked: 9, failed: [] }]);
  expect(rowsIn(both)).toEqual([
    ["A", "1", "2", "6", "1"],
    ["B", "1", "2", "9", "0"],
  ]);
  expect(rowsIn(withTable(both, ["B"], []))).toEqual([["B", "1", "2", "9", "0"]]);
});

test("a sum has what has failed in it", () => {
  const sum = withSummary(page, [{ name: "Go", page: "go/LIBRARIES.md", text: TABLE }]);
  expect(sum).toContain("| [Go](go/LIBRARIES.md) | A 1 | 6 | 1 |\n");
});

test("a page without the marks is told", () => {
  expect(() => withTable("nothing", [], [])).toThrow("the page has no place for the table");
});
