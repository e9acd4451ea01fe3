import { formatProblem } from "../../lib/core";
import { shapeProblems } from "../../lib/core/shape";
import {
  planService,
  podTemplate,
  serviceProblems,
  serviceSchema,
  workloadAnnotations,
  type DeploymentWorkload,
  type OwnWorkload,
  type PodPatchOperation,
  type ServiceProps,
} from "../../lib/service";
import { terraformPod } from "../../lib/service/pod/terraform";
import { orders } from "../support/service-fixtures";

const reason = "the resolver asks for every name four times";
const deployment: DeploymentWorkload = {
  kind: "deployment",
  image: "ghcr.io/acme/orders:1.4.2",
  replicas: 2,
};
const propsOf = (
  operations: readonly PodPatchOperation[],
  more: Partial<ServiceProps> = {},
): ServiceProps => ({
  ...orders,
  ...more,
  workload: { ...deployment, podPatch: { reason, operations } },
});
const problemsOf = (props: ServiceProps) =>
  serviceProblems(props).map((each) => formatProblem({ ...each, path: "p" }).slice("[p] ".length));
function templateOf(props: ServiceProps) {
  const plan = planService(props);
  return podTemplate(plan, plan.workload as OwnWorkload);
}
const add = (path: string, value: unknown): PodPatchOperation => ({ op: "add", path, value });
const addVariable = (variable: object) => add("/spec/containers/0/env/-", variable);
const replace = (field: string, value: unknown): PodPatchOperation => ({
  op: "replace",
  path: `/spec/containers/0${field}`,
  value,
});

test("is applied in order, and its reason stands on the workload", () => {
  const props = propsOf([
    add("/spec/dnsConfig", {}),
    add("/spec/dnsConfig/options", [{ name: "ndots", value: "2" }]),
    { op: "test", path: "/spec/containers/0/name", value: "orders" },
    { op: "replace", path: "/spec/terminationGracePeriodSeconds", value: 40 },
    { op: "remove", path: "/spec/topologySpreadConstraints" },
    add("/metadata/annotations/acme.com~1owner", "shop"),
    add("/spec/containers/0/env/-", { name: "LOG_LEVEL", value: "debug" }),
  ]);
  expect(problemsOf(props)).toEqual([]);
  const { metadata, spec } = templateOf(props);
  expect(spec).toMatchObject({
    dnsConfig: { options: [{ name: "ndots", value: "2" }] },
    terminationGracePeriodSeconds: 40,
  });
  expect(spec).not.toHaveProperty("topologySpreadConstraints");
  expect(metadata.annotations["acme.com/owner"]).toBe("shop");
  expect(spec.containers[0]?.env.at(-1)).toEqual({ name: "LOG_LEVEL", value: "debug" });
  expect(workloadAnnotations(planService(props))).toMatchObject({ "leasehold/pod-patch": reason });
  expect(workloadAnnotations(planService(orders))).not.toHaveProperty("leasehold/pod-patch");
});

test("changes no value of the literal, and none that another operation has put there", () => {
  const value = { options: [] };
  const props = propsOf([add("/spec/dnsConfig", value), add("/spec/dnsConfig/options/-", { name: "ndots" })]);
  expect(templateOf(props).spec).toMatchObject({ dnsConfig: { options: [{ name: "ndots" }] } });
  expect(value).toEqual({ options: [] });
});

test("is one of both kinds of pods of a canary, whose operations are told once", () => {
  const migration: ServiceProps["migration"] = {
    stage: "canary",
    credentials: [
      {
        database: "shop",
        user: "app",
        secret: "orders-db",
        as: { kind: "env", variables: { PGUSER: "user" } },
      },
    ],
    share: 1,
    readiness: {
      rotation: "follows-file",
      ownership: "owns-nothing",
      longestSession: "30s",
      pooler: "none",
      schemaChanges: "none",
    },
  };
  expect(problemsOf(propsOf([{ op: "remove", path: "/spec/hostNetwork" }], { migration }))).toHaveLength(1);
  // The agent's annotations are of the dynamic pods alone.
  const path = "/metadata/annotations/vault.hashicorp.com~1role";
  expect(problemsOf(propsOf([{ op: "remove", path }], { migration }))).toHaveLength(1);
});

test("operations that do not apply are all told, each with its number", () => {
  expect(
    problemsOf(
      propsOf([
        { op: "remove", path: "/spec/hostNetwork" },
        { op: "test", path: "/spec/containers/0/name", value: "invoices" },
        add("/spec/affinity/nodeAffinity", {}),
        add("/spec/containers/9", {}),
        add("/spec/containers/first", {}),
        { op: "replace", path: "/spec/containers/-", value: {} },
        add("/spec/dnsPolicy", "ClusterFirst"),
      ]),
    ).map((each) => each.split(", got")[0]),
  ).toEqual([
    "'workload.podPatch.operations[0]' must apply to the pod template, after the operations before it: nothing is there",
    "'workload.podPatch.operations[1]' must apply to the pod template, after the operations before it: something else is there",
    "'workload.podPatch.operations[2]' must apply to the pod template, after the operations before it: what it would be in is not there",
    "'workload.podPatch.operations[3]' must apply to the pod template, after the operations before it: the list there has 1 entry, counted from 0",
    "'workload.podPatch.operations[4]' must apply to the pod template, after the operations before it: the list there has 1 entry, counted from 0",
    "'workload.podPatch.operations[5]' must apply to the pod template, after the operations before it: the list there has 1 entry, counted from 0",
  ]);
});

test("a field that the provider has no argument for is refused with its path", () => {
  const problems = problemsOf(
    propsOf([
      add("/spec/hostnameOverride", "db"),
      add("/spec/dnsConfig", { nameserver: ["10.0.0.1"] }),
      add("/spec/containers/0/resizePolicy", []),
    ]),
  );
  expect(problems).toHaveLength(3);
  expect(problems.join("\n")).toMatch(
    /containers\/resizePolicy[^]*dnsConfig\/nameserver[^]*hostnameOverride/,
  );
});

test("an object without anything in it is refused with its path, where nothing is not a value", () => {
  const problems = problemsOf(
    propsOf([
      add("/spec/affinity", { podAntiAffinity: {} }),
      add("/spec/dnsConfig", {}),
      add("/spec/containers/0/envFrom", [{}]),
    ]),
  );
  expect(problems).toHaveLength(3);
  expect(problems.join("\n")).toMatch(/affinity\/podAntiAffinity[^]*containers\/envFrom[^]*spec\/dnsConfig/);
  const everywhere = { topologyKey: "zone", labelSelector: {}, namespaceSelector: {} };
  expect(
    problemsOf(
      propsOf([
        // A parent that is filled later is not empty.
        add("/spec/affinity", {}),
        add("/spec/affinity/podAntiAffinity", {
          requiredDuringSchedulingIgnoredDuringExecution: [everywhere],
        }),
        add("/spec/volumes/-", { name: "more", emptyDir: {} }),
        add("/spec/nodeSelector", {}),
      ]),
    ),
  ).toEqual([]);
});

test.each<[string, readonly PodPatchOperation[], RegExp]>([
  ["no operation", [], /operations' must hold one operation/],
  ["the whole template", [{ op: "replace", path: "", value: {} }], /must be a JSON pointer/],
  ["a path that is no pointer", [{ op: "remove", path: "spec.dnsPolicy" }], /must be a JSON pointer/],
  [
    "all labels",
    [{ op: "replace", path: "/metadata/labels", value: [] }],
    /leave \/metadata\/labels an object/,
  ],
  [
    "a text in the place of a block",
    [add("/spec/affinity", { nodeAffinity: "gpu" })],
    /affinity\/nodeAffinity/,
  ],
  ["a text in a list of blocks", [add("/spec/readinessGates", ["ready"])], /spec\/readinessGates/],
  ["a list in the place of a map", [add("/spec/nodeSelector", ["gpu"])], /spec\/nodeSelector/],
  ["an image that changes", [replace("/image", "ghcr.io/acme/orders:latest")], /not latest/],
  [
    "a container called like the agent",
    [add("/spec/containers/-", { name: "vault-agent", image: "a/b:1" })],
    /no name of a container that is added/,
  ],
  [
    "a volume called like the agent's",
    [add("/spec/volumes/-", { name: "vault-secrets", emptyDir: {} })],
    /no name of a volume that is added/,
  ],
  ["a variable of the loader", [addVariable({ name: "LD_PRELOAD", value: "/tmp/a.so" })], /the loader/],
  [
    "another container with a variable of the agent",
    [add("/spec/containers/-", { name: "b", image: "a/b:1", env: [{ name: "VAULT_ADDR", value: "a" }] })],
    /to Vault's agent/,
  ],
  [
    "the Secret that a service has left behind",
    [addVariable({ name: "HARMLESS", valueFrom: { secretKeyRef: { name: "orders-db", key: "url" } } })],
    /no Secret that holds/,
  ],
  [
    "the same Secret as a volume",
    [add("/spec/volumes/-", { name: "db", secret: { secretName: "orders-db" } })],
    /no Secret that holds/,
  ],
  ["all containers", [{ op: "remove", path: "/spec/containers" }], /leave \/spec\/containers a list/],
])("%s is refused", (_, operations, expected) => {
  const retired = [{ database: "shop", user: "app", secret: "orders-db" }];
  const problems = problemsOf(propsOf(operations, { migration: { stage: "complete", retired } }));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(expected);
});

test("a reason is asked for", () => {
  const workload = {
    ...deployment,
    podPatch: { reason: "so", operations: [add("/spec/dnsPolicy", "None")] },
  };
  expect(problemsOf({ ...orders, workload })).toHaveLength(1);
});

describe("its shape", () => {
  const { platform, ...declaration } = orders;
  void platform;
  const shapeOf = (operations: readonly object[]) =>
    shapeProblems(serviceSchema, {
      ...declaration,
      workload: { ...deployment, podPatch: { reason, operations } },
    }).map(({ property, must }) => `${property} must ${must}`);

  test("has an operation of RFC 6902, with a value where one is needed", () => {
    expect(shapeOf([{ op: "merge", path: "/spec/x", value: 1 }])).toHaveLength(1);
    expect(shapeOf([{ op: "add", path: "/spec/x" }])).toEqual([
      "workload.podPatch.operations[0].value must be a value",
    ]);
    expect(shapeOf([{ op: "add", path: "/spec/x", value: { deep: [null, 1, true] } }])).toEqual([]);
  });

  test.each([
    ["a variable", "/spec/containers/0/env/-", { name: "SMTP_PASS", value: "hunter2hunter2" }],
    ["a key", "/spec/containers/0", { env: [{ apiKey: "hunter2hunter2" }] }],
    ["an annotation", "/metadata/annotations/acme.com~1api-token", "hunter2hunter2"],
    ["a URL", "/metadata/annotations/acme.com~1url", "https://a:hunter2hunter2@acme.internal"],
  ])("has no secret: %s", (_, path, value) => {
    const problems = shapeOf([add(path, value)]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/must hold no secret/);
  });
});

test("what Kubernetes has in the plural or as an acronym is the provider's argument", () => {
  const { spec } = terraformPod(
    templateOf(
      propsOf([
        add("/spec/hostIPC", true),
        add("/spec/hostAliases", [{ ip: "10.0.0.1", hostnames: ["a"] }]),
        add("/spec/readinessGates", [{ conditionType: "acme.com/ready" }]),
        add("/spec/affinity", {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: "gpu", operator: "Exists" }] }],
            },
          },
        }),
        add("/spec/containers/0/envFrom", [{ secretRef: { name: "all" } }]),
      ]),
    ),
  );
  expect(spec).toMatchObject({
    hostIpc: true,
    hostAliases: [{ ip: "10.0.0.1", hostnames: ["a"] }],
    readinessGate: [{ conditionType: "acme.com/ready" }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerm: [{ matchExpressions: [{ key: "gpu", operator: "Exists" }] }],
        },
      },
    },
    container: [{ envFrom: [{ secretRef: { name: "all" } }] }],
  });
});

test("the path that Kubernetes would put into an HTTP request stands there before", () => {
  const { spec } = terraformPod(
    templateOf(
      propsOf([
        add("/spec/containers/0/lifecycle", { preStop: { httpGet: { port: 8080 } } }),
        add("/spec/containers/0/livenessProbe", { httpGet: { port: 8080, path: "/alive" } }),
      ]),
    ),
  );
  expect(spec).toMatchObject({
    container: [
      {
        lifecycle: { preStop: [{ httpGet: { port: "8080", path: "/" } }] },
        livenessProbe: { httpGet: { port: "8080", path: "/alive" } },
      },
    ],
  });
});
