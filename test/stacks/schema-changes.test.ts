import { loadSqlParser } from "../../proof/access";
import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import { inOrder } from "../../lib/environment/order";
import { configurationProblems } from "../../lib/environment/problems";
import { accessDiff, explain, renderDiff, VERBS, whoCan } from "../../proof/report";
import { environmentWith, environmentWithOrders, synthesizeAside } from "../support/environment";
import { RenderedEnvironments, type Spoilt } from "../support/rules-mutations";

const [orders] = environmentWithOrders({}).services as [EnvironmentService];
const schema: EnvironmentService = {
  name: "orders-schema",
  namespace: "shop",
  ttl: { default: "15m", max: "1h" },
  access: [
    {
      database: "shop",
      owner: { role: "shop_owner", reason: "changes the schema at each release" },
      pool: { max: 1 },
    },
  ],
  workload: { kind: "job", image: "ghcr.io/acme/orders:1.4.2", args: ["migrate"] },
};
const waiting: EnvironmentService = { ...orders, after: ["orders-schema"] };
const environment = environmentWith({ services: [waiting, schema] });

beforeAll(loadSqlParser);

test("a Job changes the schema as its owner, and the service waits until it has completed", async () => {
  const { json, findings, files } = await synthesizeAside([environment]);
  expect(findings).toEqual([]);
  const { resource = {} } = json("production");
  const [[id, job]] = Object.entries(resource.kubernetes_job_v1 ?? {}) as [[string, Record<string, unknown>]];
  expect(job).toMatchObject({
    metadata: { name: "orders-schema", namespace: "shop" },
    spec: {
      backoff_limit: 0,
      active_deadline_seconds: 600,
      template: { spec: { restart_policy: "Never", service_account_name: "orders-schema" } },
    },
    wait_for_completion: true,
    timeouts: { create: "690s", update: "690s" },
  });
  const [deployment] = Object.values(resource.kubernetes_deployment_v1 ?? {});
  expect(deployment?.depends_on).toContain(`kubernetes_job_v1.${id}`);
  const roles = Object.values(resource.vault_database_secret_backend_role ?? {});
  const role = roles.find(({ name }) => name === "orders-schema-shop");
  expect(role?.creation_statements).toEqual([
    expect.stringContaining(`IN ROLE "orders-schema-shop";`),
    `ALTER ROLE "{{name}}" SET role TO 'shop_owner';`,
  ]);
  expect((role?.revocation_statements as string[])[1]).toBe("COMMIT; BEGIN;");
  expect(files["bootstrap/production/shop.sql"]).toContain(`INSERT INTO leasehold_owner VALUES
  -- changes the schema at each release
  ('orders-schema-shop', 'shop_owner');`);
});

test("the report says that it acts as the owner, and the diff says so before any verb", async () => {
  const before = environmentWith({ services: [orders] });
  const report = async (each: Environment) => new RenderedEnvironments([each]).reportAfter(each, () => {});
  const [old, now] = [await report(before), await report(environment)];
  const [production] = now.environments as [(typeof now.environments)[0]];
  const service = production.services.find(({ name }) => name === "orders-schema")!;
  expect(
    service.accesses[0]?.privileges.map(({ verb, table, owner, by }) => [verb, table, owner, by]),
  ).toEqual([...VERBS, "ALTER", "DROP", "CREATE"].map((verb) => [verb, "*", "shop_owner", "ownership"]));
  expect(service.accesses[0]?.whole).toEqual({ value: "yes" });
  expect(explain(production, service, {})).toContain(
    "the group role orders-schema-shop may become shop_owner, and its credentials do: they may read, write, change and drop whatever that role owns",
  );
  const answer = whoCan(production, "DELETE", "shop.orders");
  expect(answer).toContain("shop/orders-schema: DELETE on shop.* of shop_owner");
  expect(answer).toContain(
    "shop/orders-schema: its credentials act as the owner, and may grant, if it is one of shop.* of shop_owner",
  );
  const told = renderDiff(accessDiff(old, now), "text");
  expect(told.split("\n").filter((line) => line.includes("shop_owner"))).toEqual([
    "  orders-schema may now act as shop_owner in shop, and change, drop and grant its tables (production)",
    "  orders-schema may now SELECT from, INSERT into, UPDATE, DELETE from, TRUNCATE, use REFERENCES on and use TRIGGER on every table of shop_owner in shop (production)",
  ]);
  expect(accessDiff(now, old).direction).toBe("narrowed");
});

/** Of what acts as the owner: what is spoilt, and the rule that is meant for it. */
test.each<[string, (spoilt: Spoilt) => void, string]>([
  [
    "commit nothing before the sessions are ended",
    (spoilt) =>
      void (actingRole(spoilt).revocation_statements = statements(spoilt).filter(
        (each) => !/COMMIT/.test(each),
      )),
    "sql/login-survives-revocation",
  ],
  [
    "end no session",
    (spoilt) =>
      void (actingRole(spoilt).revocation_statements = statements(spoilt).filter(
        (each) => !/pg_terminate_backend/.test(each),
      )),
    "sql/set-role-without-ending-sessions",
  ],
  [
    "act as a superuser",
    (spoilt) =>
      void (actingRole(spoilt).creation_statements = (actingRole(spoilt).creation_statements as string[]).map(
        (each) => each.replace("shop_owner", "postgres"),
      )),
    "sql/dangerous-membership",
  ],
  [
    "let pods that serve have the credentials",
    (spoilt) => {
      const annotations = spoilt.annotations();
      for (const [key, value] of Object.entries(annotations))
        annotations[key] = String(value).replaceAll("creds/orders-shop", "creds/orders-schema-shop");
    },
    "lifecycle/owner-all-the-time",
  ],
])("%s", async (_, spoil, rule) => {
  const rendered = new RenderedEnvironments([environment]);
  expect(await rendered.rulesAfter(environment, () => {})).toEqual([]);
  expect(await rendered.rulesAfter(environment, spoil)).toContain(rule);
});

const actingRole = (spoilt: Spoilt) =>
  spoilt
    .all("vault_database_secret_backend_role")
    .find(({ name }) => name === "orders-schema-shop") as Record<string, unknown>;
const statements = (spoilt: Spoilt) => actingRole(spoilt).revocation_statements as string[];

test("services are defined behind what they wait for, and otherwise in the order of the literal", () => {
  const named = (name: string, ...after: string[]) => ({ ...schema, name, after });
  const all = [named("c", "b"), named("a"), named("b", "a"), named("d")];
  expect(inOrder(all).map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
});

const refusals = (...services: EnvironmentService[]) =>
  configurationProblems([environmentWith({ services })]).map(
    ({ path, property, must, got }) => `[${path}] '${property}' must ${must}, got ${JSON.stringify(got)}`,
  );

test.each<[string, readonly EnvironmentService[], string]>([
  [
    "nobody",
    [{ ...orders, after: ["order-schema"] }, schema],
    `[production/orders] 'after' must name services of the environment (orders-schema), got "order-schema"`,
  ],
  [
    "pods that run all the time",
    [{ ...schema, after: ["orders"] }, orders],
    `[production/orders-schema] 'after' must name services with a workload of the kind "job": only these complete, got "orders"`,
  ],
  [
    "a Job in another state",
    [waiting, { ...schema, team: "platforms" }],
    `[production/orders] 'after' must name services of the same stack: nothing waits across two states, got "orders-schema"`,
  ],
  [
    "a Job though it is deployed elsewhere",
    [{ ...waiting, workload: { kind: "elsewhere", controller: "Deployment", container: "orders" } }, schema],
    `[production/orders] 'after' must be left out for a workload that is deployed elsewhere: nobody here makes its pods wait, got "orders-schema"`,
  ],
  [
    "itself",
    [{ ...schema, after: ["orders-schema"] }],
    `[production/orders-schema] 'after' must name services that do not wait for this one, got "orders-schema"`,
  ],
])("whoever waits for %s is refused", (_, services, refusal) => {
  expect(refusals(...services)).toEqual([refusal]);
});

test("an owner's access is for pods that end, and has no grants beside it", () => {
  const [access] = schema.access;
  const owner = { role: "shop;owner", reason: "so" };
  const wrong = { ...orders, access: [{ ...access, owner }] } as unknown as EnvironmentService;
  expect(refusals(wrong)).toEqual([
    `[production/orders] 'access[0].owner.role' must be without ";": it stands in a statement, which Vault cuts there, got "shop;owner"`,
    "[production/orders] 'access[0].owner.reason' must say in at least ten characters why the unsafe choice is right here, got \"so\"",
    "[production/orders] 'access[0].owner' must be of pods that end: whoever may change and drop every table must not be there all the time, got \"a workload of the kind deployment\"",
  ]);
  const grants = [{ tables: ["orders"], privileges: ["SELECT"] }];
  const both = { ...orders, access: [{ ...access, grants }] } as unknown as EnvironmentService;
  expect(configurationProblems([environmentWith({ services: [both] })])).toMatchObject([
    {
      property: "services[0].access[0].owner",
      must: "not stand beside the other keys here: it belongs to another form of this object",
    },
  ]);
});

test("a credential that acts as the owner for more than an hour is pointed out", async () => {
  const long = { ...schema, ttl: { default: "1h", max: "8h" } } as EnvironmentService;
  const { findings } = await synthesizeAside([environmentWith({ services: [waiting, long] })]);
  expect(findings.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
    'ttl/owner-for-long: a credential may act as "shop_owner" for 8h',
  ]);
});
