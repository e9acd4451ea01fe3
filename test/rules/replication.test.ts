import type { DeclaredEnvironment, EnvironmentService } from "../../lib/environment/environment";
import { explain, REPORT_FORMATS, whoCan } from "../../proof/report";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { environmentWith, synthesizeAside } from "../support/environment";
import { RenderedEnvironments, type Spoilt } from "../support/rules-mutations";
import { readAs } from "../support/report-pages";

const ROLE = "vault_database_secret_backend_role";
const [orders] = production.services as [EnvironmentService];
const replication = { publications: ["orders_cdc"], reason: "the warehouse follows each order" };
const connector: EnvironmentService = {
  ...orders,
  name: "connector",
  access: [{ database: "shop", grants: [{ tables: ["orders"], privileges: ["SELECT"] }], replication }],
};
const streaming = environmentWith({ services: [orders, connector], guarantees: [] });

const rolesIn = (spoilt: Spoilt) => spoilt.all(ROLE) as { name: string; creation_statements: string[] }[];
const change =
  (service: string, from: string | RegExp, to: string) =>
  (spoilt: Spoilt): void => {
    const role = rolesIn(spoilt).find(({ name }) => name === `${service}-shop`);
    if (role === undefined) throw new Error(`no role of ${service}`);
    const before = role.creation_statements.join();
    role.creation_statements = role.creation_statements.map((text) => text.replace(from, to));
    expect(role.creation_statements.join()).not.toBe(before);
  };

describe("a service that streams changes", () => {
  const rendered = new RenderedEnvironments([streaming]);

  test("is no finding as it is declared, and its credentials alone have REPLICATION", async () => {
    const having: string[] = [];
    const found = await rendered.rulesAfter(streaming, (spoilt) => {
      for (const {
        name,
        creation_statements: [text = ""],
      } of rolesIn(spoilt))
        if (/ REPLICATION\b/.test(text)) having.push(name);
    });
    expect(found).toEqual([]);
    expect(having).toEqual(["connector-shop"]);
  });

  test.each<[string, readonly string[], (spoilt: Spoilt) => void]>([
    [
      "REPLICATION of a service that declares none",
      ["sql/dangerous-attribute", "proof/statement"],
      change("orders", " CONNECTION LIMIT", " REPLICATION CONNECTION LIMIT"),
    ],
    [
      "REPLICATION that is given later",
      ["sql/dangerous-attribute", "proof/statement"],
      (spoilt) =>
        rolesIn(spoilt)
          .find(({ name }) => name === "orders-shop")
          ?.creation_statements.push('ALTER ROLE "{{name}}" REPLICATION;'),
    ],
    ["a declared one that is not given", ["proof/statement"], change("connector", " REPLICATION", "")],
    [
      "a declared one that is taken at once",
      ["proof/statement"],
      change("connector", " REPLICATION", " NOREPLICATION"),
    ],
    [
      "another attribute beside the declared one",
      ["sql/dangerous-attribute", "proof/statement"],
      change("connector", " REPLICATION", " REPLICATION BYPASSRLS"),
    ],
    [
      "a row of another service in the bootstrap SQL",
      ["sql/dangerous-attribute", "proof/statement"],
      (spoilt) =>
        spoilt.sql((sql) =>
          sql.replace("('connector-shop', ARRAY['orders_cdc'])", "('orders-shop', ARRAY['orders_cdc'])"),
        ),
    ],
  ])("%s is found", async (_, rules, spoil) => {
    expect(await rendered.rulesAfter(streaming, spoil)).toEqual(expect.arrayContaining([...rules]));
  });

  test("is never one that reaches no table", async () => {
    const reports = await rendered.reportAfter(streaming, () => {});
    const [report] = reports.environments;
    const service = report?.services.find(({ name }) => name === "connector");
    if (report === undefined || service === undefined) throw new Error("no report");
    // Nobody was granted this one.
    expect(whoCan(report, "SELECT", "payroll")).toContain("shop/connector: SELECT on shop.*");
    expect(whoCan(report, "DELETE", "payroll")).toContain("not known");
    expect(service.whole).toEqual({
      value: "not-known",
      reason: expect.stringContaining(
        "it has REPLICATION, which reads every change in every database of the server",
      ) as unknown,
    });
    expect(explain(report, service, { table: "payroll" })).toContain(
      "the user itself has REPLICATION and reads each change of every table, whatever it is granted",
    );
    expect(report.services.find(({ name }) => name === "orders")?.whole.value).toBe("yes");
    for (const format of REPORT_FORMATS)
      expect([format, readAs(reports, format).includes("REPLICATION")]).toEqual([format, true]);
  });

  test("breaks the promise that only others read a table", async () => {
    const promising: DeclaredEnvironment = {
      ...streaming,
      guarantees: [
        {
          kind: "only",
          services: ["orders"],
          on: { database: "shop", tables: ["payroll"] },
          reason: "salaries are nobody else's",
        },
      ],
    };
    await expect(synthesizeAside([promising])).rejects.toThrow("connector");
  });

  test("differs from one that does not, in the environment before", async () => {
    const before = {
      ...staging,
      services: [
        orders,
        {
          ...connector,
          access: [{ database: "shop", grants: [{ tables: ["orders"], privileges: ["SELECT"] }] }],
        },
      ],
      guarantees: [],
    } as DeclaredEnvironment;
    const after = { ...streaming, provenIn: staging.name };
    expect(await new RenderedEnvironments([before, after]).rulesAfter(after, () => {})).toContain(
      "parity/grants",
    );
  });
});
