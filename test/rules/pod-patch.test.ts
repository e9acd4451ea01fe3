import type { EnvironmentService } from "../../lib/environment/environment";
import { strict } from "../../lib/environment/guardrails";
import type { PodPatchOperation } from "../../lib/service";
import { production } from "../../template/project/stacks/production";
import { environmentWith } from "../support/environment";
import { RenderedEnvironments } from "../support/rules-mutations";

const image = "ghcr.io/acme/orders:1.4.2";
const reason = "the cluster's policy asks for it";
const [orders] = production.services as [EnvironmentService];
const container = "/spec/containers/0";
const annotation = (name: string) => `/metadata/annotations/vault.hashicorp.com~1${name}`;
const add = (path: string, value: unknown): PodPatchOperation => ({ op: "add", path, value });
const remove = (path: string): PodPatchOperation => ({ op: "remove", path });
const ownVolume = { name: "host", hostPath: { path: "/etc" } };

function environmentOf(operations: readonly PodPatchOperation[], workload: object = {}) {
  const patched = { kind: "deployment", image, replicas: 4, ...workload, podPatch: { reason, operations } };
  return environmentWith({
    services: [{ ...orders, workload: patched as EnvironmentService["workload"] }],
    guardrails: { ...strict, parity: "any" },
  });
}

async function errorsOf(operations: readonly PodPatchOperation[], workload: object = {}) {
  const environment = environmentOf(operations, workload);
  const { findings } = await new RenderedEnvironments([environment]).findingsAfter(environment, () => {});
  return findings.filter(({ severity }) => severity === "error");
}

/** Fields of which nothing of the chain depends. */
const HARMLESS: readonly (readonly [string, readonly PodPatchOperation[]])[] = [
  [
    "names",
    [
      add("/spec/dnsPolicy", "ClusterFirst"),
      add("/spec/dnsConfig", {
        searches: ["acme.internal"],
        options: [{ name: "ndots", value: "2" }, { name: "use-vc" }],
      }),
    ],
  ],
  [
    "nodes",
    [
      add("/spec/runtimeClassName", "gvisor"),
      add("/spec/schedulerName", "binpack"),
      add("/spec/affinity", {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              topologyKey: "kubernetes.io/hostname",
              labelSelector: { matchLabels: { "app.kubernetes.io/name": "orders" } },
            },
          ],
        },
      }),
    ],
  ],
  [
    "what others look at",
    [
      add("/spec/readinessGates", [{ conditionType: "target-health.elbv2.k8s.aws/orders" }]),
      add("/spec/enableServiceLinks", false),
      add("/metadata/annotations/acme.com~1owner", "shop"),
      add("/metadata/labels/tier", "web"),
    ],
  ],
  [
    "the application's container",
    [
      { op: "test", path: `${container}/name`, value: "orders" },
      add(`${container}/imagePullPolicy`, "Always"),
      add(`${container}/workingDir`, "/app"),
      add(`${container}/resources/limits/cpu`, "2"),
      add(`${container}/resources/limits/ephemeral-storage`, "1Gi"),
      add(`${container}/env/-`, { name: "LOG_LEVEL", value: "debug" }),
    ],
  ],
  [
    "a wait before the end, for which there is time",
    [
      add(`${container}/lifecycle`, { preStop: { exec: { command: ["sleep", "5"] } } }),
      { op: "replace", path: "/spec/terminationGracePeriodSeconds", value: 45 },
    ],
  ],
];

test.each(HARMLESS)("nothing is said against %s", async (_, operations) => {
  expect(await errorsOf(operations)).toEqual([]);
});

test.each<[string, object]>([
  ["a StatefulSet", { kind: "stateful-set", replicas: 2 }],
  ["a DaemonSet", { kind: "daemon-set", replicas: undefined, nodes: 3 }],
  ["a CronJob", { kind: "cron-job", replicas: undefined, schedule: "@daily" }],
  ["a Job", { kind: "job", replicas: undefined }],
])("%s is patched like a Deployment", async (_, workload) => {
  expect(await errorsOf(HARMLESS[0]?.[1] ?? [], workload)).toEqual([]);
  expect((await errorsOf([add("/spec/hostNetwork", true)], workload)).map(({ rule }) => rule)).toContain(
    "proof/not-understood",
  );
});

test.each<[string, readonly PodPatchOperation[], rule: string]>([
  ["no agent", [remove(annotation("agent-inject"))], "proof/annotation"],
  [
    "another role",
    [{ op: "replace", path: annotation("role"), value: "invoices" }],
    "access/pod-login-refused",
  ],
  ["an agent that stays", [remove(annotation("agent-init-json-patch"))], "lifecycle/agent-restart"],
  [
    "another ServiceAccount",
    [{ op: "replace", path: "/spec/serviceAccountName", value: "other" }],
    "proof/reference-missing",
  ],
  [
    "a token of the API server's",
    [{ op: "replace", path: "/spec/automountServiceAccountToken", value: true }],
    "proof/not-understood",
  ],
  ["no contract", [remove(`${container}/volumeMounts/0`)], "proof/contract"],
  [
    "a variable of the contract",
    [{ op: "replace", path: `${container}/env/0/value`, value: "/tmp/a.json" }],
    "proof/contract",
  ],
  [
    "a password in a variable",
    [
      add(`${container}/env/-`, {
        name: "PGPASSWORD",
        valueFrom: { secretKeyRef: { name: "pg", key: "p" } },
      }),
    ],
    "secrets/static-database-password",
  ],
  [
    "all keys of a Secret",
    [add(`${container}/envFrom`, [{ secretRef: { name: "pg" } }])],
    "proof/not-understood",
  ],
  ["the node's network", [add("/spec/hostNetwork", true)], "proof/not-understood"],
  ["the node's processes", [add("/spec/hostPID", true)], "proof/not-understood"],
  ["the node's files", [add("/spec/volumes/-", ownVolume)], "proof/not-understood"],
  ["a privileged container", [add(`${container}/securityContext/privileged`, true)], "proof/not-understood"],
  [
    "root",
    [{ op: "replace", path: `${container}/securityContext/runAsUser`, value: 0 }],
    "proof/not-understood",
  ],
  [
    "a capability",
    [add(`${container}/securityContext/capabilities/add`, ["SYS_PTRACE"])],
    "proof/not-understood",
  ],
  [
    "another resolver",
    [add("/spec/dnsPolicy", "None"), add("/spec/dnsConfig", { nameservers: ["10.6.6.6"] })],
    "proof/not-understood",
  ],
  [
    "an address for a name",
    [add("/spec/hostAliases", [{ ip: "10.6.6.6", hostnames: ["vault"] }])],
    "proof/not-understood",
  ],
  ["processes that see each other", [add("/spec/shareProcessNamespace", true)], "proof/admission"],
  [
    "a wait for which there is no time",
    [add(`${container}/lifecycle`, { preStop: { exec: { command: ["sleep", "60"] } } })],
    "proof/grace-period",
  ],
  [
    "something before the end that takes nobody knows how long",
    [add(`${container}/lifecycle`, { preStop: { exec: { command: ["/app/drain"] } } })],
    "proof/not-understood",
  ],
  [
    "something after the start",
    [add(`${container}/lifecycle`, { postStart: { exec: { command: ["sleep", "5"] } } })],
    "proof/not-understood",
  ],
  [
    "no time to revoke",
    [{ op: "replace", path: "/spec/terminationGracePeriodSeconds", value: 5 }],
    "proof/grace-period",
  ],
  [
    "a label that selects",
    [{ op: "replace", path: "/metadata/labels/app.kubernetes.io~1name", value: "invoices" }],
    "proof/selector",
  ],
  [
    "a value of another type",
    [
      add("/spec/affinity", {
        podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: "heavy" }] },
      }),
    ],
    "proof/kubernetes-schema",
  ],
])("%s is refused by a rule", async (_, operations, rule) => {
  expect((await errorsOf(operations)).map((each) => each.rule)).toContain(rule);
});

/** Each alone is what the API server refuses at the apply, with all of the schema right. (Kubernetes, core/validation) */
const required = (kind: string, value: unknown) =>
  add("/spec/affinity", { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: value } });
const nodeTerm = (requirement: object) =>
  required("nodeAffinity", { nodeSelectorTerms: [{ matchExpressions: [requirement] }] });
test.each<[string, PodPatchOperation]>([
  ["a label's key with a space", add("/metadata/labels/acme owner", "shop")],
  ["a label's value with a space", add("/metadata/labels/owner", "the shop")],
  ["an annotation's key with a space", add("/metadata/annotations/acme owner", "shop")],
  ["a limit below the request", add(`${container}/resources/limits/cpu`, "50m")],
  [
    "a request of storage above its limit",
    {
      op: "replace",
      path: `${container}/resources`,
      value: {
        requests: { cpu: "100m", memory: "256Mi", "ephemeral-storage": "2Gi" },
        limits: { memory: "256Mi", "ephemeral-storage": "1024Mi" },
      },
    },
  ],
  [
    "a value beside Exists",
    add("/spec/tolerations", [{ key: "a", operator: "Exists", value: "b", effect: "NoSchedule" }]),
  ],
  ["a condition with a space", add("/spec/readinessGates", [{ conditionType: "load balancer" }])],
  ["a class in capitals", add("/spec/runtimeClassName", "GVisor")],
  ["an operator without a value", nodeTerm({ key: "zone", operator: "In" })],
  ["an operator with a value too many", nodeTerm({ key: "zone", operator: "Exists", values: ["a"] })],
  ["two numbers to be above", nodeTerm({ key: "cores", operator: "Gt", values: ["4", "8"] })],
  [
    "an operator of numbers for labels",
    required("podAffinity", [
      {
        topologyKey: "zone",
        labelSelector: { matchExpressions: [{ key: "a", operator: "Gt", values: ["1"] }] },
      },
    ]),
  ],
  ["no topology", required("podAntiAffinity", [{ labelSelector: { matchLabels: { a: "b" } } }])],
  [
    "a weight of nothing",
    add("/spec/affinity", {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 0, podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: {} } },
        ],
      },
    }),
  ],
])("%s is refused before the apply", async (_, operation) => {
  expect((await errorsOf([operation])).map(({ rule }) => rule)).toContain("proof/not-understood");
});

test.each([
  nodeTerm({ key: "zone", operator: "In", values: ["a", "b"] }),
  nodeTerm({ key: "zone", operator: "DoesNotExist" }),
  nodeTerm({ key: "cores", operator: "Gt", values: ["4"] }),
  required("nodeAffinity", {
    nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["n1"] }] }],
  }),
  add("/spec/affinity", {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          preference: { matchExpressions: [{ key: "zone", operator: "NotIn", values: ["a"] }] },
        },
      ],
    },
    podAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 1,
          podAffinityTerm: {
            topologyKey: "topology.kubernetes.io/zone",
            namespaces: ["shop"],
            labelSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["a"] }] },
            namespaceSelector: {},
          },
        },
      ],
    },
  }),
])("an affinity that the API server takes is taken: %j", async (operation) => {
  expect(await errorsOf([operation])).toEqual([]);
});

test("a field that a patch may add is not understood without its reason", async () => {
  for (const [, operations] of HARMLESS.slice(0, 2)) {
    const environment = environmentOf(operations);
    const rendered = new RenderedEnvironments([environment]);
    const rules = await rendered.rulesAfter(environment, (spoilt) => {
      for (const [stack, json] of rendered.stacksOf(environment)) {
        if (!JSON.stringify(json).includes("leasehold/pod-patch")) continue;
        spoilt.change(
          stack,
          (each) =>
            JSON.parse(
              JSON.stringify(each).replace(/"annotations":\{"leasehold\/pod-patch":"[^"]*"\},/, ""),
            ) as typeof each,
        );
      }
    });
    expect(rules).toContain("proof/not-understood");
  }
});
