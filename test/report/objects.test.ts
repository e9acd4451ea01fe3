import { renderBootstrapSql, type Grant } from "../../lib/postgres";
import {
  accessDiff,
  explain,
  renderDiff,
  REPORT_FORMATS,
  whoCan,
  type AccessReports,
} from "../../proof/report";
import { limits } from "../../proof/rules";
import { reportOnTexts } from "../support/report";
import { readAs } from "../support/report-pages";

const CREATION = `CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`;
const role = (...creation: string[]) => `
resource "vault_mount" "database" {
  path = "database"
  type = "database"
}
resource "vault_database_secret_backend_connection" "shop" {
  backend       = "database"
  name          = "shop"
  allowed_roles = ["orders-shop"]
  postgresql {
    connection_url = "postgres://{{username}}:{{password}}@pg:5432/shop?sslmode=verify-full"
    username       = "vault"
  }
}
resource "vault_database_secret_backend_role" "orders" {
  backend             = "database"
  name                = "orders-shop"
  db_name             = "shop"
  creation_statements = [${creation.map((each) => `"${each}"`).join(", ")}]
}
resource "vault_policy" "orders" {
  name   = "orders"
  policy = "path \\"database/creds/orders-shop\\" { capabilities = [\\"read\\"] }"
}
resource "vault_kubernetes_auth_backend_role" "orders" {
  backend                          = "kubernetes"
  role_name                        = "orders"
  bound_service_account_names      = ["orders"]
  bound_service_account_namespaces = ["shop"]
  token_policies                   = ["orders"]
}`;
const POD = `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/role: orders
        vault.hashicorp.com/agent-inject-secret-shop: database/creds/orders-shop
    spec: { serviceAccountName: orders, containers: [{ name: app, image: "app:1" }] }
`;

const GRANTS: Grant[] = [
  { tables: ["sums"], privileges: ["SELECT", "MAINTAIN"] },
  { sequences: ["order_number"], privileges: ["USAGE"] },
  { functions: ["reserve_stock(int, app.mood[])"], privileges: ["EXECUTE"] },
  { database: ["TEMPORARY"] },
];
const bootstrap = (grants: readonly Grant[]) =>
  renderBootstrapSql({
    environment: "test",
    connection: "shop",
    databaseName: "shop",
    schema: "public",
    login: "vault_admin",
    postgresVersion: 18,
    roles: [{ name: "orders-shop", grants }],
  });

/** The same rights in three forms: declared, granted to a group in somebody's own SQL, and to each credential. */
const FORMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  declared: {
    "main.tf": role(`${CREATION} IN ROLE \\"orders-shop\\"`),
    "shop.sql": bootstrap(GRANTS),
  },
  "granted to a group": {
    "main.tf": role(`${CREATION} IN ROLE \\"orders-shop\\"`),
    "shop.sql": `CREATE ROLE "orders-shop"; GRANT SELECT, MAINTAIN ON public.sums TO "orders-shop";
      GRANT USAGE ON SEQUENCE public.order_number TO "orders-shop"; GRANT TEMP ON DATABASE shop TO "orders-shop";
      GRANT ALL ON PROCEDURE public.reserve_stock(int4, app.mood[]) TO "orders-shop";`,
  },
  "granted to each credential": {
    "main.tf": role(
      CREATION,
      `GRANT SELECT, MAINTAIN ON public.sums TO \\"{{name}}\\"`,
      `GRANT USAGE ON SEQUENCE public.order_number TO \\"{{name}}\\"`,
      `GRANT TEMPORARY ON DATABASE shop TO \\"{{name}}\\"`,
      `GRANT EXECUTE ON FUNCTION public.reserve_stock(integer, app.mood[]) TO \\"{{name}}\\"`,
    ),
  },
};

const reportsOn = async (files: Readonly<Record<string, string>>): Promise<AccessReports> =>
  reportOnTexts({ ...files, "pod.yaml": POD }, limits.strict);

describe.each(Object.entries(FORMS))("objects beside tables, %s", (_form, files) => {
  test("are told with what is on them, and by whom", async () => {
    const reports = await reportsOn(files);
    const [report] = reports.environments;
    expect(
      report?.services[0]?.accesses[0]?.privileges.map(({ object, verb, table }) => [object, verb, table]),
    ).toEqual([
      ["table", "SELECT", "sums"],
      ["table", "MAINTAIN", "sums"],
      ["sequence", "USAGE", "order_number"],
      ["function", "EXECUTE", "reserve_stock(integer, app.mood[])"],
      ["database", "TEMPORARY", "shop"],
    ]);
    expect(report?.tables.map(({ id }) => id)).toEqual(["shop.public.sums"]);
    expect(report?.objects.map(({ object, id }) => `${object} ${id}`)).toEqual([
      "sequence shop.public.order_number",
      "function shop.public.reserve_stock(integer, app.mood[])",
      "database shop",
    ]);
    for (const format of REPORT_FORMATS) {
      const text = readAs(reports, format);
      for (const name of ["sums", "order_number", "reserve_stock(integer, app.mood[])", "TEMPORARY"])
        expect([format, name, text.includes(name)]).toEqual([format, name, true]);
    }
    const html = readAs(reports, "html");
    expect(html).toContain("What a credential may do: 1 table, 3 other objects");
    expect(html).toContain("function</span> shop.public.reserve_stock(integer, app.mood[])");
  });

  test("who-can and explain answer", async () => {
    const [report] = (await reportsOn(files)).environments;
    if (report === undefined) throw new Error("no report");
    expect(whoCan(report, "USAGE", "order_number")).toContain(
      "USAGE on shop.public.order_number in test: 1 holder",
    );
    const execute = whoCan(report, "EXECUTE", "reserve_stock(integer, app.mood[])");
    expect(execute).toContain("app.mood[]) in test: 1 holder\n  shop/orders: EXECUTE");
    expect(execute).toContain(
      "everybody who connects may, unless EXECUTE on the function was revoked from PUBLIC",
    );
    expect(execute).toContain("SECURITY DEFINER does what its owner may");
    expect(whoCan(report, "TEMPORARY", "shop")).toContain("TEMPORARY on shop in test: 1 holder");
    expect(whoCan(report, "UPDATE", "order_number")).toContain("nobody");
    expect(whoCan(report, "EXECUTE", "other()")).toContain("not known");
    const [service] = report.services;
    if (service === undefined) throw new Error("no service");
    expect(explain(report, service, { table: "reserve_stock(integer, app.mood[])" })).toContain(
      'GRANT EXECUTE ON ROUTINE "public"."reserve_stock"(integer, app.mood[]) TO',
    );
    expect(explain(report, service, { table: "shop", verb: "TEMPORARY" })).toContain(
      'GRANT TEMPORARY ON DATABASE "shop" TO',
    );
  });
});

test("the diff says what somebody gains and loses on them", async () => {
  const [less, more] = await Promise.all(
    [GRANTS.slice(0, 1), GRANTS].map((grants) =>
      reportsOn({ ...FORMS["declared"], "shop.sql": bootstrap(grants) }),
    ),
  );
  const text = renderDiff(accessDiff(less as AccessReports, more as AccessReports), "text");
  expect(text).toContain("have USAGE of the sequence shop.order_number");
  expect(text).toContain("EXECUTE the function shop.reserve_stock(integer, app.mood[])");
  expect(text).toContain("create TEMPORARY tables in shop");
});
