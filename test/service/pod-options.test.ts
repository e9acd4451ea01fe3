import fc from "fast-check";
import { formatProblem } from "../../lib/core";
import {
  planService,
  podTemplate,
  serviceProblems,
  workloadAnnotations,
  type DeploymentWorkload,
  type JobWorkload,
  type OtherContainer,
  type OwnWorkload,
  type PodOptions,
  type ServiceProps,
} from "../../lib/service";
import { shapeProblems } from "../../lib/core/shape";
import { serviceSchema } from "../../lib/service";
import { orders } from "../support/service-fixtures";
import { restrictedViolations } from "../support/service-pod-security";

const image = "ghcr.io/acme/orders:1.4.2";
const deployment: DeploymentWorkload = { kind: "deployment", image, replicas: 2 };
const warm: OtherContainer = { name: "warm", image: "ghcr.io/acme/warm:1" };

const propsOf = (pod: PodOptions, more: Partial<DeploymentWorkload> = {}): ServiceProps => ({
  ...orders,
  workload: { ...deployment, ...more, pod },
});
function podsOf(props: ServiceProps, source: "dynamic" | "static" = "dynamic") {
  const plan = planService(props);
  return podTemplate(plan, plan.workload as OwnWorkload, { suffix: "", source });
}
const problemsOf = (props: ServiceProps) =>
  serviceProblems(props).map((each) => formatProblem({ ...each, path: "p" }).slice("[p] ".length));
const migration: ServiceProps["migration"] = {
  stage: "static",
  credentials: [
    {
      database: "shop",
      user: "app",
      secret: "orders-db",
      as: { kind: "env", variables: { PGUSER: "user" } },
    },
  ],
};

describe("labels and annotations", () => {
  test("stand beside those by which leasehold finds the pods", () => {
    const { metadata } = podsOf(
      propsOf({ labels: { tier: "web" }, annotations: { "prometheus.io/port": "9090" } }),
    );
    expect(metadata.labels).toEqual({
      tier: "web",
      "app.kubernetes.io/name": "orders",
      "leasehold/service": "orders",
    });
    expect(metadata.annotations["prometheus.io/port"]).toBe("9090");
    expect(metadata.annotations["vault.hashicorp.com/agent-inject"]).toBe("true");
  });

  test.each([
    "vault.hashicorp.com/agent-inject",
    "leasehold/contract-checksum",
    "sidecar.istio.io/inject",
    "linkerd.io/inject",
    "container.apparmor.security.beta.kubernetes.io/orders",
    "consul.hashicorp.com/connect-inject",
    "scrape",
  ])("%s changes pods or is nobody's, and is refused", (key) => {
    expect(problemsOf(propsOf({ annotations: { [key]: "true" } }))).toHaveLength(1);
  });

  test.each(["prometheus.io/scrape", "cluster-autoscaler.kubernetes.io/safe-to-evict", "acme.com/owner"])(
    "%s changes no pod",
    (key) => {
      expect(problemsOf(propsOf({ annotations: { [key]: "true" } }))).toEqual([]);
    },
  );

  test("that select pods are nobody else's", () => {
    expect(
      problemsOf(
        propsOf({
          labels: {
            "app.kubernetes.io/name": "x",
            "leasehold/service": "x",
            "pod-template.kubernetes.io/hash": "x",
            tier: "two words",
          },
        }),
      ),
    ).toEqual([
      "'workload.pod.labels' must leave app.kubernetes.io/name to the selector of the workload, got \"app.kubernetes.io/name\"; take it out, or rename it",
      "'workload.pod.labels' must leave leasehold/service to leasehold, got \"leasehold/service\"; take it out, or rename it",
      "'workload.pod.labels' must leave pod-template.kubernetes.io/hash to Kubernetes, got \"pod-template.kubernetes.io/hash\"; take it out, or rename it",
      "'workload.pod.labels.tier' must be a value as Kubernetes takes it: up to 63 letters, digits, '-', '_' and '.', got \"two words\"; shorten it, or put it into an annotation",
    ]);
  });

  test("whatever else is declared, the injector's annotations are those that were derived", () => {
    const key = fc.oneof(
      fc.constantFrom("vault.hashicorp.com/role", "vault.hashicorp.com/agent-inject", "leasehold/x"),
      fc.stringMatching(/^[a-z]{1,8}\.[a-z]{2,3}\/[a-z]{1,8}$/),
    );
    const derived = podsOf(orders).metadata.annotations;
    fc.assert(
      fc.property(fc.dictionary(key, fc.string()), (annotations) => {
        const props = propsOf({ annotations });
        if (serviceProblems(props).length > 0) return;
        expect(podsOf(props).metadata.annotations).toEqual({ ...annotations, ...derived });
      }),
    );
  });
});

test("pods run where they are told to", () => {
  const { spec } = podsOf(
    propsOf({
      nodeSelector: { "node-role.kubernetes.io/worker": "" },
      tolerations: [{ key: "dedicated", value: "shop", effect: "NoSchedule" }, { key: "spot" }],
      priorityClassName: "high",
      spread: "zones",
    }),
  );
  expect(spec).toMatchObject({
    nodeSelector: { "node-role.kubernetes.io/worker": "" },
    tolerations: [
      { key: "dedicated", operator: "Equal", value: "shop", effect: "NoSchedule" },
      { key: "spot", operator: "Exists" },
    ],
    priorityClassName: "high",
    topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone" }],
  });
});

describe("variables", () => {
  const env = {
    LOG_LEVEL: "info",
    STRIPE_KEY: { secret: "stripe", key: "api-key" },
    FLAGS: { configMap: "flags", key: "flags.json" },
  } as const;

  test("come from Secrets and ConfigMaps by their keys", () => {
    const [container] = podsOf(propsOf({}, { env })).spec.containers;
    expect(container?.env.slice(0, 3)).toEqual([
      { name: "LOG_LEVEL", value: "info" },
      { name: "STRIPE_KEY", valueFrom: { secretKeyRef: { name: "stripe", key: "api-key" } } },
      { name: "FLAGS", valueFrom: { configMapKeyRef: { name: "flags", key: "flags.json" } } },
    ]);
    expect(problemsOf(propsOf({}, { env }))).toEqual([]);
  });

  test.each(["PGPASSWORD", "DATABASE_URL", "ORDERS_DB_PASSWORD", "PGPASSFILE", "SPRING_DATASOURCE_URL"])(
    "never hold a database's password: %s",
    (name) => {
      expect(problemsOf(propsOf({}, { env: { [name]: { secret: "orders", key: "a" } } }))).toEqual([
        `'workload.env.${name}' must be no database's password: it never changes, and the credentials file has one that does, got "${name}"; take it out: the application reads the credentials file, whose path LEASEHOLD_<DATABASE>_CREDENTIALS_FILE says`,
      ]);
    },
  );

  test("take nothing from a Secret of the migration, in any container, nor mount it", () => {
    const source = { X: { secret: "orders-db", key: "password" } };
    const props = propsOf(
      {
        initContainers: [{ ...warm, env: source }],
        sidecars: [{ ...warm, name: "proxy", env: source }],
        volumes: [{ kind: "secret", name: "db", mountPath: "/db", secret: "orders-db" }],
      },
      { env: source },
    );
    expect(problemsOf({ ...props, migration }).map((each) => each.split("'")[1])).toEqual([
      "workload.env.X",
      "workload.pod.volumes[0].secret",
      "workload.pod.initContainers[0].env.X",
      "workload.pod.sidecars[0].env.X",
    ]);
  });

  test("that are the application's own are told from those of the migration", () => {
    const props = propsOf({}, { env });
    expect(workloadAnnotations(planService({ ...props, migration }))).toEqual({
      "leasehold/migration-stage": "static",
      "leasehold/own-secrets": "stripe",
    });
    expect(workloadAnnotations(planService(props))).toEqual({});
  });

  test("have a source of one kind", () => {
    const shape = (value: unknown) => {
      const { platform: _, ...service } = orders;
      return shapeProblems(serviceSchema, { ...service, workload: { ...deployment, env: { A: value } } });
    };
    expect(shape({ secret: "a", key: "b" })).toEqual([]);
    expect(shape({ secret: "a", configMap: "c", key: "b" })).not.toEqual([]);
    expect(shape({ secret: "a" })).not.toEqual([]);
    expect(shape(5)).not.toEqual([]);
  });
});

describe("volumes", () => {
  const volumes: PodOptions["volumes"] = [
    { kind: "secret", name: "keys", mountPath: "/etc/orders/keys", secret: "signing" },
    { kind: "config-map", name: "rates", mountPath: "/etc/orders/rates", configMap: "rates" },
    { kind: "empty-dir", name: "scratch", mountPath: "/scratch", sizeLimit: "1Gi" },
    { kind: "claim", name: "shared", mountPath: "/srv", claim: "shared" },
  ];

  test("are mounted in the application, and in what names them", () => {
    const { spec } = podsOf(
      propsOf({ volumes, sidecars: [{ ...warm, name: "proxy", volumes: ["scratch", "keys"] }] }),
    );
    expect(spec.volumes.slice(-4)).toEqual([
      { name: "keys", secret: { secretName: "signing" } },
      { name: "rates", configMap: { name: "rates" } },
      { name: "scratch", emptyDir: { sizeLimit: "1Gi" } },
      { name: "shared", persistentVolumeClaim: { claimName: "shared" } },
    ]);
    const [application, proxy] = spec.containers;
    expect(application?.volumeMounts.slice(-4)).toEqual([
      { name: "keys", mountPath: "/etc/orders/keys", readOnly: true },
      { name: "rates", mountPath: "/etc/orders/rates", readOnly: true },
      { name: "scratch", mountPath: "/scratch" },
      { name: "shared", mountPath: "/srv" },
    ]);
    expect(proxy?.volumeMounts).toEqual([
      { name: "tmp-proxy", mountPath: "/tmp" },
      { name: "keys", mountPath: "/etc/orders/keys", readOnly: true },
      { name: "scratch", mountPath: "/scratch" },
    ]);
    expect(spec.securityContext).toMatchObject({ fsGroup: 10_001 });
  });

  test("cover nothing of the agent's, and nothing of each other", () => {
    expect(
      problemsOf(
        propsOf({
          volumes: [
            { kind: "empty-dir", name: "vault-secrets", mountPath: "/vault/secrets", sizeLimit: "0" },
            { kind: "claim", name: "a", mountPath: "/srv", claim: "A" },
            { kind: "claim", name: "a", mountPath: "/srv/b", claim: "b" },
          ],
          sidecars: [{ ...warm, volumes: ["c"] }],
        }),
      ).map((each) => each.replace(/, got.*/, "")),
    ).toEqual([
      "'workload.pod.volumes[0].name' must be no name of a volume that is added to the pod (home-init, home-sidecar, vault-secrets, vault-token, leasehold-contract, tmp, static-…, tmp-…)",
      "'workload.pod.volumes[0].mountPath' must leave /vault to the agent, which writes the credentials file there",
      "'workload.pod.volumes[0].sizeLimit' must be an amount as Kubernetes writes it",
      "'workload.pod.volumes[1].claim' must be the name of a Kubernetes object: 1 to 253 lower-case letters, digits, hyphens and dots",
      "'workload.pod.volumes' must have a name for each volume, also of the StatefulSet's claims",
      "'workload.pod.volumes' must mount nothing at, over or below another one, such as /srv",
      "'workload.pod.sidecars[0].volumes' must name volumes of the pod (vault-secrets, a, a)",
    ]);
  });
});

describe("other containers", () => {
  test("have what the application has of the databases, or nothing of it", () => {
    const { spec, metadata } = podsOf(
      propsOf({
        initContainers: [
          { ...warm, databases: "all" },
          { ...warm, name: "fetch", uid: 4711 },
        ],
        sidecars: [
          { ...warm, name: "proxy" },
          { ...warm, name: "worker", databases: "all" },
        ],
      }),
    );
    const [reads, fetch] = spec.initContainers ?? [];
    const [application, proxy, worker] = spec.containers;
    for (const each of [reads, worker]) {
      expect(each?.env).toEqual(application?.env);
      expect(each?.volumeMounts[0]).toEqual(application?.volumeMounts[0]);
      expect(each?.securityContext.runAsUser).toBe(application?.securityContext.runAsUser);
    }
    for (const each of [fetch, proxy]) {
      expect(each?.env).toEqual([]);
      expect(each?.volumeMounts).toHaveLength(1);
    }
    expect(fetch?.securityContext.runAsUser).toBe(4711);
    expect(metadata.annotations["vault.hashicorp.com/agent-inject-containers"]).toBe("orders,worker");
    // The agent goes first, and as a native sidecar holds the init containers back until the file is there.
    expect(metadata.annotations["vault.hashicorp.com/agent-init-first"]).toBe("true");
  });

  test("have the static credentials as long as the application has them", () => {
    const props = { ...propsOf({ initContainers: [{ ...warm, databases: "all" }] }), migration };
    expect(podsOf(props, "static").spec.initContainers?.[0]?.env).toContainEqual({
      name: "PGUSER",
      valueFrom: { secretKeyRef: { name: "orders-db", key: "user" } },
    });
  });

  test("pass restricted", () => {
    const { spec } = podsOf(propsOf({ initContainers: [warm], sidecars: [{ ...warm, name: "proxy" }] }));
    expect(restrictedViolations({ spec: spec as never })).toEqual([]);
  });

  test("are refused with all that is wrong with them", () => {
    expect(
      problemsOf(
        propsOf({
          initContainers: [
            { ...warm, name: "vault-agent-init", databases: "all", uid: 7 },
            { ...warm, image: "warm" },
          ],
          sidecars: [{ ...warm, name: "orders" }],
        }),
      ).map((each) => each.replace(/, got.*/, "")),
    ).toEqual([
      "'workload.pod.initContainers[0].name' must be no name of a container that is added to the pod (vault-agent, vault-agent-init, credentials-check)",
      "'workload.pod.initContainers[0].uid' must be the application's user (10001), to whom the credentials file belongs",
      "'workload.pod.initContainers[1].image' must name a container image with a tag (not latest) or a digest",
      "'workload.pod.sidecars' must have names of their own; the application's container is called orders",
    ]);
  });

  test("that run for ever are none of a Job's", () => {
    const job: JobWorkload = { kind: "job", image, pod: { sidecars: [warm] } };
    expect(problemsOf({ ...orders, workload: job })).toEqual([
      "'workload.pod.sidecars' must be left out for a workload that ends: beside a container that runs for ever no Job completes, got [\"warm\"]; let the application do it, or an init container before it",
    ]);
    expect(problemsOf({ ...orders, workload: { ...job, pod: { initContainers: [warm] } } })).toEqual([]);
  });
});

describe("ports", () => {
  test("have names where there are several", () => {
    const [container] = podsOf(propsOf({}, { ports: { http: 8080, metrics: 9090 } })).spec.containers;
    expect(container?.ports).toEqual([
      { name: "http", containerPort: 8080 },
      { name: "metrics", containerPort: 9090 },
    ]);
  });

  test.each([
    [{ port: 1, ports: { http: 2 } }],
    [{ ports: {} }],
    [{ ports: { HTTP: 1 } }],
    [{ ports: { "8080": 1 } }],
    [{ ports: { http: 0 } }],
    [{ ports: { a: 1, b: 1 } }],
  ])("%j is refused", (more) => {
    expect(problemsOf(propsOf({}, more))).toHaveLength(1);
  });
});
