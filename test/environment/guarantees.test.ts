import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import type { Guarantee } from "../../lib/environment/guarantees";
import { configurationProblems } from "../../lib/environment/problems";
import { environmentWith } from "../support/environment";
import { RenderedEnvironments } from "../support/rules-mutations";

const reason = "finance relies on it";
const orders = environmentWith({}).services.find(({ name }) => name === "orders") as EnvironmentService;
const [database] = environmentWith({}).databases as [Environment["databases"][number]];

const service = (name: string, tables: string[], privileges: string[], more = {}): EnvironmentService =>
  ({
    ...orders,
    name,
    namespace: name,
    ...more,
    access: [{ database: "shop", grants: [{ tables, privileges }] }],
  }) as never;

const paying = service("paying", ["payments"], ["SELECT", "INSERT", "DELETE"]);
const reading = service("reading", ["payments", "orders"], ["SELECT"], { team: "shop" });
const environment = (guarantees: Guarantee[], changes: Partial<Environment> = {}) =>
  environmentWith({ services: [paying, reading], guarantees, ...changes });

const on = { database: "shop", tables: ["payments"] };

async function judged(
  guarantees: Guarantee[],
  changes: Partial<Environment> = {},
  others: Environment[] = [],
) {
  const own = environment(guarantees, changes);
  expect(configurationProblems([own, ...others])).toEqual([]);
  const { findings } = await new RenderedEnvironments([own, ...others]).findingsAfter(own, () => {});
  return findings.filter(({ rule }) => !rule.startsWith("vault/"));
}

test.each<[string, Guarantee]>([
  ["only one deletes", { kind: "only", services: ["paying"], privileges: ["DELETE"], on, reason }],
  ["nobody truncates", { kind: "only", services: [], privileges: ["TRUNCATE"], on, reason }],
  ["another table", { kind: "only", services: [], on: { database: "shop", tables: ["salaries"] }, reason }],
  [
    "another schema",
    { kind: "never", who: { team: "shop" }, on: { database: "shop", schema: "payroll" }, reason },
  ],
  [
    "one never writes",
    { kind: "never", who: { services: ["reading"] }, privileges: ["INSERT", "DELETE"], on, reason },
  ],
  ["nobody is an owner", { kind: "owner", services: [], database: "shop", reason }],
  ["writers live a day", { kind: "lifetime", longest: "24h", privileges: ["INSERT"], on, reason }],
])("a promise that holds: %s", async (_, guarantee) => {
  expect(await judged([guarantee])).toEqual([]);
});

test.each<[string, Guarantee, RegExp]>([
  [
    "two select",
    { kind: "only", services: ["paying"], privileges: ["SELECT"], on, reason },
    /^it does not hold that only paying may SELECT on payments of shop: reading\/reading may SELECT on shop\.public\.payments through reading-shop, by database\/creds\/reading-shop$/,
  ],
  [
    "a team reads",
    { kind: "never", who: { team: "shop" }, on: { database: "shop" }, reason },
    /no service of the team shop may do anything on a table of shop: .*reading may SELECT on shop\.public\.orders.*; .*payments/,
  ],
  [
    "writers live longer",
    { kind: "lifetime", longest: "1h", privileges: ["DELETE"], on, reason },
    /no credential that may DELETE on payments of shop lives longer than 1h: credentials of paying\/paying live 1d, by database\/creds\/paying-shop/,
  ],
])("a promise that is broken: %s", async (_, guarantee, message) => {
  const [found, ...more] = await judged([{ ...guarantee, reason: "somebody else" + reason }]);
  expect(more).toEqual([]);
  expect(found).toMatchObject({
    rule: "guarantee/broken",
    severity: "error",
    resource: "guarantees[0]",
    message: expect.stringMatching(message),
    why: expect.stringContaining(reason),
  });
});

test("who acts as an owner may do everything, and is told", async () => {
  const schema = {
    ...orders,
    name: "schema",
    ttl: { default: "15m", max: "1h" },
    access: [{ database: "shop", owner: { role: "shop_owner", reason: "it changes the schema" } }],
    workload: { kind: "job", image: "ghcr.io/acme/schema:1.0.0" },
  } as unknown as EnvironmentService;
  const services = [paying, reading, schema];
  const held = await judged([{ kind: "owner", services: ["schema"], database: "shop", reason }], {
    services,
  });
  expect(held).toEqual([]);
  const broken = await judged(
    [
      { kind: "owner", services: [], database: "shop", reason },
      { kind: "only", services: ["paying"], privileges: ["DELETE"], on, reason },
    ],
    { services },
  );
  expect(broken.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
    expect.stringMatching(
      /^guarantee\/broken: .*nobody acts as an owner in shop: shop\/schema acts as shop_owner/,
    ),
    expect.stringMatching(/^guarantee\/broken: .*only paying may DELETE.*schema may DELETE/),
  ]);
});

test("beside a static password nothing is promised: nobody knows what it opens", async () => {
  const migration = {
    stage: "static",
    credentials: [
      {
        database: "shop",
        user: "old",
        secret: "old-db",
        as: { kind: "env", variables: { PGPASSWORD: "p" } },
      },
    ],
  } as const;
  const services = [paying, { ...reading, migration } as EnvironmentService];
  const guarantee: Guarantee = { kind: "only", services: ["paying"], privileges: ["DELETE"], on, reason };
  const found = await judged([guarantee], {
    services,
    guardrails: { ...environmentWith({}).guardrails, parity: "any" },
  });
  expect(found.find(({ rule }) => rule.startsWith("guarantee/"))).toMatchObject({
    rule: "guarantee/not-proven",
    message: expect.stringMatching(
      /^whether only paying may DELETE on payments of shop is not known: .*reading/,
    ),
  });
  // Of itself it is not in doubt.
  const own: Guarantee = { ...guarantee, services: ["paying", "reading"] };
  expect((await judged([own], { services })).filter(({ rule }) => rule.startsWith("guarantee/"))).toEqual([]);
});

test("another environment's database is another one, or the promise is broken", async () => {
  const other = (changes: object) =>
    environmentWith({
      name: "other",
      services: [],
      databases: [{ ...database, username: "vault_other", ...changes }],
      vault: {
        ...environmentWith({}).vault,
        ...{ authPath: "k8s-other", mountPath: "other", audit: [] },
        terraform: { address: "https://vault.other.internal:8200" },
      } as Environment["vault"],
      cluster: { ...environmentWith({}).cluster, connection: { kind: "kubeconfig", context: "other" } },
      state: { kind: "s3", bucket: "other", region: "eu-west-1" },
    });
  const guarantee: Guarantee = { kind: "apart", from: "other", reason };
  const rules = async (others: Environment[]) =>
    (await judged([guarantee], {}, others))
      .filter(({ rule }) => rule.startsWith("guarantee/"))
      .map(({ rule, message }) => `${rule}: ${message}`);
  expect(await rules([other({ host: "pg.other.internal" })])).toEqual([]);
  expect(await rules([other({})])).toEqual([
    expect.stringMatching(
      /^guarantee\/broken: .*leads to pg\.acme\.internal:5432\/shop, which is a database of other$/,
    ),
  ]);
  expect(await rules([])).toEqual([
    expect.stringMatching(/^guarantee\/not-proven: .*other is not in this output/),
  ]);
});

test("names that are nobody's promise nothing, and are refused together", () => {
  const guarantees: Guarantee[] = [
    { kind: "only", services: ["payin"], on: { database: "shp", tables: [] }, reason: "short" },
    { kind: "never", who: { team: "nobody" }, on: { database: "shop", tables: ["public.x"] }, reason },
    { kind: "never", who: { services: [] }, on: { database: "shop" }, reason },
    { kind: "owner", services: ["x"], database: "y", reason },
    { kind: "apart", from: "production", reason },
  ];
  const problems = configurationProblems([environment(guarantees)]);
  expect(problems.map(({ property }) => property)).toEqual(
    expect.arrayContaining([
      "guarantees[0].reason",
      "guarantees[0].services",
      "guarantees[0].on.database",
      "guarantees[0].on.tables",
      "guarantees[1].who.team",
      "guarantees[1].on.tables[0]",
      "guarantees[2].who.services",
      "guarantees[3].services",
      "guarantees[3].database",
      "guarantees[4].from",
    ]),
  );
  const soon: Guarantee = { kind: "lifetime", longest: "soon" as never, on: { database: "shop" }, reason };
  expect(configurationProblems([environment([soon])])).toMatchObject([{ property: "guarantees[0].longest" }]);
});

test("the report says what was promised, and whether it holds", async () => {
  const own = environment([{ kind: "only", services: ["paying"], privileges: ["SELECT"], on, reason }]);
  const { environments } = await new RenderedEnvironments([own]).reportAfter(own, () => {});
  expect(environments[0]?.guarantees).toEqual([
    {
      text: "only paying may SELECT on payments of shop",
      reason,
      holds: { value: "no" },
      evidence: [expect.stringContaining("reading may SELECT")],
    },
  ]);
});
