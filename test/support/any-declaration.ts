import fc from "fast-check";
import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import { relaxed, strict } from "../../lib/environment/guardrails";
import { configurationProblems } from "../../lib/environment/problems";
import { environmentWith } from "./environment";
import { anyEnvironment } from "./rules-environments";

/** The certificate of an authority, for whatever needs one. */
const [{ tls }] = environmentWith({}).databases as [Environment["databases"][number]];
const CA = (tls as { readonly caCertificate: string }).caCertificate;

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 2 });
/** A declaration leaves out what has no value. */
const withoutNothing = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
const given = <T extends object>(of: fc.Arbitrary<T>): fc.Arbitrary<T> => of.map(withoutNothing);

const variables = maybe(
  fc.constantFrom<
    Readonly<Record<string, string | { secret: string; key: string } | { configMap: string; key: string }>>
  >(
    { LOG_LEVEL: "info", A_URL: "https://acme.internal/?a=b" },
    { STRIPE_KEY: { secret: "stripe", key: "api-key" }, FLAGS: { configMap: "flags", key: "flags.json" } },
  ),
);
const other = (name: string) =>
  given(
    fc.record({
      name: fc.constant(name),
      image: fc.constant("ghcr.io/acme/other:1.0.0"),
      databases: maybe(fc.constantFrom("all" as const, "none" as const)),
      command: maybe(fc.constant(["/bin/other"])),
      env: variables,
      filesystem: maybe(fc.constant("writable" as const)),
      resources: maybe(fc.constant({ memory: "64Mi" })),
      volumes: maybe(fc.constantFrom(["scratch"], [])),
    }),
  );
const timing = given(
  fc.record({
    period: maybe(fc.constantFrom("5s" as const, "30s" as const)),
    timeout: maybe(fc.constantFrom("1s" as const, "10s" as const)),
    initialDelay: maybe(fc.constant("20s" as const)),
  }),
);
const question = fc.constantFrom(
  { kind: "http", path: "/ready", port: 8080 } as const,
  { kind: "tcp", port: 8080 } as const,
  { kind: "exec", command: ["/app/ready"] } as const,
);
const probe = fc.tuple(question, timing).map(([asked, how]) => ({ ...asked, ...how }));
const proxy = fc
  .tuple(
    other("proxy"),
    given(fc.record({ startup: maybe(probe), readiness: maybe(probe), liveness: maybe(probe) })),
  )
  .map(([container, probes]) => ({ ...container, ...probes }));
/** What any pods may have; no Job has a sidecar. */
const podOf = (hasSidecars: boolean) =>
  given(
    fc.record({
      labels: maybe(fc.constant({ "app.kubernetes.io/part-of": "shop", tier: "" })),
      annotations: maybe(fc.constant({ "prometheus.io/scrape": "true" })),
      nodeSelector: maybe(fc.constant({ "node-role.kubernetes.io/worker": "" })),
      tolerations: maybe(
        fc.constant([{ key: "dedicated", value: "shop", effect: "NoSchedule" as const }, { key: "spot" }]),
      ),
      priorityClassName: maybe(fc.constant("business-critical")),
      volumes: fc.constant([
        { kind: "empty-dir" as const, name: "scratch", mountPath: "/scratch", sizeLimit: "1Gi" },
        { kind: "secret" as const, name: "keys", mountPath: "/etc/orders/keys", secret: "signing-keys" },
        { kind: "config-map" as const, name: "rates", mountPath: "/etc/orders/rates", configMap: "rates" },
        { kind: "claim" as const, name: "shared", mountPath: "/srv/shared", claim: "shared" },
      ]),
      initContainers: maybe(fc.array(other("prepare"), { maxLength: 1 })),
      ...(hasSidecars && { sidecars: maybe(fc.array(proxy, { maxLength: 1 })) }),
    }),
  );

/** What a patch may add to any pods; the operations are of JSON pointers that every template has. */
const podPatch = fc
  .subarray(
    [
      { path: "/spec/dnsConfig", value: { options: [{ name: "ndots", value: "2" }] } },
      { path: "/spec/runtimeClassName", value: "gvisor" },
      { path: "/spec/enableServiceLinks", value: false },
      { path: "/spec/readinessGates", value: [{ conditionType: "acme.com/ready" }] },
      {
        path: "/spec/affinity",
        value: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: "kubernetes.io/hostname", labelSelector: {} },
            ],
          },
        },
      },
      { path: "/spec/containers/0/imagePullPolicy", value: "Always" },
      { path: "/spec/containers/0/resources/limits/ephemeral-storage", value: "1Gi" },
      { path: "/metadata/annotations/acme.com~1owner", value: "shop" },
    ],
    { minLength: 1 },
  )
  .map((added) => ({
    reason: "the cluster's policy asks for it",
    operations: added.map((each) => ({ op: "add" as const, ...each })),
  }));

const container = {
  image: fc.constantFrom(
    "ghcr.io/acme/service:1.0.0",
    "registry.acme.internal:5000/a/b@sha256:" + "a".repeat(64),
  ),
  command: maybe(fc.constant(["/app/run"])),
  args: maybe(fc.constant(["--listen", ":8080"])),
  env: variables,
  pod: maybe(podOf(false)),
  podPatch: maybe(podPatch),
  uid: maybe(fc.constantFrom(1000, 65_532)),
  resources: maybe(fc.constantFrom({ cpu: "250m" }, { memory: "1Gi" }, { cpu: "2", memory: "512Mi" })),
  filesystem: maybe(fc.constantFrom("read-only" as const, "writable" as const)),
  imagePullSecrets: maybe(fc.constant(["registry"])),
};
const fileProbe = fc.constantFrom(
  { kind: "shell" } as const,
  { kind: "none", reason: "the image has no shell" } as const,
);
const job = {
  ...container,
  activeDeadline: maybe(fc.constantFrom("10m" as const, "2h" as const)),
  retries: maybe(fc.constantFrom(0, 5)),
};

const share = fc.constantFrom(0, 1, 3, "25%" as const, "100%" as const);
const strategy = fc.oneof(
  given(
    fc.record({
      kind: fc.constant("rolling" as const),
      maxSurge: maybe(share),
      maxUnavailable: maybe(share),
    }),
  ),
  fc.constant({ kind: "recreate" as const, reason: "it holds a lock that there is once" }),
);
const serving = {
  ...container,
  pod: maybe(podOf(true)),
  ports: maybe(fc.constant({ http: 8080, metrics: 9090 })),
  readiness: maybe(probe),
  liveness: maybe(probe),
  fileProbe: maybe(fileProbe),
};
/** The same with a question at the start, which then is not the one for the file. */
const starting = { ...serving, startup: probe, readiness: fc.constant(undefined) };
const claims = fc.constantFrom(
  [{ name: "data", mountPath: "/var/lib/orders", size: "10Gi" }],
  [
    { name: "data", mountPath: "/data", size: "1Ti", storageClass: "fast-ssd" },
    { name: "wal", mountPath: "/etc/orders/wal", size: "512Mi" },
  ],
);

const workload: fc.Arbitrary<EnvironmentService["workload"]> = fc.oneof(
  given(
    fc.record({
      kind: fc.constant("deployment" as const),
      ...serving,
      replicas: fc.oneof(
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom({ min: 1, max: 3, cpu: 70 }, { min: 2, max: 8, cpu: 80, memory: 90 }),
      ),
      strategy: maybe(strategy),
    }),
  ),
  given(
    fc.record({
      kind: fc.constant("stateful-set" as const),
      ...serving,
      replicas: fc.integer({ min: 1, max: 5 }),
      podManagementPolicy: maybe(fc.constantFrom("OrderedReady" as const, "Parallel" as const)),
      volumeClaimTemplates: maybe(claims),
    }),
  ),
  given(
    fc.record({
      kind: fc.constant("daemon-set" as const),
      ...starting,
      nodes: fc.integer({ min: 1, max: 30 }),
    }),
  ),
  given(
    fc.record({
      kind: fc.constant("cron-job" as const),
      ...job,
      schedule: fc.constantFrom("*/5 * * * *", "0 3 * * 1-5", "@daily"),
      timeZone: maybe(fc.constant("Europe/Berlin")),
      ttlAfterFinished: maybe(fc.constantFrom("1m" as const, "2d" as const)),
    }),
  ),
  given(
    fc.record({
      kind: fc.constant("job" as const),
      ...job,
      ttlAfterFinished: maybe(
        fc.constant({ ttl: "1h" as const, reason: "it finds nothing to do the second time" }),
      ),
    }),
  ),
  given(
    fc.record({
      kind: fc.constant("elsewhere" as const),
      controller: fc.constantFrom("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"),
      workloadName: maybe(fc.constant("their-own")),
      container: fc.constant("app"),
      uid: maybe(fc.constant(1000)),
      fileProbe: maybe(fileProbe),
      pods: maybe(fc.constant(4)),
    }),
  ) as fc.Arbitrary<EnvironmentService["workload"]>,
);

const credentials = fc.constantFrom(
  { format: "json" } as const,
  { format: "env" } as const,
  { format: "url" } as const,
  { format: "properties" } as const,
  { format: "custom", template: "{{ .Data.username }}:{{ .Data.password }}", fileName: "pgpass" } as const,
  {
    format: "custom",
    template:
      '{{ with .Data }}user: {{ .username | toJSON }}\npassword: {{ printf "%s" .password }}{{ end }}',
    fileName: "database.yml",
  } as const,
);

const injection = fc.constantFrom<NonNullable<EnvironmentService["injection"]>>({ mode: "native-sidecar" }, {
  mode: "init-and-sidecar",
} as NonNullable<EnvironmentService["injection"]>);

const statics = (as: object) => [{ database: "shop", user: "orders_static", secret: "orders-db", as }];
const FORMS = [
  { kind: "env", variables: { PGUSER: "username", PGPASSWORD: "password" } },
  { kind: "file", key: "credentials" },
];
const migration = fc
  .tuple(fc.constantFrom("static", "shadow", "canary", "dynamic", "complete"), fc.constantFrom(...FORMS))
  .map(([stage, form]) => {
    if (stage === "complete")
      return { stage, retired: [{ database: "shop", user: "orders_static", secret: "orders-db" }] };
    const more: Readonly<Record<string, object>> = {
      static: { stays: { reason: "a vendor's image, until the next release", until: "2999-12-31" } },
      shadow: { check: { kind: "container", image: "ghcr.io/acme/check:1" } },
      canary: { share: "30%" },
    };
    return { stage, credentials: statics(form), ...more[stage] };
  }) as fc.Arbitrary<NonNullable<EnvironmentService["migration"]>>;

const spoken = fc.record({
  workload,
  credentials,
  injection: maybe(injection),
  migration: maybe(migration),
  direct: fc.boolean(),
  restart: fc.boolean(),
  owns: fc.boolean(),
});

/** A service as it was generated, with more of what can be declared. */
function declared(
  service: EnvironmentService,
  more: typeof spoken extends fc.Arbitrary<infer T> ? T : never,
): EnvironmentService {
  const { direct, restart, owns, credentials, injection, migration, workload } = more;
  const [access, ...others] = service.access;
  return {
    ...service,
    workload,
    access: [
      (owns && workload.kind === "job"
        ? {
            database: access?.database,
            owner: { role: "shop_owner", reason: "it changes the schema" },
            credentials,
          }
        : {
            ...access,
            credentials,
            ...(direct && { strategy: "direct" }),
          }) as EnvironmentService["access"][number],
      ...others,
    ],
    ...(injection && { injection }),
    ...(migration && { migration }),
    ...(restart && { restartOnRotation: { process: "app", reason: "it reads the file when it starts" } }),
  };
}

const vault: fc.Arbitrary<Partial<Environment["vault"]>> = fc.constantFrom<object>(
  {},
  {
    clientNamespaces: undefined,
    clientCidrs: ["10.20.0.0/16"],
    replicas: 5,
    injector: { replicas: 3, timeoutSeconds: 10, excludedNamespaces: ["legacy"] },
  },
  { seal: { kind: "shamir" }, metrics: { kind: "unauthenticated", reason: "the network is closed" } },
  { seal: { kind: "gcpckms", project: "p", region: "global", keyRing: "ring", cryptoKey: "key" } },
  {
    seal: { kind: "azurekeyvault", tenantId: "t", vaultName: "v", keyName: "k" },
    breakGlass: { kind: "generate-root", reason: "nobody but the leads reaches the port" },
    serviceAccountAnnotations: { "azure.workload.identity/client-id": "1" },
  },
  {
    seal: {
      kind: "transit",
      address: "https://other.acme.internal:8200",
      mountPath: "transit",
      keyName: "unseal",
      secret: { name: "transit", caKey: "ca.crt" },
    },
  },
  {
    namespace: "security",
    auditStorage: { size: "50Gi", storageClass: "fast" },
    authPath: "k8s-eu",
    mountPath: "pg",
  },
  {
    audience: "https://vault.acme.internal",
    rateLimits: undefined,
    audit: [{ kind: "stdout" }, { kind: "syslog" }],
  },
  { mode: "dev", tls: undefined, seal: undefined, replicas: undefined, audit: [] },
  {
    mode: "external",
    address: "https://vault.acme.internal:8200",
    transport: { kind: "tls", caCertificate: CA },
    injector: { kind: "install" },
    ...{ tls: undefined, seal: undefined, replicas: undefined, audit: [] },
  },
  {
    mode: "external",
    address: "https://vault.acme.internal:8200",
    injector: { kind: "existing" },
    ...{ tls: undefined, seal: undefined, replicas: undefined, audit: [] },
  },
  {
    mode: "external",
    address: "https://vault.acme.internal:8200",
    namespace: "admin/shop",
    injector: { kind: "existing" },
    ...{ tls: undefined, seal: undefined, replicas: undefined, audit: [], rateLimits: undefined },
  },
);

const state = fc.constantFrom<Environment["state"]>(
  { kind: "local" },
  { kind: "local", directory: "states" },
  { kind: "s3", bucket: "acme-tfstate", region: "eu-west-1", kmsKeyId: "alias/state" },
  { kind: "gcs", bucket: "acme-tfstate", prefix: "leasehold" },
  { kind: "azurerm", resourceGroup: "rg", storageAccount: "acmestate", container: "tfstate" },
  { kind: "http", address: "https://gitlab.acme.internal/api/v4/projects/1/terraform/state" },
  { kind: "kubernetes", namespace: "terraform" },
);

const cluster = fc.constantFrom<Partial<Environment["cluster"]>>(
  {},
  { connection: { kind: "in-cluster" } },
  { namespaces: { kind: "existing" } },
  { caCertificate: CA },
);

const database = fc.constantFrom<Partial<Environment["databases"][number]>>(
  {},
  { port: 6432, schema: "app", host: "10.0.0.7" },
  { tls: { mode: "verify-full" }, host: "fd00::7" },
  {
    tls: {
      mode: "require",
      reason: "the server has a certificate of nobody's",
    } as Environment["databases"][number]["tls"],
  },
  { username: "vault_login", maxOpenConnections: 8, passwordVersion: 3, rotation: 2, postgresVersion: 15 },
  { connections: 2 },
  { connections: 4, username: "vault_login", maxConnections: 2000 },
);

const login = fc.constantFrom<Environment["vault"]["terraform"]>(
  undefined,
  { login: { kind: "token" } },
  { login: { kind: "kubernetes", mount: "kubernetes-ci", role: "leasehold" } },
);

/** Environments in which whatever can be declared is declared now and then, and in which nothing is wrong. */
export const anyDeclaration = fc
  .record({
    base: anyEnvironment,
    more: fc.array(spoken, { minLength: 4, maxLength: 4 }),
    vault,
    state,
    cluster,
    database,
    login,
    isStrict: fc.boolean(),
  })
  .map(({ base, more, isStrict, ...parts }) => ({
    ...base,
    state: parts.state,
    guardrails: isStrict ? { ...strict, parity: "any" as const } : relaxed,
    cluster: { ...base.cluster, ...parts.cluster },
    vault: withoutNothing({
      ...base.vault,
      ...parts.vault,
      ...(parts.login && { terraform: { ...base.vault.terraform, ...parts.login } }),
    }),
    databases: base.databases.map((each) => ({ ...each, ...parts.database })),
    services: base.services.map((service, index) => declared(service, more[index % 4] as never)),
  }))
  .filter(
    (environment) => configurationProblems([environment as unknown as Environment]).length === 0,
  ) as unknown as fc.Arbitrary<Environment>;
