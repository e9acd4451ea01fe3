import os from "node:os";
import path from "node:path";
import { migrateCommand } from "../../cli/migrate";
import type { Environment } from "../../lib/environment/environment";
import type { StaticCredentials } from "../../lib/service";
import { environments as examples } from "../../template/project/stacks";

const credentials: readonly StaticCredentials[] = [
  {
    database: "shop",
    user: "orders_app",
    secret: "orders-database",
    as: { kind: "env", variables: { PGUSER: "username", PGPASSWORD: "password" } },
  },
];
/** The example environments have no service on its way: one of them gets a migration here. */
const environments = examples.map((environment): Environment => ({
  ...environment,
  services: environment.services.map((service) =>
    service.name === "orders" ? { ...service, migration: { stage: "static", credentials } } : service,
  ),
}));

// What the checkout's last synth says is none of a test's business.
process.env["CDKTF_OUTDIR"] = path.join(os.tmpdir(), "leasehold-no-such-output");
afterEach(() => (process.exitCode = 0));

test("says what the next step changes, in resources and in access", async () => {
  const printed: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((text: string) => void printed.push(text));
  await migrateCommand(async () => environments).parseAsync(["staging", "orders"], { from: "user" });
  log.mockRestore();
  const text = printed.join("\n");
  expect(text).toContain("orders in staging: static, stage 1 of 5");
  expect(text).toContain("ready for shadow, as far as the literals and the last synth say");
  expect(text).toMatch(/ {2}\+ vault_policy\.orders_Access_Policy/);
  expect(text).toMatch(/ {2}~ kubernetes_deployment_v1\.orders_Workload/);
  expect(text.split("access:")[1]).toContain("orders");
  const commands = text
    .split('cluster: { namespaces: { kind: "create", except: ["shop"] } }\n')[1]
    ?.split("\n");
  expect(
    commands?.map((command) => command.replace(/ +#.*/, "").replaceAll(/_[0-9A-F]{8} /g, "_ID ")),
  ).toEqual([
    "  kubectl -n shop delete deployment orders --cascade=orphan",
    "  terraform -chdir=cdktf.out/stacks/staging import kubernetes_service_account_v1.orders_Access_ServiceAccount_ID shop/orders",
    "  terraform -chdir=cdktf.out/stacks/staging import kubernetes_service_v1.orders_Workload_Service_ID shop/orders",
    "  terraform -chdir=cdktf.out/stacks/staging apply",
    "  kubectl -n shop delete replicaset -l app=orders",
  ]);
  expect(process.exitCode).toBe(0);
});
