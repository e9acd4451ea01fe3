import fc from "fast-check";
import { Folder, Names } from "../../proof/report/html/fold";
import { stored } from "../../proof/report/html/store";
import { renderHtml } from "../../proof/report/html";
import { readBack, type Stored } from "../../proof/report/page/read-back";
import { unfolder } from "../../proof/report/page/unfold";
import type { AccessReports, EnvironmentReport } from "../../proof/report";
import { grown, manyServices } from "../support/many-services";
import { reportsOf } from "../support/report-pages";

let few: AccessReports;
let two: AccessReports;
let grownThousand: AccessReports;
beforeAll(async () => {
  few = await reportsOf();
  two = await manyServices(2);
  grownThousand = grown(two, ["production", "staging", "local"], 1000);
});

/** Texts in which names, holes and hashes come up. */
const text = fc.oneof(
  fc.string(),
  fc
    .array(
      fc.constantFrom("orders", "orders-shop", "shop", "¤", "0", "a", "_0123ABCD", "-", ".", "</script>"),
    )
    .map((parts) => parts.join("")),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    tie("list"),
    tie("object"),
  ),
  list: fc.array(tie("any")),
  object: fc.dictionary(
    text.filter((key) => key !== "__proto__"),
    tie("any"),
  ),
})).any;

test("whatever is folded is read back as it was, with any names in its texts", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, fc.array(text))), (things) => {
      const folder = new Folder();
      const refs = things.map(([each, names]) =>
        folder.fold(each, names.length === 0 ? undefined : new Names(names)),
      );
      const read = unfolder(JSON.parse(JSON.stringify(folder.folded())));
      expect(refs.map(read)).toEqual(things.map(([each]) => each));
    }),
    { numRuns: 300 },
  );
});

test("a report is read back as it was", () => {
  for (const reports of [few, grown(two, ["production", "staging"], 3)]) {
    const shown = readBack(JSON.parse(JSON.stringify(stored(reports, null))) as Stored);
    expect(shown.comparisons).toEqual(reports.comparisons);
    for (const environment of reports.environments) {
      const { services, logins, matrix, tables, objects, ...rest } = environment;
      const found = shown.environments.find(({ name }) => name === environment.name);
      expect(found).toMatchObject(rest);
      expect(found?.tables).toEqual([...tables, ...objects]);
      expect(services.map(({ id }) => found?.service(id))).toEqual(services);
    }
  }
});

test("a thing that differs from another one by its names alone adds its names, and little else", () => {
  const folder = new Folder();
  const about = (name: string) => ({ name, text: `${name} reads orders of ${name}`, path: [`a/${name}`] });
  folder.fold(about("orders-service"), new Names(["orders-service"]));
  const before = folder.folded().nodes.length;
  folder.fold(about("billing"), new Names(["billing"]));
  // The name, the list of names, and the node that joins both.
  expect(folder.folded().nodes.length - before).toBe(3);
});

test("three environments of a thousand services are a page below two megabytes", () => {
  expect(grownThousand.environments.map(({ services, tables }) => [services.length, tables.length])).toEqual(
    Array.from({ length: 3 }, () => [1000, 1001]),
  );
  const size = Buffer.byteLength(renderHtml(grownThousand, null));
  expect(size).toBeGreaterThan(500_000);
  expect(size).toBeLessThan(2_000_000);
});

test("hundreds of services that reach the same hundreds of tables are a small page", () => {
  const [environment] = grown(two, ["production"], 230).environments as [EnvironmentReport];
  const [shared] = environment.tables;
  const [service] = environment.services;
  const tables = Array.from({ length: 500 }, (_, index) => ({
    ...shared!,
    id: `shop.public.t${index}`,
    table: `t${index}`,
  }));
  const held = service!.accesses[0]!.privileges[0]!;
  const services = environment.services.map((each) => ({
    ...each,
    accesses: each.accesses.map((access) => ({
      ...access,
      privileges: tables.map(({ table }) => ({
        ...held,
        table,
        statement: `GRANT SELECT ON ${table} TO ${each.name}`,
      })),
    })),
  }));
  const reports = { ...two, environments: [{ ...environment, services, tables }] };
  expect(JSON.stringify(reports).length).toBeGreaterThan(50_000_000);
  expect(Buffer.byteLength(renderHtml(reports, null))).toBeLessThan(1_000_000);
});
