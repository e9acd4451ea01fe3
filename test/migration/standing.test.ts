import { nextStage, resourceChanges, standing } from "../../lib/migration";
import { literal } from "../../lib/migration/literal";
import type { Migration, ServiceDeclaration } from "../../lib/service";
import { orders } from "../support/service-fixtures";

const credentials = [
  {
    database: "shop",
    user: "orders_app",
    secret: "orders-database",
    as: { kind: "env", variables: { PGUSER: "username", PGPASSWORD: "password" } },
  },
] as const;
const readiness = {
  rotation: "follows-file",
  ownership: "owns-nothing",
  longestSession: "30s",
  pooler: "none",
  schemaChanges: "none",
} as const;

const at = (migration: Migration): ServiceDeclaration => ({ ...orders, migration });

test("proposes one step at a time, from the first stage to the last", () => {
  let service = at({ stage: "static", credentials, readiness });
  const stages: string[] = [];
  for (let next = nextStage(service); next !== undefined; next = nextStage(service)) {
    expect(standing("production", service, []).ready).toBe(true);
    stages.push(next.stage);
    service = at(next);
  }
  expect(stages).toEqual(["shadow", "canary", "dynamic", "complete"]);
  expect(standing("production", service, []).text).toContain(
    "npx leasehold retire-sql production shop orders_app",
  );
});

test("a Job goes from shadow to dynamic", () => {
  const workload = { kind: "cron-job", image: "ghcr.io/acme/orders:1.4.2", schedule: "15 * * * *" } as const;
  const shadow = { stage: "shadow", credentials, check: { kind: "application" } } as const;
  expect(nextStage({ ...orders, workload, migration: shadow })).toMatchObject({ stage: "dynamic" });
});

test("says what is in the way, what to look at, and the exact change", () => {
  const { text, ready } = standing(
    "production",
    at({
      stage: "shadow",
      credentials,
      check: { kind: "application" },
      readiness: { rotation: "follows-file" },
    }),
    ['migration/ahead-of-predecessor: "orders" stands at "canary" here and at "static" in staging'],
  );
  expect(ready).toBe(false);
  expect(text).toMatchSnapshot();
});

test("a service without a migration is done", () => {
  expect(standing("production", orders, [])).toEqual({
    ready: true,
    text: "orders in production: complete, stage 5 of 5\n\nnothing is left to do",
  });
});

test("tells resources apart by address and content", () => {
  const before = { resource: { a: { same: { n: 1 }, other: { n: 1 }, gone: {} } } };
  const after = { resource: { a: { same: { n: 1 }, other: { n: 2 } }, b: { young: {} } } };
  expect(resourceChanges(JSON.stringify(before), JSON.stringify(after))).toEqual({
    added: ["b.young"],
    changed: ["a.other"],
    removed: ["a.gone"],
  });
});

test("the literal is TypeScript of the same value", () => {
  const value = { stage: "canary", share: 1, credentials, readiness, "a-b": [] };

  expect(new Function(`return ${literal(value)}`)()).toEqual(value);
});
