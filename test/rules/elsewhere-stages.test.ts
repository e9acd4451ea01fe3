import { parse } from "yaml";
import type { EnvironmentService } from "../../lib/environment/environment";
import { strict } from "../../lib/environment/guardrails";
import {
  elsewhereManifests,
  serviceProblems,
  type ElsewhereWorkload,
  type Migration,
  type ServiceProps,
} from "../../lib/service";
import { production } from "../../template/project/stacks/production";
import { environmentWith } from "../support/environment";
import { RenderedEnvironments } from "../support/rules-mutations";
import { elsewhere, orders } from "../support/service-fixtures";

const [service] = production.services as [EnvironmentService];
const asEnv = { kind: "env", variables: { PGUSER: "username", PGPASSWORD: "password" } } as const;
const asFile = { kind: "file", key: "shop.json" } as const;
const readiness = {
  rotation: "follows-file",
  ownership: "owns-nothing",
  longestSession: "30s",
  pooler: "none",
  schemaChanges: "none",
} as const;
const check = { kind: "container", image: "docker.io/library/postgres:17.2-alpine" } as const;
const at = (stage: "static" | "shadow" | "canary" | "dynamic", as: typeof asEnv | typeof asFile = asEnv) =>
  ({
    stage,
    credentials: [{ database: "shop", user: "orders_app", secret: "orders-database", as }],
    readiness,
    ...(stage === "shadow" && { check }),
    ...(stage === "canary" && { share: 2 }),
  }) as Migration;

async function findingsOf(workload: Partial<ElsewhereWorkload>, migration: Migration) {
  const own = { ...elsewhere, container: "app", pods: 5, ...workload } as ElsewhereWorkload;
  const environment = environmentWith({
    services: [{ ...service, workload: own, migration }],
    guardrails: { ...strict, parity: "any" },
  });
  const { findings } = await new RenderedEnvironments([environment]).findingsAfter(environment, () => {});
  return findings;
}

const STAGES = ["static", "shadow", "dynamic"] as const;
const CONTROLLERS = ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"] as const;

test.each([
  ...CONTROLLERS.flatMap((controller) =>
    STAGES.flatMap((stage) => [
      [controller, stage, asEnv] as const,
      ...(controller === "Deployment" ? [[controller, stage, asFile] as const] : []),
    ]),
  ),
  ["Deployment", "canary", asEnv] as const,
  ["Deployment", "canary", asFile] as const,
])("the proof has nothing against somebody else's %s at %s", async (controller, stage, as) => {
  const findings = await findingsOf({ controller }, at(stage, as));
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(findings.some(({ rule }) => rule === "migration/static-credentials")).toBe(stage !== "dynamic");
});

test("one that stays is counted as debt, with its day", async () => {
  const stays = { reason: "a vendor's image that reads its password at the start", until: "2999-12-31" };
  const findings = await findingsOf({}, { ...at("static"), stays } as Migration);
  const [debt] = findings.filter(({ rule }) => rule === "migration/static-credentials");
  expect(debt?.message).toMatch(/stay on it until 2999-12-31: a vendor's image/);
});

const propsOf = (migration: Migration, workload: Partial<ElsewhereWorkload> = {}): ServiceProps => ({
  ...orders,
  workload: { ...elsewhere, ...workload } as ElsewhereWorkload,
  migration,
});
interface Patch {
  readonly metadata: { readonly name: string; readonly annotations: Record<string, string> };
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Record<string, string> };
      readonly spec: {
        readonly containers: readonly { readonly name: string; readonly command?: string[] }[];
      };
    };
  };
}
const patchesOf = (props: ServiceProps) =>
  elsewhereManifests(props)
    .filter(({ fileName }) => !fileName.endsWith(".values.yaml"))
    .map(({ fileName, content }) => ({ fileName, content, patch: parse(content) as Patch }));

describe("a canary of somebody else's", () => {
  test("is two patches, of which the second is of a copy that they make", () => {
    const patches = patchesOf(propsOf(at("canary"), { pods: 5 }));
    expect(
      patches.map(({ fileName, patch: { metadata, spec } }) => [
        fileName,
        metadata.name,
        metadata.annotations["leasehold/pods"],
        spec.template.metadata.labels["leasehold/credentials"],
      ]),
    ).toEqual([
      ["orders-canary.yaml", "orders-canary", "2", "dynamic"],
      ["orders.yaml", "orders", "3", "static"],
    ]);
    expect(patches[0]?.content).toMatch(/copy of the workload under this name, with 2 replicas/);
    expect(patches[0]?.content).toMatch(/Secret orders-database: PGUSER, PGPASSWORD\./);
    expect(patches[1]?.content).not.toMatch(/Take out/);
  });

  const problemsOf = (migration: Migration, workload: Partial<ElsewhereWorkload>) =>
    serviceProblems(propsOf(migration, workload)).map(({ property, must }) => `${property} must ${must}`);

  test("needs pods to share out, and a number where nobody says how many there are", () => {
    expect(problemsOf(at("canary"), {})).toEqual([]);
    expect(problemsOf({ ...at("canary"), share: "25%" } as Migration, {})).toEqual([
      "migration.share must be a number of pods where nobody says how many there are in all",
    ]);
    expect(problemsOf({ ...at("canary"), share: "25%" } as Migration, { pods: 4 })).toEqual([]);
    expect(problemsOf(at("canary"), { pods: 2 })).toHaveLength(1);
    expect(problemsOf(at("canary"), { pods: 1 })).toEqual([
      "migration.stage must be a stage that the workload can have: a canary needs two pods",
    ]);
    expect(problemsOf(at("canary"), { controller: "StatefulSet" })).toHaveLength(1);
  });
});

test("the check of a shadow stands beside the application, all the time where that runs all the time", () => {
  const commandOf = (controller: ElsewhereWorkload["controller"]) => {
    const [first] = patchesOf(propsOf(at("shadow"), { controller }));
    return first?.patch.spec.template.spec.containers[1]?.command?.join(" ");
  };
  expect(commandOf("StatefulSet")).toMatch(/while :; do/);
  expect(commandOf("Job")).not.toMatch(/while :; do/);
  const values = elsewhereManifests(propsOf(at("shadow"))).find(({ fileName }) =>
    fileName.endsWith(".values.yaml"),
  );
  expect(parse(values?.content ?? "")).toMatchObject({ extraContainers: [{ name: "credentials-check" }] });
});
