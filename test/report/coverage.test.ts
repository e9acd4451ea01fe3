import fs from "node:fs";
import type { Environment } from "../../lib/environment/environment";
import { renderReport, type AccessReports, type EnvironmentReport } from "../../proof/report";
import { PARTS } from "../../proof/report/coverage";
import { HELD, type Held } from "../../proof/report/text";
import { local } from "../../template/project/stacks/local";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { environmentWith, synthesizeAside } from "../support/environment";
import { support } from "../support/people";
import { reportOnTexts } from "../support/report";
import { readAs } from "../support/report-pages";

/** What only reads goes to a replica, and one of the others by a pooler. */
const services = production.services.map((service) => ({
  ...service,
  access: service.access.map(
    (each) =>
      ({ analytics: { ...each, endpoint: "replica" }, orders: { ...each, endpoint: "pooled" } })[
        service.name
      ] ?? each,
  ),
}));

const external: Environment = environmentWith({
  services,
  people: [support],
  vault: {
    mode: "external",
    address: "https://vault.acme.internal:8200",
    transport: { kind: "tls", caCertificate: tlsCa() },
    injector: { kind: "existing" },
    audit: [],
  },
  cluster: { ...production.cluster, caCertificate: tlsCa() },
  // Whose SQL is not run.
  databases: production.databases.map((database) => ({
    ...database,
    postgresVersion: 15,
    endpoints: [
      { name: "replica", kind: "replica", host: "pg-ro.acme.internal" },
      { name: "pooled", kind: "pgbouncer", poolMode: "transaction", host: "pgbouncer.acme.internal" },
    ],
  })),
});

function tlsCa(): string {
  return production.vault.mode === "ha" ? production.vault.tls.caCertificate : "";
}

async function reportsOn(...environments: Environment[]) {
  const { files } = await synthesizeAside(environments);
  const reports = JSON.parse(files["report/access.json"] ?? "") as AccessReports;
  return { files, reports, report: reports.environments[0] as EnvironmentReport };
}

/** The entries of a list below a line of the page. */
function pageList(below: RegExp): string[] {
  const page = fs.readFileSync("docs/proof.md", "utf8");
  const lines = page.slice(page.search(below)).split("\n");
  const first = lines.findIndex((line) => line.startsWith("- "));
  const rest = lines.slice(first);
  return rest.slice(0, rest.indexOf("")).map((line) => line.replace(/^- /, ""));
}

test.each<[Held, RegExp]>([
  ["executed", /^Executed:/m],
  ["modelled", /^Modelled,/m],
  ["assumed", /^## What is assumed/m],
])("docs/proof.md has the list of what is %s, and no other", (held, below) => {
  expect(pageList(below)).toEqual(PARTS.filter((part) => part.held === held).map(({ text }) => text));
});

test("every part is one of some environment, and no environment is told of a part that it has not got", async () => {
  const [all, laptop] = [
    [await reportsOn(production, staging), await reportsOn(external)],
    await reportsOn(local),
  ];
  const told = new Set(
    all.flatMap(({ report }) => (Object.keys(HELD) as Held[]).flatMap((held) => report.coverage[held])),
  );
  expect(PARTS.map(({ text }) => text).filter((text) => !told.has(text))).toEqual([]);
  expect(laptop.report.coverage.assumed.join()).not.toMatch(/out of band|an endpoint|a pooler/);
});

test("a report ends with what it rests on and with what nobody has looked at", async () => {
  const { files, report } = await reportsOn(external);
  expect(report.notLookedAt.join()).toContain("Vault is installed elsewhere");
  for (const [format, heading] of [
    ["md", "Not looked at:"],
    ["html", "What was not looked at</h3>"],
  ] as const) {
    const text = (files[`report/access.${format}`] ?? "").replace(/<script[^]*/, "");
    const places = ["Executed", "Modelled", "Assumed", heading].map((each) => text.lastIndexOf(each));
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    expect(places[0]).toBeGreaterThan(text.lastIndexOf("State"));
    expect(text).toContain("what was rendered is not what is deployed");
  }
});

test("what others wrote is not said to be executed, nor understood", async () => {
  const { environments } = await reportOnTexts({
    "main.tf": `resource "vault_policy" "orders" {
  name   = "orders"
  policy = "path \\"database/creds/orders\\" { capabilities = [\\"read\\"] }"
}`,
  });
  expect(environments[0]?.coverage.executed).toEqual([]);
  expect(environments[0]?.coverage.modelled).toEqual([expect.stringContaining("Vault 1.21")]);
  expect(environments[0]?.notLookedAt[0]).toContain("is understood");
});

test("an external Vault with no audit device in sight has not met what is asked for", async () => {
  const { files, report } = await reportsOn(external);
  const audit = report.guardrails.find(({ guardrail }) => guardrail === "auditDevices");
  expect(audit?.met.value).toBe("not-known");
  expect(files["report/access.md"]).toContain("auditDevices (2) not known (no audit device was read");
  const vault = report.guardrails.find(({ guardrail }) => guardrail === "vault");
  expect(vault?.met.value).toBe("not-known");
});

test("date, commit, cluster and Vault's address stand on every page", async () => {
  const { reports, report } = await reportsOn(environmentWith({}));
  expect(report.vault).toMatchObject({ value: "said", text: expect.stringContaining("https://vault.") });
  for (const format of ["md", "html", "json"] as const)
    for (const text of [
      "2026-01-02T03:04:05Z",
      "0123456789ab",
      "context acme-production",
      "vault.production.acme.internal:8200",
    ])
      expect(
        renderReport(reports, format)
          .replaceAll("<wbr>", "")
          .replace(/<script[^]*/, ""),
      ).toContain(text);
});

test("what was rendered is called rendered, and the word deployed stands in denials alone", async () => {
  const { reports } = await reportsOn(environmentWith({}));
  for (const format of ["md", "html"] as const)
    expect(
      readAs(reports, format)
        .match(/[^.>]*\bdeployed\b/g)
        ?.filter((each) => !/\bnot\b/.test(each)),
    ).toEqual([]);
});
