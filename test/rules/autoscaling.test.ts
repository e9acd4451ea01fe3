import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import { strict } from "../../lib/environment/guardrails";
import { configurationProblems } from "../../lib/environment/problems";
import type { Autoscaling } from "../../lib/service";
import { environmentWith } from "../support/environment";
import { graphOf } from "../support/rules-graph";
import { RenderedEnvironments } from "../support/rules-mutations";
import { leavesOf, mutationsOf, replaced } from "../support/rendered-leaves";
import { production } from "../../template/project/stacks/production";

const [orders] = production.services as [EnvironmentService];
const image = "ghcr.io/acme/orders:1.4.2";
const scaled = (replicas: Autoscaling, more: Partial<EnvironmentService> = {}): Environment =>
  environmentWith({
    guardrails: { ...strict, parity: "any" },
    services: [{ ...orders, ...more, workload: { kind: "deployment", image, replicas } }],
  });
const environment = scaled({ min: 2, max: 6, cpu: 70 });

test("an autoscaler sets the number, and Terraform is not told one", () => {
  const rendered = new RenderedEnvironments([environment]);
  const resources = rendered.stacksOf(environment).flatMap(([, json]) => {
    const { resource = {} } = json as unknown as {
      resource?: Record<string, Record<string, { metadata: object; spec: Record<string, unknown> }>>;
    };
    return Object.entries(resource).flatMap(([type, all]) =>
      Object.values(all).map((body) => ({ type, body })),
    );
  });
  const of = (type: string) => resources.find((each) => each.type === type)?.body;
  expect(of("kubernetes_deployment_v1")?.spec).not.toHaveProperty("replicas");
  expect(of("kubernetes_deployment_v1")).toMatchObject({
    lifecycle: { ignore_changes: [expect.stringContaining("restartedAt")] },
  });
  expect(of("kubernetes_horizontal_pod_autoscaler_v2")).toMatchObject({
    metadata: { name: "orders", namespace: "shop" },
    spec: {
      min_replicas: 2,
      max_replicas: 6,
      scale_target_ref: { api_version: "apps/v1", kind: "Deployment", name: "orders" },
      metric: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", average_utilization: 70 } },
        },
      ],
    },
  });
});

const errorsOf = async (judged: Environment) =>
  (await new RenderedEnvironments([judged]).findingsAfter(judged, () => {})).findings
    .filter(({ severity }) => severity === "error")
    .map(({ rule, message }) => `${rule}: ${message}`);

test("the budget counts the most, the guardrail the fewest", async () => {
  expect(await errorsOf(environment)).toEqual([]);
  expect(await errorsOf(scaled({ min: 1, max: 6, cpu: 70 }))).toEqual([
    "vault/few-replicas: the Deployment has 1 replica, and the guardrail asks for 2",
  ]);
  expect(await errorsOf(scaled({ min: 2, max: 60, cpu: 70 }))).toEqual([
    expect.stringContaining("(60 + 1 surge) × 10"),
  ]);
});

test("the autoscaler of somebody else's Deployment counts as well", async () => {
  const { workloads } = await graphOf({
    "a.yaml": `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: any, namespace: shop }
spec: { minReplicas: 3, maxReplicas: 12, scaleTargetRef: { kind: Deployment, name: orders } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec: { replicas: 4, selector: {}, template: { spec: { containers: [] } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: other }
spec: { replicas: 4, selector: {}, template: { spec: { containers: [] } } }
`,
  });
  expect(workloads.map(({ replicas, fewest, surge }) => [replicas, fewest, surge])).toEqual([
    [12, 3, 6],
    [4, 4, 2],
  ]);
});

test.each<[Autoscaling, string]>([
  [{ min: 0, max: 2, cpu: 1 }, "replicas.min"],
  [{ min: 3, max: 2, cpu: 1 }, "replicas.min"],
  [{ min: 1, max: 1001, cpu: 1 }, "replicas.max"],
  [{ min: 1, max: 2 }, "replicas.cpu"],
  [{ min: 1, max: 2, memory: 0 }, "replicas.memory"],
])("%j is refused at %s", (replicas, property) => {
  expect(configurationProblems([scaled(replicas)]).map((each) => each.property)).toEqual([
    `workload.${property}`,
  ]);
});

test("a canary is a share of a number", () => {
  const credentials = [
    { database: "shop", user: "orders", secret: "db", as: { kind: "file", key: "a.json" } },
  ] as const;
  const migration = { stage: "canary", share: 1, credentials } as const;
  const problems = configurationProblems([scaled({ min: 2, max: 6, cpu: 70 }, { migration })]);
  expect(problems.map(({ property, must }) => `${property} ${must}`)).toContain(
    "migration.stage be a stage that the workload can have: a canary is a share of a number of replicas",
  );
});

/**
 * How far and by what it is scaled: the budget and the guardrail take the numbers as they are. What it is called says
 * nothing: what it scales its target says.
 */
const SURVIVORS = /metadata\.name$|(min|max)_replicas$|average_utilization$|resource\.name$|depends_on\[\]$/;

test("no leaf of an autoscaler can be spoilt without a finding", async () => {
  const rendered = new RenderedEnvironments([environment]);
  const unnoticed: string[] = [];
  for (const [stack, json] of rendered.stacksOf(environment)) {
    const mutations = mutationsOf(leavesOf(json)).filter(
      ({ leaf }) => /horizontal_pod_autoscaler/.test(leaf.pattern) && !SURVIVORS.test(leaf.pattern),
    );
    for (const { leaf, kind, value } of mutations) {
      const rules = await rendered.rulesAfter(environment, (spoilt) =>
        spoilt.change(stack, (each) => replaced(each, leaf.path, value)),
      );
      if (rules?.length === 0) unnoticed.push(`${kind} ${leaf.pattern} to ${JSON.stringify(value)}`);
    }
  }
  expect(unnoticed).toEqual([]);
}, 600_000);

test.each([["a number beside it", (spec: Record<string, unknown>) => void (spec["replicas"] = "4")]])(
  "%s is refused: each apply would take back what was scaled",
  async (_, spoil) => {
    const rendered = new RenderedEnvironments([environment]);
    const rules = await rendered.rulesAfter(environment, (spoilt) =>
      rendered.stacksOf(environment).forEach(([stack]) =>
        spoilt.change(stack, (json) => {
          const copy = structuredClone(json) as unknown as {
            resource?: { kubernetes_deployment_v1?: Record<string, { spec: Record<string, unknown> }> };
          };
          Object.values(copy.resource?.kubernetes_deployment_v1 ?? {}).forEach(({ spec }) => spoil(spec));
          return copy as unknown as typeof json;
        }),
      ),
    );
    expect(rules).toContain("proof/disagreement");
  },
);
