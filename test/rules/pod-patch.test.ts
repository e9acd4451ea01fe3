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
