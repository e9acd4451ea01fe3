import fs from "node:fs";
import path from "node:path";
import { tablesOf, trackedFiles } from "../support/pages";

const PAGE = "docs/troubleshooting.md";
const OWN = "leasehold's text";

/** What can say something to somebody: tests, benches and what applications use cannot. */
const SOURCES = trackedFiles("*.ts")
  .filter((file) => !/^(test|e2e|bench|clients|examples)\//.test(file))
  .map((file) => fs.readFileSync(path.resolve(__dirname, "../..", file), "utf8"));

/** What the page quotes of leasehold: the first column of the tables that say so. */
function quoted(): string[] {
  const cells = tablesOf(PAGE)
    .filter(({ head }) => head[0] === OWN)
    .flatMap(({ rows }) => rows.map(([first = ""]) => first));
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text));
}

/** `…` is what differs from time to time; what stands around it is said in one breath. */
function isSaid(text: string): boolean {
  const parts = text.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(parts.join("[^\\n]*?"));
  return SOURCES.some((source) => pattern.test(source));
}

test("every text that the page quotes of leasehold is one that leasehold says", () => {
  const texts = quoted();
  expect(texts.length).toBeGreaterThan(40);
  expect(texts.filter((text) => text.replaceAll("…", "").trim().length < 8)).toEqual([]);
  expect(texts.filter((text) => !isSaid(text))).toEqual([]);
});

test("a text that a source does not say is noticed", () => {
  expect(isSaid("there is nothing in …; run a synth first: npm run synth")).toBe(true);
  expect(isSaid("there is nothing in …; run the synth first")).toBe(false);
});

test("every row of a table of the page has all of its cells", () => {
  for (const { heading, head, rows } of tablesOf(PAGE))
    for (const row of rows)
      expect({ heading, row, empty: row.filter((cell) => cell === "").length }).toEqual({
        heading,
        row: expect.objectContaining({ length: head.length }),
        empty: 0,
      });
});
