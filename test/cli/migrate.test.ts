import { migrateCommand } from "../../cli/migrate";
import { environments } from "../../stacks";
import type { Environment } from "../../stacks/environment";

/** The literals of this repository have no service on its way: one of them gets a migration here. */
jest.mock("../../stacks", () => {
  const real = jest.requireActual<{ environments: readonly Environment[] }>("../../stacks");
  const credentials = [
    {
      database: "shop",
      user: "orders_app",
      secret: "orders-database",
      as: { kind: "env", variables: { PGUSER: "username", PGPASSWORD: "password" } },
    },
  ];
  const changed = real.environments.map((environment) => ({
    ...environment,
    services: environment.services.map((service) =>
      service.name === "orders" ? { ...service, migration: { stage: "static", credentials } } : service,
    ),
  }));
  return { ...real, environments: changed };
});

afterEach(() => (process.exitCode = 0));

test("says what the next step changes, in resources and in access", async () => {
  expect(environments[0]?.services[0]?.migration?.stage).toBe("static");
  const printed: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((text: string) => void printed.push(text));
  await migrateCommand().parseAsync(["staging", "orders"], { from: "user" });
  log.mockRestore();
  const text = printed.join("\n");
  expect(text).toContain("orders in staging: static, stage 1 of 5");
  expect(text).toContain("ready for shadow, as far as the literal says");
  expect(text).toMatch(/ {2}\+ vault_policy\.orders_Access_Policy/);
  expect(text).toMatch(/ {2}~ kubernetes_deployment_v1\.orders_Workload/);
  expect(text.split("access:")[1]).toContain("orders");
  expect(process.exitCode).toBe(0);
});
