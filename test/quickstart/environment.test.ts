import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { synthesize } from "../../lib/synth/synthesize";
import { quickstartEnvironment } from "../../quickstart/environment";
import { STACKS } from "../../quickstart/places";
import { local } from "../../stacks/local";

const environment = quickstartEnvironment({
  context: "kind-leasehold",
  host: "172.18.0.1",
  port: 54_329,
  postgresVersion: 18,
});

test("it is `local` at other addresses, with the two services that are examples", () => {
  const { cluster, databases, services, ...same } = environment;
  expect(local).toMatchObject(same);
  expect(cluster).toMatchObject({ connection: { context: "kind-leasehold" } });
  expect(databases).toMatchObject([
    { name: "shop", host: "172.18.0.1", port: 54_329, tls: { mode: "disable" } },
  ]);
  expect(services.map(({ name, workload: { kind } }) => [name, kind])).toEqual([
    ["orders", "deployment"],
    ["analytics", "cron-job"],
  ]);
  for (const service of services)
    expect(service.access).toEqual(local.services.find(({ name }) => name === service.name)?.access);
});

test("its proof holds, and its stacks are the three that are applied", async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-quickstart-"));
  const { stacks } = await synthesize([environment], path.join(directory, "cdktf.out"));
  fs.rmSync(directory, { recursive: true });
  expect(stacks.map(({ stack }) => stack)).toEqual(STACKS);
});
