import * as fc from "fast-check";
import {
  accessDiff,
  blastRadius,
  explain,
  renderDiff,
  renderReport,
  REPORT_FORMATS,
  whoCan,
  type AccessReports,
  type EnvironmentReport,
} from "../../proof/report";
import { counted } from "../../proof/report/words";
import { limits } from "../../proof/rules";
import { reportOnTexts } from "../support/report";
import { readAs } from "../support/report-pages";

const reportOn = async (files: Readonly<Record<string, string>>): Promise<EnvironmentReport> =>
  (await reportOnTexts(files, limits.strict)).environments[0]!;
const metBy = ({ guardrails }: EnvironmentReport, name: string) =>
  guardrails.find(({ guardrail }) => guardrail === name)?.met;

const role = (statement: string) => `
resource "vault_mount" "db" {
  path = "database"
  type = "database"
}
resource "vault_database_secret_backend_role" "orders" {
  backend             = "database"
  name                = "orders"
  db_name             = "shop"
  default_ttl         = 3600
  max_ttl             = 86400
  creation_statements = ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' ${statement}"]
}
resource "vault_policy" "orders" {
  name   = "orders"
  policy = "path \\"database/creds/orders\\" { capabilities = [\\"read\\"] }"
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
  replicas: 2
  template:
    metadata:
      labels: { leasehold/service: orders, leasehold/credentials: CREDENTIALS }
    spec:
      serviceAccountName: orders
      containers: [{ name: app, image: "app:1" }]
`;

describe("a guardrail is met only where something was judged and all of it is so", () => {
  test("nothing was read: nothing is met, and each says what was not there", async () => {
    const report = await reportOn({ "main.tf": 'variable "unused" {}' });
    expect(report.guardrails.filter(({ met }) => met.value !== "not-known")).toEqual([]);
    expect(report.state.secrets.value).toBe("not-known");
    expect(report.readWhole.value).toBe("not-known");
    expect(whoCan(report, "SELECT", "orders")).toMatch(/^SELECT on orders in test: not known/);
  });

  test("a Vault that is installed elsewhere has audit devices that nobody sees here", async () => {
    const report = await reportOn({ "main.tf": role("IN ROLE orders_rw;") });
    expect(metBy(report, "auditDevices")).toEqual({
      value: "not-known",
      reason: "no audit device was read, and Vault is installed elsewhere",
    });
    expect(metBy(report, "maxTtl")).toEqual({ value: "yes" });
    expect(metBy(report, "replicas")?.value).toBe("not-known");
  });

  test("a value that only an apply knows is no value that is right", async () => {
    const text = `variable "ttl" { type = number }${role("IN ROLE orders_rw;").replace("= 86400", "= var.ttl")}`;
    const report = await reportOn({ "main.tf": text });
    expect(metBy(report, "maxTtl")).toMatchObject({ value: "not-known" });
    expect(JSON.stringify(metBy(report, "maxTtl"))).toContain("max_ttl is ${var.ttl}");
  });
});

describe("nobody is nobody only where everything is known", () => {
  const answer = async (files: Readonly<Record<string, string>>, verb = "DELETE", table = "orders") =>
    whoCan(await reportOn(files), verb, table);

  test("the grants of a group that no file describes", async () => {
    const files = { "main.tf": role("IN ROLE orders_rw;") };
    expect(await answer(files)).toContain("DELETE on orders in test: not known");
    expect(await answer(files)).toContain("a member of orders_rw, and no SQL that was read says");
    const known = { ...files, "grants.sql": "CREATE ROLE orders_rw; GRANT SELECT ON orders TO orders_rw;" };
    expect(await answer(known)).toContain("DELETE on shop.orders in test: nobody");
    expect(await answer(known, "SELECT")).toContain("SELECT on shop.orders in test: 1 holder");
  });

  test.each<[string, string, string]>([
    [
      "a role in a role",
      "CREATE ROLE orders_rw; CREATE ROLE r; GRANT r TO orders_rw; GRANT DELETE ON orders TO r;",
      "1 holder",
    ],
    ["ownership", "CREATE ROLE orders_rw; ALTER TABLE orders OWNER TO orders_rw;", "1 holder"],
    ["everybody", "CREATE ROLE orders_rw; GRANT DELETE ON orders TO PUBLIC;", "1 holder"],
    ["a role of PostgreSQL's", "CREATE ROLE orders_rw; GRANT pg_write_all_data TO orders_rw;", "1 holder"],
    [
      "ALTER GROUP",
      "CREATE ROLE orders_rw; CREATE ROLE r; ALTER GROUP r ADD USER orders_rw; GRANT DELETE ON orders TO r;",
      "1 holder",
    ],
    [
      "what is taken back",
      "CREATE ROLE orders_rw; GRANT DELETE ON orders TO orders_rw; REVOKE ALL ON orders FROM orders_rw;",
      "nobody",
    ],
    [
      "all but one table",
      "CREATE ROLE orders_rw; GRANT DELETE ON ALL TABLES IN SCHEMA public TO orders_rw; REVOKE DELETE ON public.orders FROM orders_rw;",
      "nobody",
    ],
    [
      "a block",
      "CREATE ROLE orders_rw; DO $$ BEGIN GRANT DELETE ON orders TO orders_rw; END $$;",
      "1 holder",
    ],
    [
      "a block with a condition",
      "CREATE ROLE orders_rw; DO $$ BEGIN IF now() > '2000-01-01' THEN GRANT DELETE ON orders TO orders_rw; END IF; END $$;",
      "not known",
    ],
    [
      "SQL that is put together",
      "CREATE ROLE orders_rw; DO $$ DECLARE t text; BEGIN FOR t IN SELECT 'x' LOOP EXECUTE 'GRANT ALL ON ' || t || ' TO orders_rw'; END LOOP; END $$;",
      "not known",
    ],
    [
      "default privileges",
      "CREATE ROLE orders_rw; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT DELETE ON TABLES TO orders_rw;",
      "not known",
    ],
    ["psql's includes", "CREATE ROLE orders_rw;\n\\i more.sql\n", "not known"],
    [
      "psql's settings and data",
      "\\set ON_ERROR_STOP on\nCREATE ROLE orders_rw;\nCOPY t FROM stdin;\n1\t2\n\\.\nGRANT DELETE ON orders TO orders_rw;",
      "1 holder",
    ],
  ])("%s", async (_, sql, expected) => {
    const text = await answer({ "main.tf": role("IN ROLE orders_rw;"), "grants.sql": sql });
    expect(text.split("\n")[0]).toMatch(new RegExp(`in test: ${expected}`));
  });

  test("what an owner may beside: ALTER, DROP, and CREATE where the schema is its own", async () => {
    const sql =
      "CREATE ROLE orders_rw; ALTER TABLE orders OWNER TO orders_rw; GRANT CREATE ON SCHEMA public TO orders_rw;";
    const files = { "main.tf": role("IN ROLE orders_rw;"), "grants.sql": sql };
    for (const verb of ["ALTER", "DROP", "CREATE"])
      expect(await answer(files, verb, "orders")).toContain(": 1 holder");
  });

  test("two files of which one takes what the other gives", async () => {
    const files = {
      "main.tf": role("IN ROLE orders_rw;"),
      "a.sql": "CREATE ROLE orders_rw; GRANT DELETE ON orders TO orders_rw;",
      "b.sql": "REVOKE DELETE ON orders FROM orders_rw;",
    };
    expect(await answer(files)).toContain("the order of the files is not said");
  });
});

test("a service that lives on a static password is in every answer about a table", async () => {
  const files = {
    "main.tf": role("IN ROLE orders_rw;"),
    "grants.sql": "CREATE ROLE orders_rw; GRANT SELECT ON orders TO orders_rw;",
    "pod.yaml": POD.replace("CREDENTIALS", "static"),
  };
  const report = await reportOn(files);
  const [service] = report.services;
  expect(service?.whole.value).toBe("not-known");
  expect(whoCan(report, "DELETE", "orders")).toContain("not known");
  expect(whoCan(report, "DELETE", "orders")).toContain(
    "shop/orders: it lives on a password that never changes",
  );
  expect(explain(report, service!, { table: "orders", verb: "DELETE" })).toContain(
    "whether shop/orders may DELETE orders is not known",
  );
  expect(blastRadius(report, service!)).toContain("asks for no leased credentials");
  const reports = await reportOnTexts(files);
  for (const format of REPORT_FORMATS) expect(readAs(reports, format)).toContain("never changes");
  expect(readAs(reports, "html")).not.toMatch(/\b0 tables|no verbs/);
  expect(readAs(reports, "html")).not.toContain("Contract</h3>");
});

test("a diff says what neither side knows, and a doubt that is new opens more", async () => {
  const known = "CREATE ROLE orders_rw; GRANT SELECT ON orders TO orders_rw;";
  const files = (sql: string) => reportOnTexts({ "main.tf": role("IN ROLE orders_rw;"), "grants.sql": sql });
  const [clear, doubtful] = [await files(known), await files(`${known} CALL fill();`)];
  expect(accessDiff(clear, doubtful).direction).toBe("widened");
  expect(renderDiff(accessDiff(doubtful, doubtful), "text")).toContain(
    "no change of access in what is known",
  );
  expect(renderDiff(accessDiff(doubtful, doubtful), "text")).toContain("a procedure is called");
});

test("two reports of different days and commits say the same", async () => {
  const report = await reportOnTexts({ "main.tf": role("IN ROLE orders_rw;") });
  const later: AccessReports = {
    ...report,
    made: {
      at: { value: "said", text: "2030-01-01T00:00:00Z" },
      commit: { value: "not-known", reason: "no git checkout" },
    },
  };
  expect(accessDiff(report, later).changes).toEqual([]);
  expect(renderReport(later, "md")).toContain(
    "Made: 2030-01-01T00:00:00Z. Commit: not known: no git checkout.",
  );
  for (const format of ["html", "md"] as const)
    expect(readAs(later, format)).toContain("not from what is deployed");
});

/** A count and a noun that does not fit it, in any text that people read. */
const WRONG =
  /(?<![\d.,/-])(?:1 (?:[a-z]+ )?(?:tables|services|pods|findings|guardrails|holders|files|modules|values|ways|renewals)\b|(?:0|2|[3-9]|\d{2,}) (?:open |waived )?(?:table|service|pod|finding|guardrail|holder|file|module|value|way)\b)/;

test("no text has a plural that does not fit its number", async () => {
  const count = fc.integer({ min: 0, max: 2 });
  await fc.assert(
    fc.asyncProperty(count, count, count, async (tables, services, replicas) => {
      const names = Array.from({ length: tables }, (_, index) => `GRANT SELECT ON t${index} TO orders_rw;`);
      const pods = Array.from({ length: services }, (_, index) =>
        POD.replaceAll("orders", `orders${index}`)
          .replace("CREDENTIALS", "static")
          .replace("replicas: 2", `replicas: ${replicas}`),
      );
      const files = {
        "main.tf": role("IN ROLE orders_rw;"),
        "grants.sql": `CREATE ROLE orders_rw; ${names.join(" ")}`,
        "pods.yaml": pods.join("---\n"),
      };
      const reports = await reportOnTexts(files);
      const [report] = reports.environments as [EnvironmentReport];
      const texts = [
        ...(["html", "md"] as const).map((format) => readAs(reports, format)),
        whoCan(report, "SELECT", "t0"),
        ...report.services.flatMap((each) => [blastRadius(report, each), explain(report, each, {})]),
      ];
      for (const text of texts)
        expect(
          WRONG.exec(text.replace(/<(style|script)>[^]*?<\/\1>/g, "").replace(/<[^>]+>/g, ""))?.[0],
        ).toBeUndefined();
    }),
    { numRuns: 27 },
  );
});

test.each([
  [0, "0 pods"],
  [1, "1 pod"],
  [2, "2 pods"],
])("%d", (count, text) => expect(counted(count, "pod")).toBe(text));
