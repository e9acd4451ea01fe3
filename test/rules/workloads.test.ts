import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import { strict } from "../../lib/environment/guardrails";
import { environmentWith } from "../support/environment";
import { leavesOf, mutationsOf, replaced } from "../support/rendered-leaves";
import { graphOf } from "../support/rules-graph";
import { RenderedEnvironments } from "../support/rules-mutations";
import { production } from "../../template/project/stacks/production";

const image = "ghcr.io/acme/orders:1.4.2";
const reason = "it holds a lock that there is once";
const [orders] = production.services as [EnvironmentService];
const deployment = { kind: "deployment", image, replicas: 4 } as const;
const claims = [{ name: "data", mountPath: "/data", size: "10Gi", storageClass: "fast" }];

const environmentOf = (workload: EnvironmentService["workload"]): Environment =>
  environmentWith({ services: [{ ...orders, workload }], guardrails: { ...strict, parity: "any" } });

async function ruled(workload: EnvironmentService["workload"]): Promise<string[]> {
  const environment = environmentOf(workload);
  const { findings } = await new RenderedEnvironments([environment]).findingsAfter(environment, () => {});
  return findings
    .filter(({ severity }) => severity === "error")
    .map(({ rule, message }) => `${rule}: ${message}`);
}

describe("the guardrail on replicas", () => {
  test("is about each StatefulSet as about each Deployment", async () => {
    expect(await ruled({ kind: "stateful-set", image, replicas: 1 })).toEqual([
      "vault/few-replicas: the StatefulSet has 1 replica, and the guardrail asks for 2",
    ]);
    expect(await ruled({ kind: "stateful-set", image, replicas: 2 })).toEqual([]);
  });

  test("is about the pods that are left while others are replaced", async () => {
    expect(await ruled({ ...deployment, strategy: { kind: "recreate", reason } })).toEqual([
      "vault/few-replicas: all of its pods end before a new one starts (Recreate), and the guardrail asks for 2 replicas so that one of them answers",
    ]);
    expect(await ruled({ ...deployment, strategy: { kind: "rolling", maxUnavailable: "100%" } })).toEqual([
      "vault/few-replicas: all 4 of its pods may be missing at once (maxUnavailable), and the guardrail asks for 2 replicas so that one of them answers",
    ]);
    expect(await ruled({ ...deployment, strategy: { kind: "rolling", maxUnavailable: 4 } })).toHaveLength(1);
    expect(await ruled({ ...deployment, strategy: { kind: "rolling", maxUnavailable: 3 } })).toEqual([]);
    expect(await ruled({ ...deployment, strategy: { kind: "rolling", maxUnavailable: "99%" } })).toEqual([]);
  });

  test("is not about one pod on each node", async () => {
    expect(await ruled({ kind: "daemon-set", image, nodes: 1 })).toEqual([]);
  });
});

describe("what the lease budget counts", () => {
  async function counted(kind: string, head: string, nodes?: number): Promise<unknown> {
    const manifest = `apiVersion: apps/v1
kind: ${kind}
metadata: { name: orders, namespace: shop${nodes === undefined ? "" : `, annotations: { leasehold/pods: "${nodes}" }`} }
spec:
${head}
  template:
    spec: { containers: [{ name: orders }] }
`;
    const { workloads } = await graphOf({ "orders.yaml": manifest });
    return workloads.map(({ replicas, surge }) => [replicas, surge])[0];
  }

  test.each([
    ["Deployment", "  replicas: 8", undefined, [8, 4]],
    ["Deployment", "  replicas: 8\n  strategy: { type: Recreate }", undefined, [8, 0]],
    [
      "Deployment",
      "  replicas: 8\n  strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }",
      undefined,
      [8, 1],
    ],
    // Old ones that may be missing end while new ones start.
    [
      "Deployment",
      "  replicas: 8\n  strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 3 } }",
      undefined,
      [8, 3],
    ],
    [
      "Deployment",
      "  replicas: 5\n  strategy: { rollingUpdate: { maxSurge: 50%, maxUnavailable: 50% } }",
      undefined,
      [5, 5],
    ],
    ["StatefulSet", "  replicas: 8", undefined, [8, 0]],
    ["DaemonSet", "  selector: {}", undefined, [undefined, 0]],
    ["DaemonSet", "  selector: {}", 12, [12, 0]],
    ["DaemonSet", "  selector: {}\n  updateStrategy: { rollingUpdate: { maxSurge: 25% } }", 12, [12, 3]],
    // A patch for what somebody else deploys, and a number that tells another one away.
    ["Deployment", "", 6, [6, 3]],
    ["Deployment", "  replicas: 8\n  strategy: { type: Recreate }", 2, [8, 0]],
  ] as const)("of a %s with %j and %s pods told", async (kind, head, nodes, expected) => {
    expect(await counted(kind, head, nodes)).toEqual(expected);
  });
});

/** What of a workload is spoilt without a finding, and why that is right. */
const SURVIVORS: readonly RegExp[] = [
  // The application's: where and how much it stores, and in which class.
  /volume_mount\[\]\.mount_path$/,
  /volume_claim_template\[\]\.spec\.(storage_class_name|resources\.requests\.storage)$/,
  // How long Terraform waits, as long as it waits.
  /timeouts\.(create|update)$/,
  // A number of pods, which the budget takes as it is.
  /\.replicas$|leasehold\/pods$|max_(surge|unavailable)$/,
  // Names and reasons.
  /leasehold\/recreate$|depends_on\[\]$/,
];

describe.each<[string, EnvironmentService["workload"], type: RegExp]>([
  [
    "a StatefulSet",
    { kind: "stateful-set", image, replicas: 3, port: 8080, volumeClaimTemplates: claims },
    /^resource\.kubernetes_(stateful_set|service)_v1/,
  ],
  ["a DaemonSet", { kind: "daemon-set", image, nodes: 3, port: 8080 }, /^resource\.kubernetes_daemon_set_v1/],
  [
    "a Deployment with a strategy",
    { ...deployment, strategy: { kind: "rolling", maxSurge: 0, maxUnavailable: 1 } },
    /^resource\.kubernetes_deployment_v1.*strategy/,
  ],
  [
    "a Deployment that is recreated",
    { ...deployment, replicas: 2, strategy: { kind: "recreate", reason } },
    /^resource\.kubernetes_deployment_v1.*(strategy|recreate)/,
  ],
])("%s", (_, workload, ofType) => {
  test("has no leaf that can be spoilt without a finding", async () => {
    const environment = {
      ...environmentOf(workload),
      guardrails: { ...strict, replicas: 1, parity: "any" as const },
    };
    const rendered = new RenderedEnvironments([environment]);
    const unnoticed: string[] = [];
    for (const [stack, json] of rendered.stacksOf(environment)) {
      const mutations = mutationsOf(leavesOf(json)).filter(
        ({ leaf }) =>
          ofType.test(leaf.pattern) &&
          // The pods are those of a Deployment, of which each leaf is tried elsewhere.
          (!/\.template\./.test(leaf.pattern) || /fs_group|volume_mount/.test(leaf.pattern)) &&
          !SURVIVORS.some((each) => each.test(leaf.pattern)),
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
});

describe("what pods have beside the application", () => {
  const other = { name: "warm", image: "ghcr.io/acme/warm:1" };
  const environment = environmentOf({
    ...deployment,
    pod: {
      annotations: { "prometheus.io/scrape": "true" },
      volumes: [{ kind: "claim", name: "shared", mountPath: "/srv", claim: "shared" }],
      initContainers: [{ ...other, databases: "all" }],
      sidecars: [{ ...other, name: "proxy" }],
    },
  });
  const rendered = new RenderedEnvironments([environment]);

  /* eslint-disable @typescript-eslint/no-explicit-any -- the JSON of Terraform, spoilt by hand */
  const SPOILT: readonly (readonly [string, (template: any) => void, rule: string])[] = [
    [
      "an annotation of a service mesh",
      ({ metadata }) => (metadata.annotations["sidecar.istio.io/inject"] = "true"),
      "proof/annotation",
    ],
    [
      "a volume over the agent's directory",
      ({ spec }) => (spec.container[1].volume_mount[0].mount_path = "/vault/secrets"),
      "proof/mounts",
    ],
    [
      "a volume over the contract",
      ({ spec }) => spec.container[0].volume_mount.push({ name: "shared", mount_path: "/etc/leasehold" }),
      "proof/mounts",
    ],
    ["storage of another group", ({ spec }) => (spec.security_context.fs_group = "4711"), "proof/mounts"],
    [
      "the agent's token in a sidecar",
      ({ spec }) =>
        spec.container[1].volume_mount.push({ name: "vault-token", mount_path: "/token", read_only: true }),
      "proof/mounts",
    ],
    [
      "a directory of the node",
      ({ spec }) => spec.volume.push({ name: "node", host_path: { path: "/" } }),
      "proof/not-understood",
    ],
    [
      "an init container that runs as root",
      ({ spec }) => (spec.init_container[0].security_context.run_as_user = "0"),
      "proof/not-understood",
    ],
    [
      "a database's password in a sidecar",
      ({ spec }) =>
        spec.container[1].env.push({
          name: "PGPASSWORD",
          value_from: { secret_key_ref: { name: "db", key: "password" } },
        }),
      "secrets/static-database-password",
    ],
    [
      "all keys of a Secret",
      ({ spec }) => (spec.container[1].env_from = [{ secret_ref: { name: "db" } }]),
      "proof/not-understood",
    ],
    [
      "an init container that is told of another database",
      ({ spec }) =>
        (spec.init_container[0].env.find(({ name }: any) => name === "LEASEHOLD_SHOP_HOST").value = "other"),
      "proof/contract",
    ],
    [
      "a sidecar that is told of a contract which it does not have",
      ({ spec }) => spec.container[1].env.push({ name: "LEASEHOLD_SHOP_HOST", value: "other" }),
      "proof/contract",
    ],
    [
      "a name of the agent's",
      ({ spec }) => (spec.init_container[0].name = "vault-agent-init"),
      "lifecycle/name-taken",
    ],
    ["two containers of one name", ({ spec }) => (spec.container[1].name = "warm"), "proof/mounts"],
  ];

  test.each(SPOILT)("%s is refused", async (_, spoil, rule) => {
    const found = await rendered.rulesAfter(environment, (spoilt) =>
      rendered.stacksOf(environment).forEach(([stack]) =>
        spoilt.change(stack, (json: any) => {
          const copy = structuredClone(json);
          for (const each of Object.values<any>(copy.resource?.kubernetes_deployment_v1 ?? {}))
            spoil(each.spec.template);
          return copy;
        }),
      ),
    );
    expect(found).toContain(rule);
  });
  /* eslint-enable */

  test("is nothing that the proof has something against", async () => {
    const { findings } = await rendered.findingsAfter(environment, () => {});
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });
});
