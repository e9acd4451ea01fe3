import fc from "fast-check";
import { formatProblem } from "../../lib/core";
import {
  Service,
  serviceProblems,
  type DaemonSetWorkload,
  type RolloutStrategy,
  type ServiceProps,
  type StatefulSetWorkload,
  type VolumeClaimTemplate,
  type Workload,
} from "../../lib/service";
import { orders, only, resourcesOf } from "../support/service-fixtures";

const image = "ghcr.io/acme/orders:1.4.2";
const stateful: StatefulSetWorkload = { kind: "stateful-set", image, replicas: 3 };
const everywhere: DaemonSetWorkload = { kind: "daemon-set", image, nodes: 12 };
const data: VolumeClaimTemplate = { name: "data", mountPath: "/var/lib/orders", size: "10Gi" };

const resourcesFor = (workload: Workload) => {
  const props: ServiceProps = { ...orders, workload };
  return resourcesOf((stack) => void new Service(stack, props.name, props));
};
const problemsOf = (workload: Workload) =>
  serviceProblems({ ...orders, workload }).map((each) =>
    formatProblem({ ...each, path: "p" }).slice("[p] ".length),
  );
type Written = { readonly metadata: object; readonly spec: Readonly<Record<string, unknown>> };
const podOf = (written: Record<string, unknown>) =>
  ((written["spec"] as Record<string, Written>)["template"] as Written).spec;

describe("a StatefulSet", () => {
  test("has names for its pods, and is changed one pod after the other", () => {
    const resources = resourcesFor({ ...stateful, port: 8080 });
    const { metadata, spec, ...rest } = only(resources, "kubernetes_stateful_set_v1") as Written;
    expect(metadata).toEqual({
      name: "orders",
      namespace: "shop",
      labels: { "app.kubernetes.io/name": "orders", "leasehold/service": "orders" },
    });
    expect({ ...spec, template: undefined }).toEqual({
      service_name: "orders-pods",
      replicas: "3",
      pod_management_policy: "OrderedReady",
      selector: { match_labels: { "app.kubernetes.io/name": "orders" } },
      update_strategy: [{ type: "RollingUpdate", rolling_update: [{ partition: 0 }] }],
    });
    // Three pods, each 30 s to end and 180 s to start, and a minute.
    expect(rest).toMatchObject({ wait_for_rollout: true, timeouts: { create: "690s", update: "690s" } });
    expect(Object.values(resources["kubernetes_service_v1"] ?? {})).toMatchObject([
      { metadata: { name: "orders-pods" }, spec: { cluster_ip: "None" } },
      {
        metadata: { name: "orders" },
        spec: { selector: { "leasehold/service": "orders" }, port: [{ port: 8080 }] },
      },
    ]);
    const { depends_on } = rest as unknown as { depends_on: readonly string[] };
    expect(depends_on.filter((each) => each.startsWith("kubernetes_service_v1"))).toEqual([
      expect.stringContaining("Names"),
    ]);
  });

  test("has names for its pods without a port as well", () => {
    expect(only(resourcesFor(stateful), "kubernetes_service_v1")).toMatchObject({
      metadata: { name: "orders-pods", namespace: "shop" },
      spec: { cluster_ip: "None", selector: { "app.kubernetes.io/name": "orders" } },
    });
  });

  test("has storage that belongs to the application's group, at its directory", () => {
    const claims = [data, { name: "wal", mountPath: "/wal", size: "1Gi", storageClass: "fast" }];
    const written = only(
      resourcesFor({ ...stateful, uid: 4711, volumeClaimTemplates: claims }),
      "kubernetes_stateful_set_v1",
    );
    expect((written["spec"] as Record<string, unknown>)["volume_claim_template"]).toEqual([
      {
        metadata: { name: "data" },
        spec: { access_modes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
      },
      {
        metadata: { name: "wal" },
        spec: {
          access_modes: ["ReadWriteOnce"],
          storage_class_name: "fast",
          resources: { requests: { storage: "1Gi" } },
        },
      },
    ]);
    const pod = podOf(written) as {
      readonly security_context: object;
      readonly container: readonly { readonly volume_mount: readonly object[] }[];
    };
    expect(pod.security_context).toMatchObject({
      fs_group: "4711",
      fs_group_change_policy: "OnRootMismatch",
    });
    expect(pod.container[0]?.volume_mount.slice(-2)).toEqual([
      { name: "data", mount_path: "/var/lib/orders" },
      { name: "wal", mount_path: "/wal" },
    ]);
  });

  test("is refused with all that is wrong with it", () => {
    expect(
      problemsOf({
        ...stateful,
        replicas: 0,
        volumeClaimTemplates: [
          { name: "vault-secrets", mountPath: "/vault/secrets", size: "much", storageClass: "Fast" },
          { name: "data", mountPath: "data", size: "1Gi" },
          { name: "data", mountPath: "/srv/a", size: "1Gi" },
          { name: "inner", mountPath: "/srv/a/b", size: "1Gi" },
        ],
      }),
    ).toEqual([
      "'workload.replicas' must be at least 1: a service without pods keeps its access to the database, got 0; take the service out, or stop its pods for a while with kubectl scale",
      "'workload.volumeClaimTemplates[0].name' must be no name of a volume that is added to the pod (home-init, home-sidecar, vault-secrets, vault-token, leasehold-contract, tmp, static-…, tmp-…), got \"vault-secrets\"; rename it",
      '\'workload.volumeClaimTemplates[0].mountPath\' must leave /vault to the agent, which writes the credentials file there, got "/vault/secrets"; choose a directory of the application\'s own, such as "/var/lib/orders"',
      '\'workload.volumeClaimTemplates[0].size\' must be an amount as Kubernetes writes it, got "much"; write it like "10Gi"',
      "'workload.volumeClaimTemplates[0].storageClass' must be the name of a Kubernetes object: 1 to 253 lower-case letters, digits, hyphens and dots, got \"Fast\"; write the object's name, as kubectl shows it",
      "'workload.volumeClaimTemplates[1].mountPath' must be the absolute path of a directory, in letters, digits, '.', '_', '-', '@' and '+', without a slash at its end, got \"data\"; choose a directory of the application's own, such as \"/var/lib/orders\"",
      "'workload.volumeClaimTemplates' must have a name for each claim, got \"data\"; rename one of them",
      "'workload.volumeClaimTemplates' must mount nothing at, over or below another one, such as /srv/a, got \"/srv/a/b\"; give each a directory beside the others",
    ]);
  });

  test.each([
    "/",
    "/etc",
    "/etc/leasehold",
    "/tmp/x",
    "/var",
    "/run/secrets/x",
    "/home",
    "/a/../vault",
    "/a/",
  ])("mounts nothing at %s", (mountPath) => {
    expect(problemsOf({ ...stateful, volumeClaimTemplates: [{ ...data, mountPath }] })).toHaveLength(1);
  });

  test.each(["/data", "/var/lib/x", "/etc/orders", "/vaults", "/home/app/data", "/tmpfiles"])(
    "mounts storage at %s",
    (mountPath) => {
      expect(problemsOf({ ...stateful, volumeClaimTemplates: [{ ...data, mountPath }] })).toEqual([]);
    },
  );

  test("leaves room for the hash that Kubernetes appends to a label of its pods", () => {
    const name = "o".repeat(52);
    expect(
      serviceProblems({ ...orders, name, workload: stateful }).filter(({ property }) => property === "name"),
    ).toEqual([]);
  });
});

describe("a DaemonSet", () => {
  test("says how many nodes the budget counts, and is changed one node after the other", () => {
    const written = only(resourcesFor(everywhere), "kubernetes_daemon_set_v1") as Written &
      Record<string, unknown>;
    expect(written.metadata).toMatchObject({ annotations: { "leasehold/pods": "12" } });
    expect({ ...written.spec, template: undefined }).toEqual({
      selector: { match_labels: { "app.kubernetes.io/name": "orders" } },
      strategy: { type: "RollingUpdate", rolling_update: { max_unavailable: "1" } },
    });
    expect(written["timeouts"]).toEqual({ create: "2580s", update: "2580s" });
    expect(podOf(written)).not.toHaveProperty("topology_spread_constraint");
  });

  test.each([0, 1.5, 5001])("has no %p nodes", (nodes) => {
    expect(problemsOf({ ...everywhere, nodes })).toEqual([
      `'workload.nodes' must be a whole number from 1 to 5000, got ${nodes}; choose one from 1 to 5000`,
    ]);
  });
});

describe("the strategy of a Deployment", () => {
  const strategyOf = (strategy: RolloutStrategy | undefined) => {
    const workload: Workload = { kind: "deployment", image, replicas: 4, ...(strategy && { strategy }) };
    const { metadata, spec } = only(resourcesFor(workload), "kubernetes_deployment_v1") as Written;
    const { annotations } = metadata as { readonly annotations?: object };
    return { strategy: spec["strategy"], annotations };
  };
  const refused = (strategy: RolloutStrategy) =>
    problemsOf({ kind: "deployment", image, replicas: 4, strategy });

  test("keeps all pods while they change, unless something else is said", () => {
    const one = { type: "RollingUpdate", rolling_update: { max_surge: "1", max_unavailable: "0" } };
    expect(strategyOf(undefined)).toEqual({ strategy: one });
    expect(strategyOf({ kind: "rolling" })).toEqual({ strategy: one });
    expect(strategyOf({ kind: "rolling", maxSurge: "50%", maxUnavailable: 2 })).toEqual({
      strategy: { type: "RollingUpdate", rolling_update: { max_surge: "50%", max_unavailable: "2" } },
    });
  });

  test("says why all pods end before another one starts", () => {
    expect(strategyOf({ kind: "recreate", reason: "a lock that there is once" })).toEqual({
      strategy: { type: "Recreate" },
      annotations: { "leasehold/recreate": "a lock that there is once" },
    });
    expect(refused({ kind: "recreate", reason: "so" })).toHaveLength(1);
  });

  test("lets a pod be replaced", () => {
    expect(refused({ kind: "rolling", maxSurge: 0 })).toEqual([
      "'workload.strategy.maxSurge' must be more than nothing where 'maxUnavailable' is nothing: no pod could ever be replaced, got 0; raise one of the two to 1",
    ]);
    expect(refused({ kind: "rolling", maxSurge: "0%", maxUnavailable: "0%" })).toHaveLength(1);
    expect(refused({ kind: "rolling", maxSurge: 0, maxUnavailable: 1 })).toEqual([]);
    expect(refused({ kind: "rolling", maxSurge: "101%", maxUnavailable: -1 })).toEqual([
      '\'workload.strategy.maxSurge\' must be a number of pods, or a percentage of the replicas from 0% to 100%, got "101%"; write it like 1 or "25%"',
      "'workload.strategy.maxUnavailable' must be a whole number from 0 to 1000, got -1; choose one from 0 to 1000",
    ]);
  });

  test("is refused or rendered as it was written, whatever it is", () => {
    const share = fc.oneof(
      fc.integer({ min: -2, max: 1002 }),
      fc.integer({ min: -5, max: 120 }).map((each) => `${each}%` as const),
    );
    fc.assert(
      fc.property(share, share, (maxSurge, maxUnavailable) => {
        const strategy = { kind: "rolling", maxSurge, maxUnavailable } as const;
        const numbers = [maxSurge, maxUnavailable].map((each) => parseInt(String(each)));
        const most = [maxSurge, maxUnavailable].map((each) => (typeof each === "string" ? 100 : 1000));
        const isRight =
          numbers.every((each, index) => each >= 0 && each <= (most[index] ?? 0)) &&
          numbers.some((each) => each > 0);
        expect(refused(strategy).length === 0).toBe(isRight);
      }),
    );
  });
});

test("a workload that somebody else deploys says how many pods the budget counts", () => {
  const elsewhere = { kind: "elsewhere", controller: "Deployment", container: "app" } as const;
  expect(problemsOf({ ...elsewhere, pods: 6 })).toEqual([]);
  expect(problemsOf({ ...elsewhere, pods: 0 })).toHaveLength(1);
});
