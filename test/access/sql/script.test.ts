import { loadSqlParser } from "../../../proof/access/sql";
import { readScript } from "../../../proof/access/sql/script";
import { environments } from "../../../template/project/stacks";
import { synthesizeAside } from "../../support/environment";

beforeAll(loadSqlParser);

const read = (text: string, line = 0) =>
  readScript(text).statements.map((each) => [
    each.line - line,
    each.text,
    each.actions.map(({ kind }) => kind),
  ]);

test.each<[what: string, text: string, statements: [line: number, text: string][]]>([
  [
    "comments belong to what follows them",
    "-- a; b\nSELECT 1;\n\n  -- é\n  SELECT 2;\n",
    [
      [1, "-- a; b\nSELECT 1"],
      [4, "-- é\n  SELECT 2"],
    ],
  ],
  [
    "nothing between two ends is no statement",
    "SELECT 1;;\n;SELECT 2",
    [
      [1, "SELECT 1"],
      [2, "SELECT 2"],
    ],
  ],
  [
    "a comment in a block",
    "/* a; */ SELECT 1; SELECT 2;",
    [
      [1, "/* a; */ SELECT 1"],
      [1, "SELECT 2"],
    ],
  ],
  [
    "a comment at the end",
    "SELECT 'é;'; -- the end;\n",
    [
      [1, "SELECT 'é;'"],
      [1, "-- the end;\n"],
    ],
  ],
])("%s", (_, text, statements) => {
  expect(readScript(text).statements.map((each) => [each.line, each.text])).toEqual(statements);
});

test("a script that is parsed as a whole comes to what it comes to word by word, as one with a command of psql is read", async () => {
  const { files } = await synthesizeAside(environments);
  const scripts = Object.entries(files).filter(([file]) => file.startsWith("bootstrap/"));
  expect(scripts.length).toBeGreaterThan(1);
  for (const [, text] of scripts) expect(read(text)).toEqual(read(`\\set quiet on\n${text}`, 1));
});
