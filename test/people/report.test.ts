import fs from "node:fs";
import Ajv from "ajv";
import { blastRadius, explainPeople, peopleBlastRadius, peopleNamed, whoCan } from "../../proof/report";
import type { AccessReports } from "../../proof/report";
import type { Environment } from "../../lib/environment/environment";
import { environmentWith, synthesizeAside } from "../support/environment";
import { fixers, support, withPeople } from "../support/people";
import { readAs } from "../support/report-pages";

async function reportsOf(environment: Environment): Promise<AccessReports> {
  const { files } = await synthesizeAside([environment]);
  return JSON.parse(files["report/access.json"] ?? "") as AccessReports;
}

let reports: AccessReports;
beforeAll(async () => {
  reports = await reportsOf(withPeople);
});
const report = () => reports.environments[0]!;

test("a report with people is as its schema says, and tells who they are", () => {
  const schema = JSON.parse(fs.readFileSync("docs/report.schema.json", "utf8")) as object;
  const validate = new Ajv({ allowUnionTypes: true, strict: false }).compile(schema);
  expect([validate(reports), validate.errors]).toEqual([true, null]);
  expect(report().people).toMatchObject([
    { id: "people/production-fixers", credentials: 2, writes: fixers.writes!.reason },
    {
      id: "people/production-support",
      credentials: 4,
      writes: null,
      logins: [{ kind: "group", mount: "oidc", name: "shop-support" }],
      accesses: [
        { name: "shop", credsPath: "database/creds/support-shop", ttl: 3600, whole: { value: "yes" } },
      ],
    },
  ]);
  const [budget] = report().budgets;
  expect(budget!.services).toEqual(expect.arrayContaining(["people/production-support"]));
});

test("who can, why, and what a lost credential is worth", () => {
  expect(whoCan(report(), "UPDATE", "orders")).toMatch(
    /people\/production-fixers: UPDATE through fixers-shop, by database\/creds\/fixers-shop and auth\/userpass, user ada and auth\/userpass, user grace\.h/,
  );
  const people = peopleNamed(report(), "support")!;
  const told = explainPeople(people, () => true);
  for (const each of [
    "SELECT on shop.public.orders",
    "auth/oidc has the group shop-support for production-support",
    "the policy opens database/creds/support-shop",
    "for 1h, which nothing renews",
    'GRANT SELECT ON TABLE "public"."orders" TO "support-shop"',
  ])
    expect(told).toContain(each);
  expect(peopleBlastRadius("production", people)).toContain(
    "vault lease revoke -prefix database/creds/support-shop",
  );
  expect(peopleNamed(report(), "orders")).toBeUndefined();
  expect(
    blastRadius(
      report(),
      report().services.find(({ name }) => name === "orders")!,
    ),
  ).not.toContain("support");
});

test.each(["md", "html"] as const)("the report in %s names them", (format) => {
  const text = readAs(reports, format);
  for (const each of ["people/production-support", "shop-support", fixers.writes!.reason])
    expect(text).toContain(each);
});

test("a promise counts people, and may name them", async () => {
  const promise = {
    kind: "only",
    privileges: ["UPDATE"],
    on: { database: "shop", tables: ["orders"] },
    reason: "the auditors were told so",
  } as const;
  const people = [support, fixers];
  await expect(
    synthesizeAside([environmentWith({ people, guarantees: [{ ...promise, services: ["orders"] }] })]),
  ).rejects.toThrow(/people\/production-fixers may UPDATE on shop\.public\.orders/);
  const { findings } = await synthesizeAside([
    environmentWith({ people, guarantees: [{ ...promise, services: ["orders", "fixers"] }] }),
  ]);
  expect(findings).toEqual([]);
});
