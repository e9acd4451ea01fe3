import type { Command } from "commander";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { sourceOf } from "../../cli/source";
import { diffCommand } from "../../proof/cli/diff";
import { blastRadiusCommand, explainCommand, whoCanCommand } from "../../proof/cli/questions";
import { reportCommand } from "../../proof/cli/report";
import type { AccessReports } from "../../proof/report";
import { synthesize } from "../../lib/synth/synthesize";
import { environments } from "../../template/project/stacks";
import { MADE } from "../support/environment";

const source = sourceOf(async () => environments);
let directory: string;
let output: string;
let printed = "";

beforeAll(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-report-"));
  output = path.join(directory, "cdktf.out");
  await synthesize(environments, output, { made: () => MADE });
  jest.spyOn(console, "log").mockImplementation((text: string) => void (printed += `${text}\n`));
  jest.spyOn(process.stdout, "write").mockImplementation((text) => (printed += String(text)) !== "");
});
afterAll(() => {
  jest.restoreAllMocks();
  fs.rmSync(directory, { recursive: true });
  process.exitCode = 0;
});

async function run(command: Command, ...words: string[]): Promise<string> {
  printed = "";
  process.exitCode = 0;
  await command.exitOverride().parseAsync(words, { from: "user" });
  return printed
    .replaceAll(output, "cdktf.out")
    .replace(/^Made: .*$/m, "Made: at some time, from some commit.");
}

const from = () => ["--from", output];

test("report prints the environments that were named, and the comparisons between them", async () => {
  const text = await run(reportCommand(source), "staging", "production", "--format", "json", ...from());
  const { environments: reported, comparisons } = JSON.parse(text) as AccessReports;
  expect(reported.map(({ name }) => name)).toEqual(["staging", "production"]);
  expect(comparisons).toHaveLength(1);
  expect(await run(reportCommand(source), "production", "--format", "csv", ...from())).toMatch(
    /^environment,service,[^\r]*\r\nproduction,/,
  );
});

test("report writes a file, or into a folder", async () => {
  const file = path.join(directory, "new", "page.html");
  expect(await run(reportCommand(source), "--format", "html", "--output", file, ...from())).toBe("");
  expect(fs.readFileSync(file, "utf8")).toMatch(/^<!doctype html>/i);
  await run(reportCommand(source), "--output", directory, ...from());
  expect(fs.readFileSync(path.join(directory, "access.md"), "utf8")).toMatch(/^# Who may reach which table/);
});

test("report on a page tells what has changed since a report of before, of the environments that it is about", async () => {
  const before = path.join(directory, "before.json");
  const saved = fs.readFileSync(path.join(output, "report", "access.json"), "utf8");
  fs.writeFileSync(before, saved.replaceAll('"value": 43200', '"value": 3600'));
  const page = (...words: string[]) => run(reportCommand(source), ...words, "--format", "html", ...from());
  const first = (text: string) => text.replace(/<script[^]*/, "");
  const told = first(await page("production", "--since", before));
  expect(told).toContain("billing&#39;s credentials live 12 h instead of 1 h (production)");
  expect(told).not.toContain("(staging)");
  expect(first(await page("production", "--since", output))).toContain("No change of access");
  expect(first(await page("production"))).not.toContain("What has changed");
  await expect(run(reportCommand(source), "--since", before, ...from())).rejects.toThrow(
    `--since goes with --format html, the page; for changes in other formats: npx leasehold diff ${before}`,
  );
});

test("a report on Terraform that others wrote", async () => {
  expect(await run(reportCommand(source), "--from", "test/fixtures/lint/article")).toMatchSnapshot();
});

test("who-can in JSON says the same for machines", async () => {
  const words = ["delete", "shop.invoices", "production", "--format", "json"];
  const answer = JSON.parse(await run(whoCanCommand(source), ...words, ...from()));
  expect(answer).toMatchObject({
    environment: "production",
    verb: "DELETE",
    table: "shop.invoices",
    anybody: { value: "no" },
    holders: [],
    doubts: [],
  });
  expect(answer.grantors.length).toBeGreaterThan(0);
  words[0] = "update";
  expect(JSON.parse(await run(whoCanCommand(source), ...words, ...from()))).toMatchObject({
    anybody: { value: "yes" },
    holders: [{ table: "shop.public.invoices", service: "billing/billing" }],
  });
});

test("the questions, answered", async () => {
  expect(
    await run(whoCanCommand(source), "DELETE", "shop.invoices", "production", ...from()),
  ).toMatchSnapshot();
  expect(await run(whoCanCommand(source), "update", "invoices", "production", ...from())).toMatchSnapshot();
  expect(
    await run(explainCommand(source), "production", "orders", "orders:UPDATE", ...from()),
  ).toMatchSnapshot();
  expect(await run(explainCommand(source), "production", "shop/orders", "customers:DELETE", ...from())).toBe(
    "shop/orders may not DELETE customers: it may SELECT\n",
  );
  expect(await run(blastRadiusCommand(source), "production", "orders", ...from())).toMatchSnapshot();
  expect(
    await run(whoCanCommand(source), "DELETE", "anything", "article", "--from", "test/fixtures/lint/article"),
  ).toContain("default/app: DELETE on postgres.public.*");
});

test.each<[string, () => Promise<string>, string]>([
  [
    "environment",
    () => run(whoCanCommand(source), "DELETE", "orders", "prod", ...from()),
    'there is no environment "prod"; known: "local", "staging", "production"',
  ],
  [
    "verb",
    () => run(whoCanCommand(source), "READ", "orders", "production", ...from()),
    'there is no verb "READ"; known: SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER',
  ],
  [
    "table",
    () => run(whoCanCommand(source), "SELECT", "order", "production", ...from()),
    'nobody reaches a table "order" in production; tables that somebody reaches: "shop.public.customers"',
  ],
  [
    "service",
    () => run(explainCommand(source), "production", "order", ...from()),
    'there is no service "order"; known: "analytics/analytics", "billing/billing", "shop/orders"',
  ],
  ["path", () => run(reportCommand(source), "--from", "nowhere"), "there is no nowhere"],
  [
    "saved report",
    () => run(reportCommand(source), "--from", "package.json"),
    "package.json is no access report: it has no environments",
  ],
  [
    "base",
    () => run(diffCommand(source), "no-such-ref", output),
    'there is no file, folder or git ref "no-such-ref"',
  ],
])("an unknown %s lists what there is", async (_, asked, message) => {
  await expect(asked()).rejects.toThrow(message);
});

describe("diff", () => {
  const saved = (change: (text: string) => string): string => {
    const file = path.join(directory, "head.json");
    fs.writeFileSync(file, change(fs.readFileSync(path.join(output, "report", "access.json"), "utf8")));
    return file;
  };

  test("says nothing, and ends with 0, where nothing has changed", async () => {
    expect(
      await run(
        diffCommand(source),
        output,
        saved((text) => text),
      ),
    ).toBe("no change of access\n");
    expect(process.exitCode).toBe(0);
  });

  test("reads a saved report from before there were promises, objects and coverage", async () => {
    const old = saved((text) => {
      const { environments, ...rest } = JSON.parse(text) as AccessReports;
      const less = environments.map(({ guarantees, objects, coverage, notLookedAt, ...each }) => each);
      return JSON.stringify({ ...rest, environments: less });
    });
    expect(await run(diffCommand(source), old, output)).toBe("no change of access\n");
    expect(await run(diffCommand(source), output, old)).toBe("no change of access\n");
    expect(await run(reportCommand(source), "--format", "html", "--from", old)).toMatch(/^<!doctype html>/);
  });

  test("reads a synth from before there were reports", async () => {
    const old = path.join(directory, "old");
    fs.cpSync(output, old, { recursive: true });
    // Nor was the output marked then: a mark would name the report, which is not there.
    fs.rmSync(path.join(old, ".leasehold.json"));
    fs.rmSync(path.join(old, "report"), { recursive: true });
    expect(await run(diffCommand(source), old, output)).toBe("no change of access\n");
  });

  test("ends with 4 where access is widened, and with 3 where it is narrowed", async () => {
    const wider = saved((text) => text.replaceAll('"value": 43200', '"value": 86400'));
    expect(await run(diffCommand(source), output, wider)).toBe(
      [
        "opens more:",
        ...["staging", "production"].map(
          (name) => `  billing's credentials live 24 h instead of 12 h (${name})`,
        ),
        "",
      ].join("\n"),
    );
    expect(process.exitCode).toBe(4);
    expect(await run(diffCommand(source), wider, output, "--format", "md")).toContain("**Opens less**");
    expect(process.exitCode).toBe(3);
  });

  test("refuses a report of another version", async () => {
    const next = saved((text) => text.replace('"version": 2', '"version": 1'));
    await expect(run(diffCommand(source), output, next)).rejects.toThrow("this leasehold reads version 2");
  });
});
