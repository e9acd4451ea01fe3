import fs from "node:fs";
import path from "node:path";
import Ajv from "ajv";
import type { AccessReports } from "../../proof/report";
import { environments } from "../../template/project/stacks";
import { synthesizeAside, type Output } from "../support/environment";
import { reportOnFiles } from "../support/report";
import { environmentOf } from "../support/many-services";

let output: Output;
let reports: AccessReports;

beforeAll(async () => {
  output = await synthesizeAside(environments);
  reports = JSON.parse(output.files["report/access.json"] ?? "") as AccessReports;
});

const schema = JSON.parse(fs.readFileSync("docs/report.schema.json", "utf8")) as object;
const validate = new Ajv({ allErrors: true }).compile(schema);

describe.each(["staging", "production"])("the report on %s", (name) => {
  const report = () => reports.environments.find((each) => each.name === name)!;

  test("as services, hop by hop", () => {
    const services = report().services.map(({ id, accesses, migration, opensBesides }) => ({
      id,
      stage: migration.stage,
      opensBesides,
      hops: accesses.flatMap(({ hops }) => hops.map(({ kind, text }) => `${kind}: ${text}`)),
      numbers: accesses.flatMap(({ timeline }) =>
        Object.entries("numbers" in timeline ? timeline.numbers : {}).map(
          ([key, { value, origin }]) => `${key} ${value} (${origin})`,
        ),
      ),
    }));
    expect(services).toMatchSnapshot();
  });

  test("as tables, budget, guardrails and state", () => {
    const { tables, guardrails, state } = report();
    const budgets = report().budgets.map((budget) => ({ ...budget, place: budget.place.address }));
    const shown = tables.map(({ id, reachedBy, grantors }) => ({
      id,
      reachedBy: reachedBy.map(
        (each) => `${each.service} ${each.how} ${JSON.stringify(each.verbs)} by ${each.credsPath}`,
      ),
      grantors: grantors.map(({ who, how }) => `${who}: ${how}`),
    }));
    const met = guardrails.map(
      ({ guardrail, asked, met: each }) => `${guardrail} ${asked}: ${JSON.stringify(each)}`,
    );
    const held = state.arguments.map(({ place, status, text }) => `${place.address} ${status}: ${text}`);
    expect({ shown, budgets, met, held, secrets: state.secrets }).toMatchSnapshot();
  });
});

test("in Markdown and CSV", () => {
  expect(output.files["report/access.md"]).toMatchSnapshot();
  expect(output.files["report/access.csv"]).toMatchSnapshot();
});

describe("the published schema", () => {
  test("describes the report on every environment", () => {
    expect({ valid: validate(reports), errors: validate.errors }).toEqual({ valid: true, errors: null });
  });

  test.each(["article", "awful", "flawless", "modules"])(
    "describes the report on %s, which others wrote",
    async (tree) => {
      const report = await reportOnFiles(path.join("test/fixtures/lint", tree));
      expect({ valid: validate(report), errors: validate.errors }).toEqual({ valid: true, errors: null });
    },
  );

  test("fails if there is something that it does not describe", () => {
    expect(validate({ ...reports, more: 1 })).toBe(false);
    expect(validate({ ...reports, version: 1 })).toBe(false);
  });
});

test("a hundred services are a report that can be sent around", async () => {
  const { files } = await synthesizeAside([environmentOf(100)]);
  const report = JSON.parse(files["report/access.json"] ?? "") as AccessReports;
  expect(report.environments[0]?.services).toHaveLength(100);
  expect(report.environments[0]?.tables).toHaveLength(101);
  expect(report.environments[0]?.matrix.cells).toHaveLength(200);
  expect(validate(report)).toBe(true);
  expect(files["report/access.csv"]?.trim().split("\r\n")).toHaveLength(401);
  expect(files["report/access.json"]?.length).toBeLessThan(3_000_000);
});
