import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import { production } from "../../template/project/stacks/production";
import { environmentWith } from "../support/environment";
import { maximal } from "../support/maximal";
import { RenderedEnvironments } from "../support/rules-mutations";

const reason = "because a test needs one of each kind";
const image = "ghcr.io/acme/orders:1.4.2";
const [orders] = production.services as [EnvironmentService];
const [shop] = production.databases;
const readiness = {
  rotation: "follows-file",
  ownership: "owns-nothing",
  longestSession: "30s",
  pooler: "none",
  schemaChanges: "none",
} as const;
const asEnv = [
  { database: "shop", user: "shop_app", secret: "shop-db", as: { kind: "env", variables: { PGUSER: "u" } } },
] as const;
const asFile = [
  { database: "shop", user: "shop_app", secret: "shop-db", as: { kind: "file", key: "db.json" } },
] as const;
const check = { kind: "container", image: "docker.io/library/postgres:17.2-alpine" } as const;
const deployment = { kind: "deployment", image, replicas: 6 } as const;
const job = { kind: "job", image, activeDeadline: "30m", retries: 2 } as const;
const cronJob = { kind: "cron-job", image, schedule: "@daily", timeZone: "Europe/Berlin" } as const;
const elsewhere = { kind: "elsewhere", container: "app" } as const;

/** Everything of a declaration that makes another pod. */
const SERVICES: readonly (readonly [string, Partial<EnvironmentService>])[] = [
  ["a Job", { workload: job }],
  ["a CronJob", { workload: { ...cronJob, activeDeadline: "30m", retries: 0 } }],
  ["an agent before a Job only", { workload: job, injection: { mode: "init-only" } }],
  ["agents before and beside", { injection: { mode: "init-and-sidecar" } }],
  ["one replica", { workload: { kind: "deployment", image, replicas: 1 } }],
  [
    "a StatefulSet with storage",
    {
      workload: {
        kind: "stateful-set",
        image,
        replicas: 3,
        port: 80,
        volumeClaimTemplates: [{ name: "data", mountPath: "/data", size: "10Gi" }],
      },
    },
  ],
  ["a DaemonSet", { workload: { kind: "daemon-set", image, nodes: 5 } }],
  [
    "pods that end before others start",
    { workload: { ...deployment, strategy: { kind: "recreate", reason } } },
  ],
  [
    "pods that are replaced three at a time",
    { workload: { ...deployment, strategy: { kind: "rolling", maxSurge: 0, maxUnavailable: 3 } } },
  ],
  ["a drain of two minutes", { drain: "2m" }],
  ["a restart", { restartOnRotation: { process: "java", signal: "HUP", reason } }],
  [
    "probes and a file system of its own",
    {
      workload: {
        kind: "deployment",
        image: `${image}@sha256:${"a".repeat(64)}`,
        replicas: 3,
        port: 80,
        uid: 999,
        command: ["/app/server", ""],
        args: [],
        env: { EMPTY: "", DOLLAR: "${HOME}" },
        resources: { cpu: "1", memory: "1Gi" },
        filesystem: "writable",
        imagePullSecrets: ["pull.acme"],
        readiness: { kind: "http", path: "/ready", port: 80 },
        liveness: { kind: "exec", command: ["/app/alive", "--now"] },
      },
    },
  ],
  [
    "no shell",
    {
      workload: {
        kind: "deployment",
        image,
        replicas: 2,
        readiness: { kind: "tcp", port: 80 },
        fileProbe: { kind: "none", reason },
      },
    },
  ],
  ["static variables", { migration: { stage: "static", credentials: asEnv } }],
  ["a static file", { migration: { stage: "static", credentials: asFile } }],
  ["a shadow", { migration: { stage: "shadow", credentials: asEnv, check } }],
  [
    "a shadow that looks itself",
    { migration: { stage: "shadow", credentials: asFile, check: { kind: "application" } } },
  ],
  ["the shadow of a Job", { workload: job, migration: { stage: "shadow", credentials: asFile, check } }],
  ["a canary", { migration: { stage: "canary", credentials: asEnv, share: 2, readiness } }],
  ["a canary of a file", { migration: { stage: "canary", credentials: asFile, share: "50%", readiness } }],
  ["the last stage but one", { migration: { stage: "dynamic", credentials: asEnv, readiness } }],
  ...(["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"] as const).map(
    (controller) => [`a ${controller} of somebody else`, { workload: { ...elsewhere, controller } }] as const,
  ),
  [
    "a Deployment of somebody else without a shell, under another name",
    {
      workload: {
        ...elsewhere,
        controller: "Deployment",
        workloadName: "web",
        uid: 1000,
        fileProbe: { kind: "none", reason },
      },
    },
  ],
];

/** Two databases whose certificates sort otherwise than the databases, and an injector of others'. */
const ENVIRONMENTS: readonly (readonly [string, Environment])[] = [
  ...maximal.map((environment) => [environment.name, environment] as const),
  ...SERVICES.map(
    ([title, changes]) =>
      [title, environmentWith({ services: [{ ...orders, ...changes } as EnvironmentService] })] as const,
  ),
  [
    "two databases",
    environmentWith({
      databases: [
        { ...shop!, name: "a" },
        { ...shop!, name: "a-b", username: "vault_b", database: "b" },
      ],
      services: [{ ...orders, access: ["a-b", "a"].map((database) => ({ ...orders.access[0]!, database })) }],
    }),
  ],
  [
    "namespaces of others",
    environmentWith({ cluster: { ...production.cluster, namespaces: { kind: "existing" } } }),
  ],
];

test.each(ENVIRONMENTS)("no proof of the pods says anything: %s", async (_, environment) => {
  const found = await new RenderedEnvironments([environment]).findingsAfter(environment, () => {});
  const own = found.findings.filter(({ rule }) => rule.startsWith("proof/"));
  expect(own.map(({ rule, resource, message }) => `${rule} ${resource}: ${message}`)).toEqual([]);
});
