import fc from "fast-check";
import { formatProblem, type Duration, type Problem } from "../../lib/core";
import {
  AnnotatedCronJob,
  annotatedCronJobProblems,
  AnnotatedDeployment,
  annotatedDeploymentProblems,
  planService,
  podTemplate,
  Service,
  servicePlatformProblems,
  serviceProblems,
  type Credentials,
  type CronJobWorkload,
  type DeploymentWorkload,
  type ElsewhereWorkload,
  type Injection,
  type ServicePlatform,
  type ServiceProps,
  type Workload,
} from "../../lib/service";
import {
  auditLog,
  cronJob,
  deployment,
  elsewhere,
  emptyStack,
  orders,
  platform,
  readsOrders,
  shop,
  writesLog,
} from "../support/service-fixtures";

const messages = (problems: readonly Problem[]) =>
  problems.map((problem) => formatProblem({ ...problem, path: "p" }).slice("[p] ".length));
const problemsOf = (props: Partial<ServiceProps>) => messages(serviceProblems({ ...orders, ...props }));
const deployed = (workload: Partial<DeploymentWorkload>) =>
  problemsOf({ workload: { ...deployment, ...workload } });
const scheduled = (workload: Partial<CronJobWorkload>) =>
  problemsOf({ workload: { ...cronJob, ...workload } });
const outside = (workload: Partial<ElsewhereWorkload>) =>
  problemsOf({ workload: { ...elsewhere, ...workload } });

const LABEL = (length: number) =>
  `must be 1 to ${length} lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen`;
const REASON =
  'must say in at least ten characters why the unsafe choice is right here, got "so"; write the reason down, or take the safe choice';
const PORT = "must be a whole number from 1 to 65535, got 0; choose one from 1 to 65535";

test("nothing is wrong with a service of any kind", () => {
  const workloads: Workload[] = [
    deployment,
    cronJob,
    elsewhere,
    {
      ...deployment,
      port: 8080,
      command: ["/app"],
      args: ["--dsn", "$(LEASEHOLD_SHOP_CREDENTIALS_FILE)"],
      env: { LOG_LEVEL: "info", _x1: "" },
      uid: 1,
      resources: { cpu: "2", memory: "1Gi" },
      readiness: { kind: "http", path: "/", port: 1 },
      liveness: { kind: "exec", command: ["true"] },
      fileProbe: { kind: "none", reason: "a distroless image has no shell" },
      imagePullSecrets: ["registry.acme"],
    },
    { ...cronJob, timeZone: "Etc/UTC", activeDeadline: "1h", retries: 0 },
    { ...elsewhere, controller: "Job", workloadName: "orders.v2", uid: 4711 },
  ];
  expect(workloads.flatMap((workload) => problemsOf({ workload }))).toEqual([]);
});

test("a service is refused with everything that is wrong with it, and defines nothing", () => {
  const stack = emptyStack();
  const wrong: ServiceProps = {
    ...orders,
    name: "Orders",
    namespace: "kube-system",
    ttl: { default: "2h", max: "1h" },
    drain: "0s",
    access: [],
    workload: { ...deployment, image: "orders", replicas: 0 },
    platform: { ...platform, vault: { ...platform.vault, address: "vault:8200" } },
  };
  expect(() => new Service(stack, "orders", wrong)).toThrow(
    [
      "the configuration has 8 problems:",
      '  [production/orders] \'platform.vault.address\' must be a URL with https or http, without credentials, query, fragment or a slash at the end, got "vault:8200"; write it like "https://vault.acme.internal:8200"',
      `  [production/orders] 'name' ${LABEL(52)}, got "Orders"; rename it`,
      "  [production/orders] 'namespace' must be one in which the injector works: it refuses kube-system and kube-public, got \"kube-system\"; give the service a namespace of its own",
      "  [production/orders] 'ttl.default' must be at most 'ttl.max' (\"1h\"), got \"2h\"; shorten it, or lengthen the other",
      '  [production/orders] \'drain\' must be a duration of more than nothing: a whole number and one of s, m, h, d, such as "15m" or "1h", got "0s"; write it as "90s", "15m", "1h" or "7d"',
      "  [production/orders] 'access' must name at least one database, got []; declare what the service may touch, or take the service out",
      '  [production/orders] \'workload.image\' must name a container image with a tag (not latest) or a digest, got "orders"; write it like "ghcr.io/acme/orders:1.4.2"',
      "  [production/orders] 'workload.replicas' must be at least 1: a service without pods keeps its access to the database, got 0; take the service out, or stop its pods for a while with kubectl scale",
    ].join("\n"),
  );
  expect(stack.node.tryFindChild("orders")).toBeUndefined();
});

describe("names", () => {
  test("leave a CronJob room for the names of its runs", () => {
    expect(problemsOf({ name: "o".repeat(52) })).toEqual([]);
    const name = "o".repeat(53);
    expect(problemsOf({ name })).toEqual([`'name' ${LABEL(52)}, got "${name}"; rename it`]);
  });

  test("make a role name that PostgreSQL does not cut", () => {
    const databases = [{ ...shop, name: "s".repeat(36) }];
    const access = [{ ...readsOrders, database: "s".repeat(36) }];
    const name = "o".repeat(27);
    expect(problemsOf({ name, access, platform: { ...platform, databases } })).toEqual([
      `'access[0].database' must make a role name <service>-<database> of at most 63 bytes, got "${name}-${"s".repeat(36)}"; shorten the name of the service or of the database`,
    ]);
  });

  test("of databases leave room in the annotations that they end", () => {
    const database = "s".repeat(37);
    const databases = [{ ...shop, name: database }];
    const access = [{ ...readsOrders, database }];
    expect(problemsOf({ access, platform: { ...platform, databases } })).toEqual([
      `'access[0].database' ${LABEL(36)}, got "${database}"; rename it`,
    ]);
  });

  test.each(["kube-public", "kube-system"])("of a namespace may not be %s", (namespace) => {
    expect(problemsOf({ namespace })).toEqual([
      `'namespace' must be one in which the injector works: it refuses kube-system and kube-public, got "${namespace}"; give the service a namespace of its own`,
    ]);
  });

  test("of a namespace are labels", () => {
    expect(problemsOf({ namespace: "Shop" })).toEqual([`'namespace' ${LABEL(63)}, got "Shop"; rename it`]);
  });
});

describe("access", () => {
  test("names databases that there are", () => {
    expect(problemsOf({ access: [readsOrders, { ...writesLog, database: "shopp" }] })).toEqual([
      "'access[1].database' must be one of the environment's databases (shop, audit-log), got \"shopp\"; correct the name, or add the database to the environment",
    ]);
    expect(problemsOf({ platform: { ...platform, databases: [] } })).toEqual([
      "'access[0].database' must be one of the environment's databases (it has none), got \"shop\"; correct the name, or add the database to the environment",
    ]);
  });

  test("names each database once", () => {
    expect(problemsOf({ access: [readsOrders, writesLog, readsOrders] })).toEqual([
      "'access' must name each database once, got \"shop\"; put all grants of the database into one entry",
    ]);
  });

  test("writes a file for each database", () => {
    const credentials: Credentials = {
      format: "custom",
      fileName: "shop.json",
      template: "{{ .Data.username }}{{ .Data.password }}",
    };
    expect(problemsOf({ access: [readsOrders, { ...writesLog, credentials }] })).toEqual([
      "'access' must write a file of its own for each database, got \"shop.json\"; choose another 'fileName'",
    ]);
  });

  test("has grants that make sense, in the schema of the database", () => {
    const grants = [{ tables: [], privileges: ["SELECT"] }] as const;
    expect(
      serviceProblems({ ...orders, access: [{ ...readsOrders, grants }] }).map(({ property }) => property),
    ).toEqual(["access[0].grants[0].tables"]);
    const twice = [
      { tables: ["entries"], privileges: ["SELECT"] },
      { tables: ["entries"], privileges: ["INSERT"], schema: "app" },
    ] as const;
    const access = [{ database: "audit-log", grants: twice }];
    expect(serviceProblems({ ...orders, access }).map(({ property }) => property)).toEqual([
      "access[0].grants[1].tables[0]",
    ]);
  });

  test("keeps to the strategy", () => {
    const grants = [
      { allTablesOwnedBy: "migrations", privileges: ["SELECT"], reason: "reports over everything" },
    ] as const;
    expect(problemsOf({ access: [{ database: "shop", grants }] })).toEqual([]);
    const direct = serviceProblems({ ...orders, access: [{ database: "shop", grants, strategy: "direct" }] });
    expect(direct.map(({ property }) => property)).toEqual(["access[0].grants[0].allTablesOwnedBy"]);
  });

  test.each([0, 501, 1.5])("has no pool of %d", (max) => {
    expect(problemsOf({ access: [{ ...readsOrders, pool: { max } }] })).toEqual([
      `'access[0].pool.max' must be a whole number from 1 to 500, got ${max}; choose one from 1 to 500`,
    ]);
  });

  test("may have a pool of up to 500 connections", () => {
    expect(problemsOf({ access: [{ ...readsOrders, pool: { max: 500 } }] })).toEqual([]);
  });
});

describe("a custom credentials file", () => {
  const file = (custom: Partial<{ template: string; fileName: string }>) => {
    const template = "{{ .Data.username }} {{ .Data.password }}";
    return problemsOf({
      access: [
        { ...readsOrders, credentials: { format: "custom", fileName: "db.txt", template, ...custom } },
      ],
    });
  };

  test("uses user and password", () => {
    expect(file({ template: "{{ .Data.user }}" })).toEqual([
      "'access[0].credentials.template' must use .Data.username, got a template of 16 characters; write {{ .Data.username }} where it belongs",
      "'access[0].credentials.template' must use .Data.password, got a template of 16 characters; write {{ .Data.password }} where it belongs",
    ]);
  });

  test.each([
    ["secret", '{{ with secret "kv/x" }}{{ end }}'],
    ["secret", "{{ with secret `kv/x` }}{{ end }}"],
    ["secret", '{{ "kv/x" | secret }}'],
    ["secrets", '{{- range secrets "kv" }}{{ end }}'],
  ])("reads nothing by %s: %s", (name, action) => {
    const template = `{{.Data.username}}{{.Data.password}}${action}`;
    expect(file({ template })).toEqual([
      `'access[0].credentials.template' must use functions that read and write nothing but what they are given, ${name} is none of them, got a template of ${template.length} characters; leave it out: the body stands inside the one read of the credential`,
    ]);
  });

  test("may speak of a secret, and hold braces of its own", () => {
    expect(file({ template: '{"a":{"secret":"{{ .Data.password }}","u":"{{ .Data.username }}"}}' })).toEqual(
      [],
    );
  });

  test.each(["", "../db.txt", "a/b", ".db", "a b", "a;b", "x".repeat(64)])("is not called %j", (fileName) => {
    expect(file({ fileName })).toEqual([
      `'access[0].credentials.fileName' must be a file name of 1 to 63 letters, digits, '.', '_' and '-', without a directory, got ${JSON.stringify(fileName)}; write it like "database.yml"; it is written to /vault/secrets`,
    ]);
  });
});

describe("injection", () => {
  const endless: Workload[] = [
    deployment,
    ...(["Deployment", "StatefulSet", "DaemonSet"] as const).map((controller) => ({
      ...elsewhere,
      controller,
    })),
  ];
  const ending: Workload[] = [
    { ...cronJob, activeDeadline: "1h" },
    ...(["Job", "CronJob"] as const).map((controller) => ({ ...elsewhere, controller })),
  ];

  test("as native sidecar suits every workload", () => {
    expect([...endless, ...ending].flatMap((workload) => problemsOf({ workload }))).toEqual([]);
  });

  test("by two agents is not for what ends", () => {
    const injection: Injection = { mode: "init-and-sidecar" };
    expect(endless.flatMap((workload) => problemsOf({ workload, injection }))).toEqual([]);
    for (const workload of ending) {
      expect(problemsOf({ workload, injection })).toEqual([
        '\'injection.mode\' must let a Job complete: an agent beside it runs for ever, got "init-and-sidecar"; take "native-sidecar", or "init-only" for a short run',
      ]);
    }
  });

  test("by one agent at the start is only for what ends", () => {
    const injection: Injection = { mode: "init-only" };
    expect(ending.flatMap((workload) => problemsOf({ workload, injection }))).toEqual([]);
    for (const workload of endless) {
      expect(problemsOf({ workload, injection })).toEqual([
        '\'injection.mode\' must renew the lease of pods that run all the time, got "init-only"; take "native-sidecar"',
      ]);
    }
  });

  test.each<[Duration | undefined, string]>([
    [undefined, "nothing"],
    ["61m", '"61m"'],
  ])("by one agent at the start is not for a run of %s", (activeDeadline, got) => {
    expect(
      problemsOf({ injection: { mode: "init-only" }, workload: { ...cronJob, activeDeadline } }),
    ).toEqual([
      `'workload.activeDeadline' must be at most 'ttl.default' ("1h") with the injection "init-only": nobody renews the lease, got ${got}; say how long a run may take, raise 'ttl.default', or take the injection "native-sidecar"`,
    ]);
  });

  test("says nothing about durations that are none", () => {
    const workload = { ...cronJob, activeDeadline: "soon" as Duration };
    expect(
      serviceProblems({ ...orders, injection: { mode: "init-only" }, workload }).map((p) => p.property),
    ).toEqual(["workload.activeDeadline"]);
    const ttl = { default: "soon" as Duration, max: "1h" as Duration };
    expect(
      serviceProblems({ ...orders, ttl, injection: { mode: "init-only" }, workload: cronJob }).map(
        (p) => p.property,
      ),
    ).toEqual(["ttl.default"]);
  });
});

describe("a workload of our own", () => {
  test.each(["orders", "orders:latest", "orders@sha256:1"])("does not run %s", (image) => {
    const text = `'workload.image' must name a container image with a tag (not latest) or a digest, got "${image}"; write it like "ghcr.io/acme/orders:1.4.2"`;
    expect(deployed({ image })).toEqual([text]);
    expect(scheduled({ image })).toEqual([text]);
  });

  test("has variables that a shell knows and that are not the contract's", () => {
    expect(deployed({ env: { "1A": "", "A-B": "", LEASEHOLD_DRAIN: "1" } })).toEqual([
      "'workload.env' must have names of letters, digits and '_', not starting with a digit, got \"1A\"; rename the variable",
      "'workload.env' must have names of letters, digits and '_', not starting with a digit, got \"A-B\"; rename the variable",
      "'workload.env' must leave LEASEHOLD_DRAIN to the contract, got \"LEASEHOLD_DRAIN\"; take it out, or rename it",
    ]);
  });

  test("holds no secret, and the refusal does not repeat it", () => {
    const secret = "postgresql://orders:hunter2@pg/shop";
    const fix =
      "take it out, and change the secret where it was real; a database's credentials are in the credentials file, other secrets belong into Vault";
    const texts = ["env.DATABASE_URL", "command[1]", "args[0]"].map(
      (property) =>
        `'workload.${property}' must hold no secret, got a value that looks like a secret (withheld); ${fix}`,
    );
    const workload = {
      ...cronJob,
      env: { DATABASE_URL: secret },
      command: ["/app", secret],
      args: [secret],
    };
    const define = () => new Service(emptyStack(), "orders", { ...orders, workload });
    for (const text of texts) expect(define).toThrow(text);
    expect(define).not.toThrow("hunter2");
  });

  test.each([0, -1, 1.5, 2_147_483_648])("does not run as user %d", (uid) => {
    const text = `'workload.uid' must be a whole number from 1 to 2147483647, got ${uid}; choose one from 1 to 2147483647`;
    expect([deployed({ uid }), scheduled({ uid }), outside({ uid })]).toEqual([[text], [text], [text]]);
  });

  test("asks for resources as Kubernetes writes them", () => {
    expect(deployed({ resources: { cpu: "0.0", memory: "256MB" } })).toEqual([
      '\'workload.resources.cpu\' must be an amount as Kubernetes writes it, got "0.0"; write it like "250m" or "2"',
      '\'workload.resources.memory\' must be an amount as Kubernetes writes it, got "256MB"; write it like "256Mi" or "1Gi"',
    ]);
    const good = ["1", "250m", "0.5", "1.25"].flatMap((cpu) => deployed({ resources: { cpu } }));
    expect([
      ...good,
      ...["1Gi", "256Mi", "64000Ki", "1G"].flatMap((memory) => deployed({ resources: { memory } })),
    ]).toEqual([]);
  });

  test("pulls with Secrets that can be", () => {
    expect(deployed({ imagePullSecrets: ["a", "B"] })).toEqual([
      "'workload.imagePullSecrets[1]' must be the name of a Kubernetes object: 1 to 253 lower-case letters, digits, hyphens and dots, got \"B\"; write the object's name, as kubectl shows it",
    ]);
  });

  test("has a number of pods and a port", () => {
    expect(deployed({ replicas: 1001, port: 0 })).toEqual([
      "'workload.replicas' must be a whole number from 1 to 1000, got 1001; choose one from 1 to 1000",
      `'workload.port' ${PORT}`,
    ]);
  });

  test("has probes that ask something", () => {
    expect(
      deployed({
        readiness: { kind: "http", path: "ready", port: 0 },
        liveness: { kind: "exec", command: [] },
        fileProbe: { kind: "none", reason: "so" },
      }),
    ).toEqual([
      '\'workload.readiness.path\' must be the path of a URL, from its slash on, got "ready"; write it like "/healthz"',
      `'workload.readiness.port' ${PORT}`,
      "'workload.liveness.command' must name a program, got []; write it like [\"/app/healthy\"]",
      `'workload.fileProbe.reason' ${REASON}`,
    ]);
    expect(deployed({ readiness: { kind: "tcp", port: 0 } })).toEqual([`'workload.readiness.port' ${PORT}`]);
  });

  test("has probes that come in time", () => {
    const tcp = { kind: "tcp", port: 8080 } as const;
    expect(
      deployed({
        startup: { ...tcp, period: "2m", failures: 0 },
        liveness: { ...tcp, timeout: "31s", failures: 11, initialDelay: "0s" },
      }),
    ).toEqual([
      '\'workload.startup.period\' must be at most "1m", got "2m"; shorten it',
      "'workload.startup.failures' must be a whole number from 1 to 600, got 0; choose one from 1 to 600",
      '\'workload.liveness.timeout\' must be at most "30s", got "31s"; shorten it',
      '\'workload.liveness.initialDelay\' must be a duration of more than nothing: a whole number and one of s, m, h, d, such as "15m" or "1h", got "0s"; write it as "90s", "15m", "1h" or "7d"',
      "'workload.liveness.failures' must be a whole number from 1 to 10, got 11; choose one from 1 to 10",
    ]);
    expect([3, 6, 60, 61].map((failures) => deployed({ startup: { ...tcp, failures } }))).toEqual([
      [
        "'workload.startup.failures' must give the application from one minute to ten, together with 'period', got 3; choose one from 6 to 60",
      ],
      [],
      [],
      [expect.stringContaining("choose one from 6 to 60")],
    ]);
  });

  test("has one question at its start", () => {
    const tcp = { kind: "tcp", port: 8080 } as const;
    const none = { kind: "none", reason: "a distroless image has no shell" } as const;
    expect(deployed({ startup: tcp, readiness: tcp })).toEqual([
      expect.stringContaining("'workload.startup' must stand without 'readiness'"),
    ]);
    expect(deployed({ startup: tcp })).toEqual([]);
    expect(deployed({ startup: tcp, readiness: tcp, fileProbe: none })).toEqual([]);
    const proxy = { name: "proxy", image: "ghcr.io/acme/proxy:1.0.0", startup: tcp, readiness: tcp };
    expect(deployed({ pod: { sidecars: [proxy] } })).toEqual([]);
    expect(deployed({ pod: { sidecars: [{ ...proxy, liveness: { kind: "exec", command: [] } }] } })).toEqual([
      expect.stringContaining("'workload.pod.sidecars[0].liveness.command' must name a program"),
    ]);
  });

  test("stays long enough to be seen", () => {
    const job = { kind: "job", image: "ghcr.io/acme/job:1.0.0" } as const;
    expect(problemsOf({ workload: { ...job, ttlAfterFinished: { ttl: "59s", reason: "so" } } })).toEqual([
      '\'workload.ttlAfterFinished.ttl\' must be at least "1m": whoever waits for the run would find nothing, and take it for done, got "59s"; lengthen it',
      `'workload.ttlAfterFinished.reason' ${REASON}`,
    ]);
    expect(scheduled({ ttlAfterFinished: "0s" })).toEqual([
      expect.stringContaining("'workload.ttlAfterFinished' must be a duration of more than nothing"),
    ]);
    expect(scheduled({ ttlAfterFinished: "1m" })).toEqual([]);
  });

  test("runs at times that there are", () => {
    expect(
      scheduled({ schedule: "every day", timeZone: "Mars/Olympus", activeDeadline: "0s", retries: -1 }),
    ).toEqual([
      "'workload.schedule' must be five fields of cron (minute, hour, day of the month, month, day of the week 0 to 6) or a word such as @daily, got \"every day\"; write it like \"15 * * * *\"; a time zone goes into 'timeZone'",
      '\'workload.timeZone\' must be the name of a time zone, got "Mars/Olympus"; write it like "Europe/Berlin" or "Etc/UTC"',
      '\'workload.activeDeadline\' must be a duration of more than nothing: a whole number and one of s, m, h, d, such as "15m" or "1h", got "0s"; write it as "90s", "15m", "1h" or "7d"',
      "'workload.retries' must be a whole number from 0 to 100, got -1; choose one from 0 to 100",
    ]);
  });
});

test("a workload that is deployed elsewhere names what is there", () => {
  expect(
    outside({
      workloadName: "Orders",
      container: "a.b",
      fileProbe: { kind: "none", reason: "so" },
    }),
  ).toEqual([
    "'workload.workloadName' must be the name of a Kubernetes object: 1 to 253 lower-case letters, digits, hyphens and dots, got \"Orders\"; write the object's name, as kubectl shows it",
    `'workload.container' ${LABEL(63)}, got "a.b"; rename it`,
    `'workload.fileProbe.reason' ${REASON}`,
  ]);
});

describe("the platform", () => {
  const properties = (wrong: Partial<ServicePlatform>) =>
    servicePlatformProblems({ ...platform, ...wrong }).map(({ property }) => property);

  test("is refused with all that is wrong with it", () => {
    expect(properties({})).toEqual([]);
    expect(
      properties({
        environment: "Production",
        vault: { ...platform.vault, address: "https://vault/", agentCaCertificate: "PEM" },
        databases: [
          shop,
          {
            ...auditLog,
            name: "A",
            host: "pg:5432",
            port: 0,
            database: "",
            tls: { mode: "verify-full", caCertificate: "" },
          },
        ],
      }),
    ).toEqual([
      "environment",
      "vault.address",
      "vault.agentCaCertificate",
      "databases[1].name",
      "databases[1].host",
      "databases[1].port",
      "databases[1].database",
      "databases[1].tls.caCertificate",
    ]);
  });
});

describe("the constructs of workloads", () => {
  const template = podTemplate(planService(orders), deployment);
  const common = { name: "Orders", namespace: "", template, dependsOn: [] } as const;
  const labels = [
    `'name' ${LABEL(63)}, got "Orders"; rename it`,
    `'namespace' ${LABEL(63)}, got ""; rename it`,
  ];

  test("refuse a Deployment with all that is wrong with it", () => {
    const props = { ...common, service: "orders", replicas: 0, port: 65_536 };
    expect(messages(annotatedDeploymentProblems(props))).toEqual([
      ...labels,
      "'replicas' must be at least 1: a service without pods keeps its access to the database, got 0; take the service out, or stop its pods for a while with kubectl scale",
      "'port' must be a whole number from 1 to 65535, got 65536; choose one from 1 to 65535",
    ]);
    expect(() => new AnnotatedDeployment(emptyStack(), "Workload", props)).toThrow(
      "the configuration has 4 problems:",
    );
  });

  test("refuse a CronJob with all that is wrong with it", () => {
    const props = { ...common, schedule: "never", retries: 101 };
    expect(messages(annotatedCronJobProblems(props))).toEqual([
      `'name' ${LABEL(52)}, got "Orders"; rename it`,
      labels[1],
      "'schedule' must be five fields of cron (minute, hour, day of the month, month, day of the week 0 to 6) or a word such as @daily, got \"never\"; write it like \"15 * * * *\"; a time zone goes into 'timeZone'",
      "'retries' must be a whole number from 0 to 100, got 101; choose one from 0 to 100",
    ]);
    expect(() => new AnnotatedCronJob(emptyStack(), "Workload", props)).toThrow(
      "the configuration has 4 problems:",
    );
  });
});

test("no text in any field makes the check itself fail", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (first, second, third) => {
      const duration = third as Duration;
      const props: ServiceProps = {
        ...orders,
        name: first,
        namespace: second,
        ttl: { default: duration, max: duration },
        drain: duration,
        access: [
          { ...readsOrders, database: first },
          { ...writesLog, credentials: { format: "custom", template: second, fileName: third } },
        ],
        workload: { ...cronJob, image: first, schedule: second, timeZone: third, env: { [first]: second } },
      };
      expect(serviceProblems(props).length).toBeGreaterThan(0);
    }),
  );
});
