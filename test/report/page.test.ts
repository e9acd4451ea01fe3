import fc from "fast-check";
import { accessDiff, type AccessReports, type EnvironmentReport } from "../../proof/report";
import { laidOut, type Box, type Drawn, type Edge } from "../../proof/report/page/layout";
import { cellOf, overviewOf, sumOf, type Holder } from "../../proof/report/page/overview";
import { page } from "../../proof/report/page/page";
import { linkTo, routeOf, type Route } from "../../proof/report/page/routes";
import { inOrder, shownReports, type ShownReports } from "../../proof/report/page/shown";
import { firstView, wordsOf, type View } from "../../proof/report/page/view";
import { MADE } from "../support/environment";
import { grown, manyServices } from "../support/many-services";
import { drawnPages, drawnText, reportsOf } from "../support/report-pages";

let few: AccessReports;
let hundred: AccessReports;
let shown: ShownReports;
beforeAll(async () => {
  few = await reportsOf();
  hundred = grown(await manyServices(2), ["production"], 100);
  shown = shownReports(few, null);
});

const home = (changes: Partial<View> = {}): View => ({ ...firstView("production"), ...changes });
const at = (link: string): View => ({ ...firstView(""), route: routeOf(link)! });
const plain = (markup: { text: string }) =>
  markup.text
    .replaceAll("<wbr>", "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
const rowsOf = (markup: { text: string }) =>
  [...markup.text.matchAll(/<tr><th scope="row"><a href="([^"]+)"/g)].map(([, link]) => link);

describe("links", () => {
  test("lead to a service, a table, a part and an environment", () => {
    expect(linkTo("production")).toBe("#production");
    expect(linkTo("production", "part", "findings")).toBe("#production/findings");
    expect(linkTo("production", "service", "shop/orders")).toBe("#production/service/shop/orders");
    expect(linkTo("production", "table", "shop.public.orders")).toBe("#production/table/shop.public.orders");
  });

  test("lead back to what they were made of, whatever the names", () => {
    const kind = fc.constantFrom<Route["kind"]>("service", "table", "beside");
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), kind, fc.string(), (environment, each, id) => {
        expect(routeOf(linkTo(environment, each, id))).toEqual({ environment, kind: each, id });
        expect(linkTo(environment, each, id)).toMatch(/^#[^"<>\s]*$/);
      }),
    );
  });

  test.each(["", "#", "#%", "#/service/a"])("%j is none", (hash) => expect(routeOf(hash)).toBeUndefined());

  test("half a letter is no reason to stop", () => {
    expect(linkTo("\ud800", "table", "a\udfff")).toBe("#%EF%BF%BD/table/a%EF%BF%BD");
  });

  test("of every page lead to a page of the same report", () => {
    for (const reports of [few, hundred]) {
      const all = shownReports(reports, null);
      const pages = drawnPages(reports);
      const links = new Set(
        [...pages.values()].flatMap((text) =>
          [...text.matchAll(/ href="([^"]+)"/g)].map(([, to = ""]) => to),
        ),
      );
      expect(links.size).toBeGreaterThan(20);
      for (const link of links) expect(page(all, at(link)).text).not.toContain("Not here");
    }
  });

  test("a service is found by its name alone where one has it, and what there is not is said", () => {
    expect(plain(page(shown, at("#production/service/orders")))).toContain("service shop/orders");
    expect(plain(page(shown, at("#production/service/nobody")))).toContain(
      "This report does not know a service nobody in production",
    );
    expect(plain(page(shown, at("#elsewhere")))).toContain("does not know an environment elsewhere");
  });
});

describe("the first view", () => {
  test("is production, where changes arrive last", () => {
    expect(few.environments.map(({ name }) => name)).toEqual(["local", "staging", "production"]);
    expect(inOrder(few).map(({ name }) => name)).toEqual(["production", "staging", "local"]);
  });

  test("is production by its name where nobody says what is proven before", () => {
    expect(inOrder({ ...few, comparisons: [] }).map(({ name }) => name)[0]).toBe("production");
  });

  test("says what is wrong before anything else, errors first", () => {
    const text = spoiled(few, (report) => ({
      ...report,
      findings: [finding("b/later", "warning"), finding("a/rule", "error")],
    }));
    expect(text.indexOf("error a/rule")).toBeGreaterThan(text.indexOf("What is wrong"));
    expect(text.indexOf("warning b/later")).toBeGreaterThan(text.indexOf("error a/rule"));
    expect(text.indexOf("Who reaches what")).toBeGreaterThan(text.indexOf("warning b/later"));
  });

  test("of findings of one rule shows a few, and how many there are", () => {
    const findings = Array.from({ length: 90 }, (_, index) => finding("a/rule", "error", `number ${index} `));
    const text = spoiled(few, (report) => ({ ...report, findings }));
    expect(text).toContain("90 findings");
    expect(text).toContain("number 2 ");
    expect(text).not.toContain("number 3 ");
    expect(text).toContain("and 87 more, of 90");
  });

  test("does not say that nothing is wrong where not all was read, or a promise is in doubt", () => {
    const good = /No rule has found anything, every guardrail/;
    const clean = (report: EnvironmentReport): EnvironmentReport => ({
      ...report,
      findings: [],
      guardrails: [],
      guarantees: [],
      doubts: [],
      failures: [],
    });
    expect(spoiled(few, clean)).toMatch(good);
    const unread = { value: "not-known", reason: "a file" } as const;
    expect(spoiled(few, (report) => ({ ...clean(report), readWhole: unread }))).not.toMatch(good);
    const guarantee = { text: "nobody deletes", reason: "so", holds: unread, evidence: [] };
    expect(spoiled(few, (report) => ({ ...clean(report), guarantees: [guarantee] }))).toMatch(
      /1 promise is broken or in doubt nobody deletes: not known: a file/,
    );
    expect(
      spoiled(few, (report) => ({ ...clean(report), failures: [{ file: "a.tf", line: 1, message: "no" }] })),
    ).toMatch(/Not read, so that this report does not speak of it a\.tf: no/);
  });

  test("tells what has changed since a report of before, what opens more first", () => {
    const before = JSON.parse(
      JSON.stringify(few).replaceAll('"verb":"UPDATE"', '"verb":"SELECT"'),
    ) as AccessReports;
    const since = { made: MADE, diff: accessDiff(before, few) };
    const text = plain(page(shownReports(few, since), home()));
    expect(text).toContain("Since the report of 2026-01-02T03:04:05Z, commit 0123456789ab.");
    expect(text).toMatch(/What opens more .*UPDATE/);
    expect(text.indexOf("What has changed")).toBeLessThan(text.indexOf("What is wrong"));
    expect(plain(page(shownReports(few, { made: MADE, diff: accessDiff(few, few) }), home()))).toContain(
      "No change of access",
    );
    expect(plain(page(shown, home()))).not.toContain("What has changed");
  });
});

describe("the overview", () => {
  const overview = (view: View) => overviewOf(shownReports(hundred, null).environments[0]!, view);

  test("is folded by namespace and schema where there are many, and unfolded on demand", () => {
    const all = shownReports(hundred, null);
    expect(rowsOf(page(all, home()))).toEqual([]);
    expect(plain(page(all, home()))).toContain("team-7 3 services S I 4 tables");
    const unfolded = page(all, home({ toggled: new Set(["team:team-7"]) }));
    expect(rowsOf(unfolded)).toEqual(
      [7, 47, 87].map((index) => `#production/service/team-7/service-${index}`),
    );
    const tables = page(all, home({ toggled: new Set(["schema:shop.public"]) }));
    expect(tables.text.match(/<th scope="col"><a /g)).toHaveLength(101);
  });

  test("of several on one table says what one of them may, and is in doubt where all are", () => {
    const holder = (verbs: string[], isDoubtful: boolean): Holder => ({
      id: "a",
      line: null,
      doubt: null,
      cells: new Map([["t", { verbs, isDoubtful }]]),
    });
    const [one, two] = [holder(["UPDATE"], true), holder(["SELECT (id)"], false)];
    expect(cellOf([one, two], "t")).toEqual({ verbs: ["SELECT", "UPDATE"], isDoubtful: false });
    expect(cellOf([one], "t")).toEqual({ verbs: ["UPDATE"], isDoubtful: true });
    expect(cellOf([one, two], "u")).toBeUndefined();
  });

  test("is unfolded at once where there are few", () => {
    expect(rowsOf(page(shown, home()))).toHaveLength(3);
  });

  test("has a table for every table, and a sum that is that of its cells", () => {
    const { teams, schemas } = overview(home());
    const [schema] = schemas;
    for (const { holders } of teams) {
      const sum = sumOf(holders, schema!);
      const reached = schema!.tables.filter(({ id }) => holders.some(({ cells }) => cells.has(id)));
      expect(sum).toEqual({ verbs: ["SELECT", "INSERT"], isDoubtful: false, tables: reached.length });
    }
  });

  test("of a search keeps what has all of its words, and nothing else", () => {
    const found = overview(home({ words: wordsOf("service-42 TABLE") }));
    expect(found.teams.flatMap(({ holders }) => holders.map(({ id }) => id))).toEqual(["team-2/service-42"]);
    expect(found.schemas.flatMap(({ tables }) => tables.map(({ id }) => id))).toEqual([
      "shop.public.table_42",
    ]);
    expect([found.services, found.tables]).toEqual([1, 1]);
    expect(overview(home({ words: ["service-42"], verb: "DELETE" })).services).toBe(0);
    expect(overview(home({ words: ["customers"] })).services).toBe(100);
  });

  test("of a search does not narrow the page of a table that somebody goes to", () => {
    const view = { ...at("#production/table/shop.public.payments"), words: ["payments"] };
    expect(plain(page(shown, view))).toContain("billing/billing");
  });

  test("of a search hides all that does not have its words", () => {
    const text = plain(page(shown, home({ words: ["payments"] })));
    expect(text).toContain("1 service and 1 table of production with these words.");
    expect(text).toContain("billing");
    expect(text).not.toMatch(/analytics|Lease budget|Guardrails|open finding/);
    expect(plain(page(shown, home({ words: ["nothing-like-it"] })))).toContain(
      "Nobody and nothing with these words.",
    );
  });
});

describe("a layout", () => {
  const graph = fc
    .record({
      count: fc.integer({ min: 1, max: 9 }),
      seed: fc.array(
        fc.tuple(fc.nat(99), fc.nat(99), fc.constantFrom("", "SELECT", "SELECT INSERT UPDATE DELETE")),
      ),
    })
    .map(({ count, seed }) => {
      const nodes: Drawn[] = Array.from({ length: count }, (_, index) => ({
        id: `${index}`,
        kind: "table",
        name: "x".repeat((index * 7) % 30),
      }));
      // From a lower number to a higher one: no circles.
      const edges = new Map<string, Edge>();
      for (const [a, b, text] of seed) {
        const [from, to] = [a % count, b % count].sort((x, y) => x - y) as [number, number];
        if (from !== to) edges.set(`${from} ${to}`, { from: `${from}`, to: `${to}`, text });
      }
      return { nodes, edges: [...edges.values()] };
    });

  const isInside = (box: Box, x: number, y: number) =>
    x > box.x + 0.01 && x < box.x + box.width - 0.01 && y > box.y && y < box.y + box.height;

  test("has no box over another one, and all of them in the picture", () => {
    fc.assert(
      fc.property(graph, ({ nodes, edges }) => {
        const { boxes, width, height } = laidOut(nodes, edges);
        expect(boxes).toHaveLength(nodes.length);
        boxes.forEach((box, index) => {
          expect(box.x).toBeGreaterThanOrEqual(0);
          expect(box.y).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width).toBeLessThanOrEqual(width);
          expect(box.y + box.height).toBeLessThanOrEqual(height);
          for (const other of boxes.slice(index + 1))
            expect(
              box.x + box.width <= other.x ||
                other.x + other.width <= box.x ||
                box.y + box.height <= other.y + 0.01 ||
                other.y + other.height <= box.y + 0.01,
            ).toBe(true);
        });
      }),
    );
  });

  test("has every edge run around the boxes, from the right of one to the left of the other", () => {
    fc.assert(
      fc.property(graph, ({ nodes, edges }) => {
        const { boxes, lines } = laidOut(nodes, edges);
        const boxOf = (id: string) => boxes.find(({ node }) => node.id === id)!;
        for (const { edge, from, to, crossings } of lines) {
          const [start, end] = [boxOf(edge.from), boxOf(edge.to)];
          expect(from[1]).toBeGreaterThanOrEqual(start.y);
          expect(from[1]).toBeLessThanOrEqual(start.y + start.height);
          expect(to[0]).toBeCloseTo(end.x);
          expect(to[1]).toBeGreaterThanOrEqual(end.y);
          expect(to[1]).toBeLessThanOrEqual(end.y + end.height);
          // A bend stays between its ends; between bends an edge is level.
          const bends = crossings.flatMap(([[x, y], [toX, toY]]) =>
            Array.from({ length: 21 }, (_, index): [number, number] => [
              x + ((toX - x) * index) / 20,
              y + ((toY - y) * index) / 20,
            ]),
          );
          const points: (readonly [number, number])[] = [from, ...bends, to];
          points.slice(1).forEach(([x, y], index) => {
            const [beforeX] = points[index]!;
            for (const part of [0.25, 0.5, 0.75, 1])
              for (const box of boxes)
                if (box !== start && box !== end)
                  expect(isInside(box, beforeX + (x - beforeX) * part, y)).toBe(false);
          });
        }
      }),
    );
  });

  test("has edges at the same box apart, so that their texts are", () => {
    const nodes = ["a", "b", "c", "d"].map((id): Drawn => ({ id, kind: "role", name: id }));
    const edges = ["a", "b", "c"].map((from): Edge => ({ from, to: "d", text: "SELECT" }));
    const ends = laidOut(nodes, edges).lines.map(({ to }) => to[1]);
    expect(new Set(ends.map(Math.round)).size).toBe(3);
  });
});

describe("the graph of a service", () => {
  test("says the verbs at each table", () => {
    const { text } = page(shown, at("#production/service/orders"));
    const labels = [...text.matchAll(/class="small" [^>]*text-anchor="end">([^<]+)</g)].map(
      ([, label]) => label,
    );
    expect(labels).toEqual(["SELECT", "SELECT INSERT UPDATE", "SELECT INSERT UPDATE"]);
  });

  test("of a table that many reach has a box for each namespace", () => {
    const { text } = page(shownReports(hundred, null), at("#production/table/shop.public.customers"));
    expect(text.match(/class="node"/g)).toHaveLength(41);
    expect(text).toContain(">team-3<");
  });
});

/** Tags with the names of their attributes: what a text must not add to. */
const skeleton = (text: string) =>
  text
    .replaceAll("<wbr>", "")
    .match(/<[^>]*>/g)
    ?.map((tag) => tag.replace(/"[^"]*"/g, '""'))
    .join("");

test("whatever the texts of a report are, they stay texts in all that a browser draws", () => {
  const evil = fc.array(
    fc.constantFrom(
      "<",
      ">",
      '"',
      "'",
      "&",
      "&lt;",
      "</script>",
      "<!--",
      "<img src=x onerror=alert(1)>",
      "${1}",
      "`",
      "¤",
      "a",
    ),
    { minLength: 1, maxLength: 6 },
  );
  const json = JSON.stringify({ ...few, environments: few.environments.slice(2) });
  const spoil = (by: string) =>
    JSON.parse(json.replaceAll("invoices", JSON.stringify(`invoices${by}`).slice(1, -1))) as AccessReports;
  const expected = skeleton(drawnText(spoil("x")));
  fc.assert(
    fc.property(evil, (parts) => {
      expect(skeleton(drawnText(spoil(parts.join(""))))).toBe(expected);
    }),
    { numRuns: 30 },
  );
});

function spoiled(reports: AccessReports, change: (report: EnvironmentReport) => EnvironmentReport): string {
  const environments = reports.environments.map((each) => (each.name === "production" ? change(each) : each));
  return plain(page(shownReports({ ...reports, environments }, null), home()));
}

function finding(
  rule: string,
  severity: "error" | "warning",
  message = "it is so",
): EnvironmentReport["findings"][number] {
  return {
    rule,
    severity,
    resource: "a.b",
    path: null,
    file: "a.tf",
    line: null,
    message,
    why: "because",
    fix: "mend it",
    evidence: [],
    waived: null,
    waiver: null,
    services: [],
  };
}
