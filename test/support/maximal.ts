import type { Environment } from "../../lib/environment/environment";
import { relaxed, strict } from "../../lib/environment/guardrails";
import { postgresCa, vaultCa } from "../../template/project/stacks/certificates";

const reason = "because a test needs one of each kind";
const image = "ghcr.io/acme/orders:1.4.2";
const grants = [{ tables: ["orders"], privileges: ["SELECT"] }] as const;
const fixed = { rotation: "follows-file", ownership: "owns-nothing", pooler: "none" } as const;
const readiness = { ...fixed, longestSession: "30s", schemaChanges: "none" } as const;

const database = {
  name: "shop",
  host: "pg.acme.internal",
  port: 5433,
  database: "shop",
  schema: "sales",
  username: "vault_admin_shop",
  postgresVersion: 17,
  maxConnections: 4000,
  tls: { mode: "verify-full", caCertificate: postgresCa },
  maxOpenConnections: 3,
  passwordVersion: 2,
  rotation: 2,
} as const;

const service = {
  namespace: "shop",
  ttl: { default: "1h", max: "24h" },
  access: [{ database: "shop", grants }],
  workload: { kind: "deployment", image, replicas: 2 },
} as const;

/** What a Deployment on its way may have. */
const onItsWay = (database: string) => [
  {
    database,
    user: "shop_app",
    secret: "shop-db",
    as: { kind: "env", variables: { PGUSER: "username" } },
  } as const,
];

/** A cluster of our own, with every key of it and of most services. */
const ha: Environment = {
  name: "all-ha",
  state: {
    kind: "s3",
    bucket: "acme-tfstate",
    region: "eu-west-1",
    prefix: "leasehold",
    kmsKeyId: "alias/tf",
  },
  cluster: {
    connection: { kind: "kubeconfig", context: "acme", path: "~/.kube/acme" },
    apiServer: "https://kubernetes.default.svc",
    caCertificate: vaultCa,
    namespaces: { kind: "create", except: ["shop"] },
  },
  vault: {
    mode: "ha",
    namespace: "vault",
    chartRepository: "https://charts.acme.internal",
    replicas: 3,
    tls: {
      secretName: "vault-server-tls",
      caCertificate: vaultCa,
      serverName: "vault.vault.svc",
      certificateFile: "tls.crt",
      keyFile: "tls.key",
      caFile: "ca.crt",
    },
    seal: {
      kind: "transit",
      address: "https://vault.other.internal:8200",
      mountPath: "transit",
      keyName: "unseal",
      secret: { name: "transit", tokenKey: "token", caKey: "ca.crt" },
    },
    dataStorage: { size: "20Gi", storageClass: "fast" },
    auditStorage: { size: "20Gi", storageClass: "fast" },
    resources: { cpuRequest: "500m", memoryRequest: "512Mi", memoryLimit: "2Gi" },
    clientNamespaces: ["shop", "billing"],
    clientCidrs: ["10.20.0.0/16", "2001:db8::/32"],
    metrics: { kind: "unauthenticated", reason },
    breakGlass: { kind: "second-login", mount: "oidc-platform", reason },
    serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/vault" },
    injector: {
      replicas: 2,
      failurePolicy: { kind: "ignore", reason },
      excludedNamespaces: ["monitoring"],
      timeoutSeconds: 10,
    },
    authPath: "kubernetes/all",
    mountPath: "database/all",
    audience: "vault",
    reviewer: { kind: "vault-service-account" },
    audit: [
      { kind: "stdout", name: "out" },
      { kind: "file", name: "disk", path: "/vault/audit/audit.log" },
      { kind: "socket", name: "collector", address: "127.0.0.1:9090", socketType: "tcp" },
      { kind: "syslog", name: "syslog", facility: "AUTH", tag: "vault" },
    ],
    rateLimits: { login: 20, creds: 20, interval: "1s" },
    terraform: {
      address: "https://vault.acme.internal:8200",
      caCertificateFile: "/etc/ssl/acme/vault-ca.pem",
      login: {
        kind: "kubernetes",
        mount: "kubernetes-ci",
        role: "leasehold",
        tokenPath: "/var/run/ci/token",
      },
    },
  },
  guardrails: { ...strict, parity: "any" },
  protection: { kind: "protected" },
  databases: [{ ...database, connections: 3 }],
  people: [
    {
      name: "support",
      login: { kind: "oidc", mount: "oidc", group: "shop-support" },
      access: [{ database: "shop", grants, strategy: "group", connectionLimit: 3 }],
      credentials: 2,
    },
    {
      name: "fixers",
      login: { kind: "userpass", mount: "userpass", users: ["ada"] },
      access: [{ database: "shop", grants: [{ tables: ["orders"], privileges: ["UPDATE"] }] }],
      credentials: 1,
      ttl: "30m",
      writes: { reason },
    },
  ],
  services: [
    {
      ...service,
      name: "orders",
      team: "sales",
      drain: "30s",
      after: ["migrate"],
      injection: { mode: "native-sidecar" },
      restartOnRotation: { process: "java", signal: "HUP", reason },
      access: [
        {
          database: "shop",
          strategy: "group",
          replication: { publications: ["orders_cdc"], reason },
          pool: { max: 5 },
          credentials: { format: "json" },
          grants: [
            { tables: ["orders", "items"], privileges: ["SELECT", "INSERT"], schema: "sales" },
            {
              tables: ["customers"],
              columns: ["id", "name"],
              privileges: ["SELECT"],
              schema: "sales",
              literalNames: { reason: "a dot in a name" },
            },
            { allTablesOwnedBy: "importer", privileges: ["SELECT"], schema: "imports", reason },
            { sequences: ["order_number"], privileges: ["USAGE"], schema: "sales", literalNames: { reason } },
            {
              functions: ["reserve_stock(integer, text)"],
              privileges: ["EXECUTE"],
              schema: "sales",
              literalNames: { reason },
            },
            { database: ["TEMPORARY"] },
          ],
        },
      ],
      workload: {
        kind: "deployment",
        image,
        command: ["/app/server"],
        args: ["--verbose"],
        env: { LOG_LEVEL: "info" },
        uid: 10_002,
        resources: { cpu: "250m", memory: "512Mi" },
        filesystem: "writable",
        imagePullSecrets: ["registry"],
        replicas: 3,
        port: 8080,
        readiness: { kind: "http", path: "/ready", port: 8080 },
        liveness: { kind: "exec", command: ["/app/healthy"] },
        fileProbe: { kind: "none", reason },
        startup: {
          kind: "tcp",
          port: 8080,
          period: "5s",
          timeout: "2s",
          failures: 60,
          initialDelay: "10s",
        },
      },
    },
    {
      ...service,
      name: "migrate",
      team: "sales",
      access: [{ database: "shop", owner: { role: "shop_owner", reason }, credentials: { format: "url" } }],
      workload: {
        kind: "job",
        image,
        activeDeadline: "10m",
        retries: 1,
        ttlAfterFinished: { ttl: "1h", reason },
      },
    },
    {
      ...service,
      name: "analytics",
      injection: { mode: "init-only" },
      access: [{ database: "shop", grants, credentials: { format: "env" } }],
      workload: {
        kind: "cron-job",
        image,
        schedule: "15 * * * *",
        timeZone: "Europe/Berlin",
        activeDeadline: "30m",
        retries: 2,
        ttlAfterFinished: "2d",
      },
    },
    {
      ...service,
      name: "elsewhere",
      injection: { mode: "init-and-sidecar" },
      access: [
        {
          database: "shop",
          grants,
          credentials: {
            format: "custom",
            template: "{{ .Data.username }}:{{ .Data.password }}",
            fileName: "shop.txt",
          },
        },
      ],
      workload: {
        kind: "elsewhere",
        controller: "StatefulSet",
        workloadName: "elsewhere-db",
        container: "app",
        uid: 10_003,
        fileProbe: { kind: "none", reason },
        pods: 3,
      },
    },
    {
      ...service,
      name: "ledger",
      workload: {
        kind: "stateful-set",
        image,
        replicas: 3,
        port: 8080,
        podManagementPolicy: "Parallel",
        pod: { spread: "zones" },
        volumeClaimTemplates: [
          { name: "data", mountPath: "/var/lib/ledger", size: "10Gi", storageClass: "fast" },
        ],
      },
    },
    {
      ...service,
      name: "collector",
      workload: {
        kind: "daemon-set",
        image,
        nodes: 12,
        ports: { http: 8080, metrics: 9090 },
        env: {
          STRIPE_KEY: { secret: "stripe", key: "api" },
          FLAGS: { configMap: "flags", key: "flags.json" },
        },
        pod: {
          labels: { "app.kubernetes.io/part-of": "shop" },
          annotations: { "prometheus.io/scrape": "true" },
          nodeSelector: { disk: "ssd" },
          tolerations: [{ key: "dedicated", value: "shop", effect: "NoSchedule" }],
          priorityClassName: "high",
          volumes: [
            { kind: "empty-dir", name: "scratch", mountPath: "/scratch", sizeLimit: "1Gi" },
            { kind: "secret", name: "keys", mountPath: "/etc/collector/keys", secret: "signing" },
            { kind: "config-map", name: "rates", mountPath: "/etc/collector/rates", configMap: "rates" },
            { kind: "claim", name: "shared", mountPath: "/srv/shared", claim: "shared" },
          ],
          initContainers: [{ name: "warm", image, databases: "all", volumes: ["scratch"], args: ["warm"] }],
          sidecars: [
            {
              name: "exporter",
              image,
              databases: "none",
              command: ["/exporter"],
              env: { TOKEN_FILE: { secret: "exporter", key: "path" } },
              uid: 10_005,
              resources: { cpu: "10m", memory: "32Mi" },
              filesystem: "writable",
              startup: { kind: "http", path: "/healthz", port: 9187 },
              readiness: { kind: "http", path: "/healthz", port: 9187, failures: 5 },
              liveness: { kind: "tcp", port: 9187, period: "1m" },
            },
          ],
        },
      },
    },
    {
      ...service,
      name: "shadow",
      access: [{ database: "shop", grants, credentials: { format: "properties" } }],
      workload: { ...service.workload, readiness: { kind: "tcp", port: 8080 } },
      migration: {
        stage: "shadow",
        check: { kind: "container", image },
        credentials: [
          { database: "shop", user: "shop_app", secret: "shop-db", as: { kind: "file", key: "db.json" } },
        ],
        readiness,
      },
    },
    {
      ...service,
      name: "canary",
      migration: { stage: "canary", share: "50%", credentials: onItsWay("shop"), readiness },
    },
    {
      ...service,
      name: "complete",
      workload: { ...service.workload, replicas: { min: 2, max: 10, cpu: 70, memory: 80 } },
      migration: {
        stage: "complete",
        retired: [{ database: "shop", user: "old_app", secret: "old-db", ownerRole: "shop_owner" }],
      },
    },
  ],
  waivers: [{ rule: "vault/audit-devices", resource: "all-ha-platform/Audit", reason }],
  guarantees: [
    {
      kind: "only",
      services: [],
      privileges: ["DELETE"],
      on: { database: "shop", schema: "audit", tables: ["log"] },
      reason,
    },
    { kind: "never", who: { services: ["complete"] }, on: { database: "shop", schema: "payroll" }, reason },
    { kind: "owner", services: ["complete"], database: "shop", reason },
    {
      kind: "lifetime",
      longest: "30d",
      privileges: ["TRUNCATE"],
      on: { database: "shop", tables: ["log"] },
      reason,
    },
    { kind: "apart", from: "all-dev", reason },
  ],
};

/** A laptop, with what only its Vault has. */
const dev: Environment = {
  name: "all-dev",
  state: { kind: "local", directory: "state/dev" },
  cluster: {
    connection: { kind: "in-cluster" },
    apiServer: "https://kubernetes.default.svc",
    namespaces: { kind: "existing" },
  },
  vault: {
    mode: "dev",
    namespace: "vault",
    audit: [],
    terraform: { login: { kind: "token" } },
    injector: { replicas: 1 },
  },
  guardrails: relaxed,
  protection: { kind: "disposable", reason },
  provenIn: "all-ha",
  databases: [{ ...database, tls: { mode: "disable", reason } }],
  services: [
    {
      ...service,
      name: "direct",
      access: [{ database: "shop", grants, strategy: "direct" }],
      workload: { ...service.workload, strategy: { kind: "recreate", reason } },
    },
    {
      ...service,
      name: "static",
      migration: {
        stage: "static",
        credentials: onItsWay("shop"),
        stays: { reason: "a vendor's image, until the next release", until: "2999-12-31" },
      },
      workload: { ...service.workload, env: { STRIPE_KEY: { secret: "stripe", key: "api" } } },
      access: [{ database: "shop", grants, strategy: "direct" }],
    },
  ],
};

/** Somebody else's Vault, with an injector of ours. */
const external: Environment = {
  ...dev,
  name: "all-external",
  provenIn: undefined,
  state: { kind: "http", address: "https://gitlab.acme.internal/state" },
  cluster: { ...ha.cluster, namespaces: { kind: "create" } },
  vault: {
    mode: "external",
    address: "https://vault.acme.internal:8200",
    namespace: "admin/shop",
    transport: { kind: "tls", caCertificate: vaultCa },
    injector: {
      kind: "install",
      namespace: "injector",
      chartRepository: "oci://charts.acme.internal/vault",
      replicas: 2,
      failurePolicy: { kind: "fail" },
    },
    audit: [],
    reviewer: { kind: "reviewer-jwt", source: { kind: "terraform-state", reason } },
    terraform: { login: { kind: "jwt", mount: "jwt-ci", role: "leasehold", namespace: "admin" } },
  },
  databases: [{ ...database, tls: { mode: "require", reason } }],
  services: [
    {
      ...service,
      name: "dynamic",
      migration: { stage: "dynamic", credentials: onItsWay("shop"), readiness },
      workload: {
        ...service.workload,
        strategy: { kind: "rolling", maxSurge: "50%", maxUnavailable: 1 },
      },
    },
  ],
};

/** Environments that hold every key of a declaration, with every variant of state, seal and Vault. */
export const maximal: readonly Environment[] = [
  ha,
  dev,
  external,
  { ...dev, name: "all-gcs", state: { kind: "gcs", bucket: "acme-tfstate", prefix: "leasehold" } },
  {
    ...external,
    name: "all-azure",
    state: {
      kind: "azurerm",
      resourceGroup: "acme",
      storageAccount: "acmetf",
      container: "tfstate",
      prefix: "leasehold",
    },
    vault: {
      mode: "external",
      address: "http://vault.acme.internal:8200",
      transport: { kind: "plaintext", reason },
      injector: { kind: "existing" },
      audit: [],
      reviewer: { kind: "reviewer-jwt", source: { kind: "out-of-band" } },
    },
  },
  {
    ...external,
    name: "all-later",
    providers: { vault: "5.10.0", kubernetes: "3.0.1", helm: "3.1.2" },
    vault: {
      mode: "external",
      address: "https://vault.acme.internal:8200",
      transport: { kind: "tls", caCertificate: vaultCa },
      injector: { kind: "existing" },
      audit: [],
      rateLimits: { login: 50, refused: "audited" },
      reviewer: { kind: "reviewer-jwt", source: { kind: "write-only", version: 2 } },
    },
  },
  ...(
    [
      { kind: "shamir" },
      {
        kind: "awskms",
        region: "eu-west-1",
        kmsKeyId: "alias/unseal",
        endpoint: "https://kms.acme.internal",
      },
      { kind: "gcpckms", project: "acme", region: "global", keyRing: "vault", cryptoKey: "unseal" },
      { kind: "azurekeyvault", tenantId: "3f0e", vaultName: "acme", keyName: "unseal" },
    ] as const
  ).map((seal): Environment => ({
    ...ha,
    name: `all-${seal.kind}`,
    state: { kind: "kubernetes", namespace: "terraform" },
    vault: {
      ...ha.vault,
      mode: "ha",
      tls: { secretName: "tls", caCertificate: vaultCa },
      seal,
      breakGlass: { kind: "generate-root", reason },
      metrics: { kind: "token" },
    } as Environment["vault"],
    services: [
      {
        ...service,
        name: "orders",
        migration: { stage: "shadow", check: { kind: "application" }, credentials: onItsWay("shop") },
      },
    ],
    cluster: { ...ha.cluster, namespaces: { kind: "existing" } },
    waivers: [],
    guarantees: [],
  })),
];
