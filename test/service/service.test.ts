import { Testing } from "cdktf";
import { parse } from "yaml";
import {
  contractFiles,
  elsewhereManifests,
  planService,
  podTemplate,
  Service,
  type Controller,
  type CronJobWorkload,
  type DeploymentWorkload,
  type ElsewhereWorkload,
  type ServiceProps,
} from "../../lib/service";
import {
  auditLog,
  cronJob,
  deployment,
  elsewhere,
  emptyStack,
  only,
  orders,
  platform,
  readsOrders,
  resourcesIn,
  resourcesOf,
  writesLog,
} from "../support/service-fixtures";

const resourcesFor = (props: ServiceProps) =>
  resourcesOf((stack) => void new Service(stack, props.name, props));
const addresses = (resources: ReturnType<typeof resourcesFor>) =>
  Object.entries(resources)
    .flatMap(([type, byId]) => Object.keys(byId).map((id) => `${type}.${id}`))
    .sort();

const withDeployment = (workload: Partial<DeploymentWorkload>): ServiceProps => ({
  ...orders,
  workload: { ...deployment, ...workload },
});
const withCronJob = (workload: Partial<CronJobWorkload>): ServiceProps => ({
  ...orders,
  workload: { ...cronJob, ...workload },
});
const withElsewhere = (workload: Partial<ElsewhereWorkload>): ServiceProps => ({
  ...orders,
  workload: { ...elsewhere, ...workload },
});

/** What a pod's first login needs, under the ids that it must keep. */
const ACCESS = [
  "kubernetes_config_map_v1.orders_Access_Contract_16110949",
  "kubernetes_service_account_v1.orders_Access_ServiceAccount_BC46C5E3",
  "vault_database_secret_backend_role.orders_Access_shop_49712914",
  "vault_kubernetes_auth_backend_role.orders_Access_AuthRole_96D7AB05",
  "vault_policy.orders_Access_Policy_841E1A0F",
];

describe("a service with a Deployment", () => {
  const resources = resourcesFor(withDeployment({ port: 8080 }));

  test("keeps its logical ids: another one would replace the resource", () => {
    expect(addresses(resources)).toEqual(
      [
        ...ACCESS,
        "kubernetes_deployment_v1.orders_Workload_282D4965",
        "kubernetes_service_v1.orders_Workload_Service_F6F17628",
      ].sort(),
    );
  });

  test("lets exactly its ServiceAccount log in, to read exactly its credentials", () => {
    expect(only(resources, "kubernetes_service_account_v1")).toEqual({
      metadata: { name: "orders", namespace: "shop" },
      automount_service_account_token: false,
    });
    expect(only(resources, "vault_kubernetes_auth_backend_role")).toEqual({
      backend: "kubernetes",
      role_name: "orders",
      bound_service_account_names: ["orders"],
      bound_service_account_namespaces: ["shop"],
      audience: "vault",
      alias_name_source: "serviceaccount_uid",
      token_policies: ["production-orders"],
      token_period: 3600,
    });
    expect(only(resources, "vault_policy")).toEqual({
      name: "production-orders",
      policy: '{"path":{"database/creds/orders-shop":{"capabilities":["read"]}}}',
    });
    expect(only(resources, "vault_database_secret_backend_role")).toMatchObject({
      backend: "database",
      db_name: "shop",
      name: "orders-shop",
      default_ttl: 3600,
      max_ttl: 86_400,
      creation_statements: [expect.stringMatching(/CONNECTION LIMIT 12 IN ROLE "orders-shop"/)],
    });
  });

  test("tells the application by a ConfigMap", () => {
    expect(only(resources, "kubernetes_config_map_v1")).toEqual({
      metadata: { name: "orders-contract", namespace: "shop" },
      data: contractFiles(planService(orders)),
    });
  });

  test("leaves a restart by kubectl alone: taking it back would restart every pod once more", () => {
    expect(only(resources, "kubernetes_deployment_v1").lifecycle).toEqual({
      ignore_changes: ['spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]'],
    });
  });

  test("rolls out without losing a pod, once everything that a login needs is there", () => {
    const {
      depends_on: dependsOn,
      wait_for_rollout: wait,
      metadata,
      spec,
    } = only(resources, "kubernetes_deployment_v1");
    expect([...(dependsOn as string[])].sort()).toEqual(ACCESS);
    expect(wait).toBe(true);
    expect(metadata).toEqual({
      name: "orders",
      namespace: "shop",
      labels: { "app.kubernetes.io/name": "orders", "leasehold/service": "orders" },
    });
    expect(spec).toMatchObject({
      replicas: "2",
      selector: { match_labels: { "app.kubernetes.io/name": "orders" } },
      strategy: { type: "RollingUpdate", rolling_update: { max_surge: "1", max_unavailable: "0" } },
    });
  });

  test("has its pods in Terraform's spelling, annotations as they are", () => {
    const props = withDeployment({ port: 8080 });
    const plan = planService(props);
    const { template } = only(resources, "kubernetes_deployment_v1")["spec"] as {
      template: Record<string, object>;
    };
    expect(template["metadata"]).toEqual(podTemplate(plan, plan.workload as DeploymentWorkload).metadata);
    expect(template["spec"]).toMatchObject({
      automount_service_account_token: false,
      service_account_name: "orders",
      termination_grace_period_seconds: 30,
      security_context: { run_as_non_root: true, seccomp_profile: { type: "RuntimeDefault" } },
      container: [
        {
          port: [{ container_port: 8080 }],
          security_context: { run_as_user: "10001", read_only_root_filesystem: true },
          volume_mount: [
            { name: "leasehold-contract", mount_path: "/etc/leasehold", read_only: true },
            { name: "tmp", mount_path: "/tmp" },
          ],
        },
      ],
      volume: [
        {
          name: "vault-token",
          projected: [
            {
              sources: [
                { service_account_token: { audience: "vault", expiration_seconds: 600, path: "token" } },
              ],
            },
          ],
        },
        { name: "leasehold-contract", config_map: { name: "orders-contract" } },
        { name: "tmp", empty_dir: {} },
      ],
    });
  });

  test("has a Kubernetes Service where it has a port, and none where it has none", () => {
    expect(only(resources, "kubernetes_service_v1")).toEqual({
      depends_on: ["kubernetes_deployment_v1.orders_Workload_282D4965"],
      metadata: { name: "orders", namespace: "shop" },
      spec: {
        type: "ClusterIP",
        selector: { "leasehold/service": "orders" },
        port: [{ port: 8080, target_port: "8080" }],
      },
    });
    expect(resourcesFor(orders)).not.toHaveProperty("kubernetes_service_v1");
  });

  test("has a role for each database, of one policy", () => {
    const several = resourcesFor({ ...orders, access: [readsOrders, { ...writesLog, pool: { max: 3 } }] });
    const roles = Object.values(several["vault_database_secret_backend_role"] ?? {});
    expect(roles.map(({ db_name, name }) => [db_name, name])).toEqual([
      ["audit-log", "orders-audit-log"],
      ["shop", "orders-shop"],
    ]);
    expect(roles[0]?.["creation_statements"]).toEqual([expect.stringContaining("CONNECTION LIMIT 5 ")]);
    expect(JSON.parse(String(only(several, "vault_policy")["policy"]))).toEqual({
      path: {
        "database/creds/orders-audit-log": { capabilities: ["read"] },
        "database/creds/orders-shop": { capabilities: ["read"] },
      },
    });
    expect(only(several, "kubernetes_deployment_v1")["depends_on"]).toHaveLength(6);
  });

  test("passes on schema and strategy of an access", () => {
    const grants = [{ tables: ["entries"], privileges: ["SELECT"] }] as const;
    const direct = resourcesFor({
      ...orders,
      access: [{ database: "audit-log", grants, strategy: "direct" }],
    });
    const statements = only(direct, "vault_database_secret_backend_role")["creation_statements"];
    expect(JSON.stringify(statements)).toContain('GRANT SELECT ON TABLE \\"app\\".\\"entries\\" TO');
  });

  test("leaves nothing in the contract that Terraform would read as a template", () => {
    const databases = [{ ...auditLog, database: "a${b}%{c}" }];
    const resources = resourcesFor({ ...orders, access: [writesLog], platform: { ...platform, databases } });
    const { data } = only(resources, "kubernetes_config_map_v1") as { data: Record<string, string> };
    expect(data["contract.json"]).toContain('"database": "a$${b}%%{c}"');
  });
});

describe("a service with a CronJob", () => {
  test("runs one at a time, and tries again three times", () => {
    const resources = resourcesFor(withCronJob({}));
    expect(addresses(resources)).toEqual(
      [...ACCESS, "kubernetes_cron_job_v1.orders_Workload_282D4965"].sort(),
    );
    const { depends_on: dependsOn, metadata, spec } = only(resources, "kubernetes_cron_job_v1");
    const labels = { "app.kubernetes.io/name": "orders", "leasehold/service": "orders" };
    expect([...(dependsOn as string[])].sort()).toEqual(ACCESS);
    expect(metadata).toEqual({ name: "orders", namespace: "shop", labels });
    expect(spec).toEqual({
      schedule: "15 * * * *",
      concurrency_policy: "Forbid",
      successful_jobs_history_limit: 1,
      failed_jobs_history_limit: 3,
      job_template: {
        metadata: { labels },
        spec: {
          backoff_limit: 3,
          template: {
            metadata: expect.objectContaining({ labels }),
            spec: expect.objectContaining({ restart_policy: "Never" }),
          },
        },
      },
    });
  });

  test("takes every override", () => {
    const workload = { timeZone: "Europe/Berlin", activeDeadline: "30m", retries: 0 } as const;
    const { spec } = only(resourcesFor(withCronJob(workload)), "kubernetes_cron_job_v1");
    expect(spec).toMatchObject({
      timezone: "Europe/Berlin",
      job_template: { spec: { backoff_limit: 0, active_deadline_seconds: 1800 } },
    });
  });
});

describe("a service that is deployed elsewhere", () => {
  const files = (props: ServiceProps) =>
    Object.fromEntries(elsewhereManifests(props).map(({ fileName, content }) => [fileName, content]));
  const patchOf = (props: ServiceProps) => parse(files(props)["orders.yaml"] ?? "") as Record<string, never>;
  const valuesOf = (props: ServiceProps) =>
    parse(files(props)["orders.values.yaml"] ?? "") as Record<string, never>;

  /** The same service, deployed by us: what the patch has to agree with. */
  const plan = planService(orders);
  const own = podTemplate(plan, deployment);
  const container = own.spec.containers[0]!;
  const annotations = {
    ...own.metadata.annotations,
    "vault.hashicorp.com/agent-inject-containers": "app",
  };
  const securityContext = {
    runAsNonRoot: true,
    runAsUser: 10001,
    runAsGroup: 10001,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  };
  const volumes = own.spec.volumes.filter(({ name }) => name !== "tmp");
  const volumeMounts = container.volumeMounts.filter(({ name }) => name !== "tmp");
  const startupProbe = {
    exec: { command: ["/bin/sh", "-c", "test -s /vault/secrets/shop.json"] },
    periodSeconds: 1,
    failureThreshold: 120,
  };

  test("gets its access from us, and no workload", () => {
    expect(addresses(resourcesFor(withElsewhere({})))).toEqual(ACCESS);
  });

  test("gets a patch with all that its pods need, and no image", () => {
    expect(patchOf(withElsewhere({}))).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "orders", namespace: "shop" },
      spec: {
        template: {
          metadata: { labels: { "leasehold/service": "orders" }, annotations },
          spec: {
            serviceAccountName: "orders",
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 30,
            securityContext: own.spec.securityContext,
            containers: [{ name: "app", env: container.env, securityContext, volumeMounts, startupProbe }],
            volumes,
          },
        },
      },
    });
  });

  test("gets values with the same under the keys of the usual chart", () => {
    expect(valuesOf(withElsewhere({}))).toEqual({
      serviceAccount: { create: false, automount: false, name: "orders" },
      podAnnotations: annotations,
      podLabels: { "leasehold/service": "orders" },
      podSecurityContext: own.spec.securityContext,
      terminationGracePeriodSeconds: 30,
      volumes,
      env: container.env,
      securityContext,
      volumeMounts,
      startupProbe,
    });
  });

  test("reads how to use the files in them", () => {
    const manifests = files(withElsewhere({ workloadName: "orders-api" }));
    expect(Object.keys(manifests)).toEqual(["orders.yaml", "orders.values.yaml"]);
    expect(manifests["orders.yaml"]?.split("\n").slice(0, 3)).toEqual([
      "# Written by leasehold. A strategic-merge patch, for kustomization.yaml:",
      "# patches: [{ path: orders.yaml, target: { kind: Deployment, name: orders-api } }]",
      "apiVersion: apps/v1",
    ]);
    expect(manifests["orders.values.yaml"]?.split("\n").slice(0, 4)).toEqual([
      "# Written by leasehold. Values of a chart: helm upgrade -f …",
      "# The templates that `helm create` makes use all of them but env, startupProbe and",
      "# terminationGracePeriodSeconds: a chart has to use these as well.",
      "serviceAccount:",
    ]);
  });

  test.each<[Controller, string, string[]]>([
    ["Deployment", "apps/v1", ["template"]],
    ["StatefulSet", "apps/v1", ["template"]],
    ["DaemonSet", "apps/v1", ["template"]],
    ["Job", "batch/v1", ["template"]],
    ["CronJob", "batch/v1", ["jobTemplate", "spec", "template"]],
  ])("may be a %s", (controller, apiVersion, path) => {
    const patch = patchOf(withElsewhere({ controller, workloadName: "orders-api" }));
    expect(patch).toMatchObject({ apiVersion, kind: controller, metadata: { name: "orders-api" } });
    expect(patch).toHaveProperty(["spec", ...path, "spec", "serviceAccountName"], "orders");
    const asksForFile = controller !== "Job" && controller !== "CronJob";
    expect(files(withElsewhere({ controller }))["orders.values.yaml"]?.includes("startupProbe:")).toBe(
      asksForFile,
    );
  });

  test("takes every override", () => {
    const fileProbe = { kind: "none", reason: "a distroless image has no shell" } as const;
    const values = valuesOf(withElsewhere({ uid: 4711, container: "main", fileProbe }));
    expect(values).toMatchObject({
      securityContext: { runAsUser: 4711, runAsGroup: 4711 },
      podAnnotations: {
        "vault.hashicorp.com/agent-run-as-user": "4711",
        "vault.hashicorp.com/agent-inject-containers": "main",
      },
    });
    expect(values).not.toHaveProperty("startupProbe");
  });

  test("gets nothing if it is deployed by us after all", () => {
    expect([...elsewhereManifests(orders), ...elsewhereManifests(withCronJob({}))]).toEqual([]);
  });
});

describe("services of one stack", () => {
  test("do not meet, whatever their databases are called", () => {
    const stack = emptyStack();
    const databases = ["policy", "contract", "shop"].map((name) => ({ ...auditLog, name }));
    for (const name of ["orders", "billing"]) {
      const access = databases.map((database) => ({ ...writesLog, database: database.name }));
      new Service(stack, name, { ...orders, name, access, platform: { ...platform, databases } });
    }
    const resources = resourcesIn(stack);
    expect(Object.keys(resources["vault_database_secret_backend_role"] ?? {})).toHaveLength(6);
    expect(Object.keys(resources["kubernetes_deployment_v1"] ?? {})).toHaveLength(2);
    expect(Testing.synth(stack, true)).not.toMatch(/cross-stack-output|terraform_remote_state/);
  });
});
