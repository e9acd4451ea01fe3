import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { stepOf } from "../../cli/migrate";
import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import { nextStage } from "../../lib/migration";
import type { Migration, Readiness, StaticCredentials } from "../../lib/service";
import { synthesize } from "../../lib/synth/synthesize";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";

const credentials: readonly StaticCredentials[] = [
  {
    database: "shop",
    user: "orders_app",
    secret: "orders-database",
    as: { kind: "env", variables: { PGUSER: "username", PGPASSWORD: "password" } },
  },
];
const readiness: Readiness = {
  rotation: "follows-file",
  ownership: "owns-nothing",
  longestSession: "30s",
  pooler: "none",
  schemaChanges: "none",
};
const check = { kind: "container", image: "docker.io/library/postgres:17.2-alpine" } as const;

/** Every stage, and those that lack what the next one asks for. */
const STAGES: Readonly<Record<string, Migration>> = {
  static: { stage: "static", credentials, readiness },
  shadow: { stage: "shadow", credentials, check, readiness },
  canary: { stage: "canary", credentials, share: 1, readiness },
  dynamic: { stage: "dynamic", credentials, readiness },
  complete: { stage: "complete" },
  "shadow without answers": { stage: "shadow", credentials, check },
};

function at(environment: Environment, migration: Migration): Environment {
  const services = environment.services
    .filter(({ name }) => name === "orders")
    .map((service) => ({ ...service, migration }));
  return { ...environment, services };
}

let outdir: string;
beforeEach(() => (outdir = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-step-"))));
afterEach(() => fs.rmSync(outdir, { recursive: true }));

const names = Object.keys(STAGES);
const cases = names.flatMap((there) => names.map((here) => [there, here] as const));

test.each(cases)(
  "staging at %s and production at %s: ready for a stage exactly where the synth of it is not refused",
  async (there, here) => {
    const environments = [at(staging, STAGES[there]!), at(production, STAGES[here]!)];
    const stages = Object.fromEntries(
      environments.map(({ name, services }) => [name, { orders: services[0]!.migration!.stage }]),
    );
    const witness = async () => ({ name: "the last synth", stages });
    for (const environment of environments) {
      const service = environment.services[0] as EnvironmentService;
      const { ready, text } = await stepOf(environments, environment, service, {
        shownAs: "cdktf.out",
        witness,
      });
      const migration = nextStage(service);
      if (migration === undefined) {
        expect(ready).toBe(true);
        continue;
      }
      const then = environments.map((each) => (each === environment ? at(environment, migration) : each));
      const refusal = await synthesize(then, outdir, { witness }).then(
        () => undefined,
        (error: Error) => error.message,
      );
      expect([ready, text]).toEqual([
        refusal === undefined,
        expect.stringContaining(`${ready ? "ready" : "not ready"} for ${migration.stage}`),
      ]);
      // Why is told in the words of the synth.
      if (refusal?.includes("ahead-of-predecessor"))
        expect(text).toContain("migration/ahead-of-predecessor: ");
    }
  },
  60_000,
);

const image = "ghcr.io/acme/orders:1.4.2";
const elsewhere = { kind: "elsewhere", container: "app" } as const;

test.each<[string, EnvironmentService["workload"], way: readonly string[]]>([
  ["a Deployment", { kind: "deployment", image, replicas: 3 }, ["shadow", "canary", "dynamic", "complete"]],
  [
    "a Deployment that is scaled",
    { kind: "deployment", image, replicas: { min: 2, max: 4, cpu: 70 } },
    ["shadow", "dynamic", "complete"],
  ],
  ["a Job", { kind: "job", image }, ["shadow", "dynamic", "complete"]],
  [
    "somebody else's Deployment",
    { ...elsewhere, controller: "Deployment", pods: 3 },
    ["shadow", "canary", "dynamic", "complete"],
  ],
  [
    "somebody else's Deployment of nobody knows how many pods",
    { ...elsewhere, controller: "Deployment" },
    ["shadow", "canary", "dynamic", "complete"],
  ],
  [
    "somebody else's StatefulSet",
    { ...elsewhere, controller: "StatefulSet" },
    ["shadow", "dynamic", "complete"],
  ],
])(
  "%s goes the whole way by what each stage proposes, and the synth takes each step",
  async (_, workload, way) => {
    const gone: string[] = [];
    let environment = { ...at(staging, STAGES["static"]!), provenIn: undefined };
    for (;;) {
      const service = { ...environment.services[0]!, workload } as EnvironmentService;
      environment = { ...environment, services: [service] };
      const next = nextStage(service);
      if (next === undefined) break;
      const stages = { staging: { orders: service.migration!.stage } };
      const witness = async () => ({ name: "the last synth", stages });
      const { ready, text } = await stepOf([environment], environment, service, {
        shownAs: "cdktf.out",
        witness,
      });
      expect([ready, text]).toEqual([true, text]);
      environment = { ...environment, services: [{ ...service, migration: next }] };
      await synthesize([environment], outdir, { witness });
      gone.push(next.stage);
    }
    expect(gone).toEqual(way);
  },
  120_000,
);

test("production is not ready while staging has not been there, and is once it has", async () => {
  const step = async (there: string, here: string) => {
    const environments = [at(staging, STAGES[there]!), at(production, STAGES[here]!)];
    const stages = { production: { orders: STAGES[here]!.stage }, staging: { orders: STAGES[there]!.stage } };
    const trial = { shownAs: "cdktf.out", witness: async () => ({ name: "the last synth", stages }) };
    return stepOf(environments, environments[1]!, environments[1]!.services[0]!, trial);
  };
  const refused = await step("static", "static");
  expect(refused.ready).toBe(false);
  expect(refused.text).toContain("not ready for shadow, which a synth refuses:\n");
  expect(refused.text).toContain(
    '  migration/ahead-of-predecessor: "orders" stands at "shadow" here and at "static" in staging; take staging to "shadow" first',
  );
  expect((await step("shadow", "static")).ready).toBe(true);
});

test("a step that was written down and never synthesized is not the one before", async () => {
  const environment = { ...at(staging, STAGES["shadow"]!), provenIn: undefined };
  const witness = async () => ({
    name: "the last synth",
    stages: { staging: { orders: "static" as const } },
  });
  const { ready, text } = await stepOf([environment], environment, environment.services[0]!, {
    shownAs: "cdktf.out",
    witness,
  });
  expect(ready).toBe(false);
  expect(text).toContain('"orders" goes from "static" in the last synth to "canary"');
});
