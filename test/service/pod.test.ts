import fc from "fast-check";
import { createHash } from "node:crypto";
import {
  contractFiles,
  planService,
  podTemplate,
  type CronJobWorkload,
  type DeploymentWorkload,
  type Injection,
  type OwnWorkload,
  type PodTemplate,
  type ServiceProps,
} from "../../lib/service";
import { terraformPod } from "../../lib/service/pod/terraform";
import { cronJob, deployment, orders, readsOrders, writesLog } from "../support/service-fixtures";
import { applyPatch, injectedContainer } from "../support/service-injector";
import { restrictedViolations } from "../support/service-pod-security";

function podsOf(props: ServiceProps): PodTemplate {
  const plan = planService(props);
  return podTemplate(plan, plan.workload as OwnWorkload);
}

const deployed = (workload: Partial<DeploymentWorkload>) =>
  podsOf({ ...orders, workload: { ...deployment, ...workload } });
const scheduled = (workload: Partial<CronJobWorkload>) =>
  podsOf({ ...orders, workload: { ...cronJob, ...workload } });
const containerOf = (template: PodTemplate) => template.spec.containers[0];

const fileTest = { exec: { command: ["/bin/sh", "-c", "test -s /vault/secrets/shop.json"] } };
const continuous = { periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 };

const contractEnv = [
  { name: "LEASEHOLD_CONTRACT", value: "/etc/leasehold/contract.json" },
  { name: "LEASEHOLD_DRAIN", value: "20" },
  { name: "LEASEHOLD_SHOP_CREDENTIALS_FILE", value: "/vault/secrets/shop.json" },
  { name: "LEASEHOLD_SHOP_FORMAT", value: "json" },
  { name: "LEASEHOLD_SHOP_HOST", value: "pg.acme.internal" },
  { name: "LEASEHOLD_SHOP_PORT", value: "5432" },
  { name: "LEASEHOLD_SHOP_DATABASE", value: "shop" },
  { name: "LEASEHOLD_SHOP_SCHEMA", value: "public" },
  { name: "LEASEHOLD_SHOP_SSL_MODE", value: "verify-full" },
  { name: "LEASEHOLD_SHOP_SSL_ROOT_CERT", value: "/etc/leasehold/shop-ca.crt" },
  { name: "LEASEHOLD_SHOP_POOL_MAX", value: "10" },
  { name: "LEASEHOLD_SHOP_POOL_MAX_LIFETIME", value: "324" },
  { name: "LEASEHOLD_SHOP_OVERLAP", value: "360" },
];

describe("the pods of a Deployment", () => {
  test("are complete with the least that a service can say", () => {
    const { metadata, spec } = podsOf(orders);
    expect(metadata.labels).toEqual({ "app.kubernetes.io/name": "orders", "leasehold/service": "orders" });
    expect(metadata.annotations).toMatchObject({ "vault.hashicorp.com/agent-inject": "true" });
    expect(spec).toEqual({
      serviceAccountName: "orders",
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 30,
      restartPolicy: "Always",
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: { "app.kubernetes.io/name": "orders" } },
        },
      ],
      containers: [
        {
          name: "orders",
          image: "ghcr.io/acme/orders:1.4.2",
          env: contractEnv,
          resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "256Mi" } },
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 10001,
            runAsGroup: 10001,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
          },
          volumeMounts: [
            { name: "leasehold-contract", mountPath: "/etc/leasehold", readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
          ],
          readinessProbe: { ...fileTest, ...continuous },
        },
      ],
      volumes: [
        {
          name: "vault-token",
          projected: {
            sources: [{ serviceAccountToken: { audience: "vault", expirationSeconds: 600, path: "token" } }],
          },
        },
        { name: "leasehold-contract", configMap: { name: "orders-contract" } },
        { name: "tmp", emptyDir: {} },
      ],
    });
  });

  test("take every override", () => {
    const template = deployed({
      replicas: 1,
      command: ["/app"],
      args: ["--verbose"],
      env: { LOG_LEVEL: "info" },
      uid: 65_532,
      resources: { cpu: "1.5", memory: "1Gi" },
      filesystem: "writable",
      imagePullSecrets: ["registry"],
      port: 8080,
      liveness: { kind: "tcp", port: 8080 },
    });
    expect(template.spec.imagePullSecrets).toEqual([{ name: "registry" }]);
    expect(template.spec).not.toHaveProperty("topologySpreadConstraints");
    expect(template.metadata.annotations["vault.hashicorp.com/agent-run-as-user"]).toBe("65532");
    expect(containerOf(template)).toMatchObject({
      command: ["/app"],
      args: ["--verbose"],
      env: [{ name: "LOG_LEVEL", value: "info" }, ...contractEnv],
      resources: { requests: { cpu: "1.5", memory: "1Gi" }, limits: { memory: "1Gi" } },
      securityContext: { runAsUser: 65_532, runAsGroup: 65_532, readOnlyRootFilesystem: false },
      ports: [{ containerPort: 8080 }],
      readinessProbe: { ...fileTest, ...continuous },
      livenessProbe: { tcpSocket: { port: 8080 }, ...continuous },
    });
  });

  test("are asked what the application says, once the file is there", () => {
    const container = containerOf(deployed({ readiness: { kind: "http", path: "/ready", port: 8080 } }));
    expect(container).toMatchObject({
      startupProbe: { ...fileTest, periodSeconds: 1, failureThreshold: 120 },
      readinessProbe: { httpGet: { path: "/ready", port: 8080 }, ...continuous },
    });
    expect(container).not.toHaveProperty("livenessProbe");
  });

  test("are asked as often, and from when on, as the application says", () => {
    const container = containerOf(
      deployed({
        startup: { kind: "tcp", port: 8080, period: "2s" },
        liveness: {
          kind: "http",
          path: "/healthz",
          port: 8080,
          period: "1m",
          timeout: "20s",
          failures: 5,
          initialDelay: "30s",
        },
      }),
    );
    expect(container).toMatchObject({
      startupProbe: {
        tcpSocket: { port: 8080 },
        periodSeconds: 2,
        timeoutSeconds: 5,
        failureThreshold: 30,
      },
      // The file is asked for where nothing else is.
      readinessProbe: { ...fileTest, ...continuous },
      livenessProbe: {
        httpGet: { path: "/healthz", port: 8080 },
        periodSeconds: 60,
        timeoutSeconds: 20,
        failureThreshold: 5,
        initialDelaySeconds: 30,
      },
    });
  });

  test("have sidecars that are asked as well, and init containers that are not", () => {
    const proxy = { name: "proxy", image: "ghcr.io/acme/proxy:1.0.0" };
    const { containers, initContainers } = deployed({
      pod: {
        initContainers: [{ ...proxy, name: "warm" }],
        sidecars: [{ ...proxy, readiness: { kind: "tcp", port: 4000 } }],
      },
    }).spec;
    expect(containers[1]).toMatchObject({ readinessProbe: { tcpSocket: { port: 4000 }, ...continuous } });
    expect(containers[1]).not.toHaveProperty("startupProbe");
    expect(Object.keys(initContainers?.[0] ?? {}).filter((key) => /Probe$/.test(key))).toEqual([]);
  });

  test("are not asked for the file where the image has no shell", () => {
    const fileProbe = { kind: "none", reason: "a distroless image has no shell" } as const;
    const silent = containerOf(deployed({ fileProbe }));
    expect(silent).not.toHaveProperty("readinessProbe");
    expect(silent).not.toHaveProperty("startupProbe");
    const asked = containerOf(deployed({ fileProbe, readiness: { kind: "exec", command: ["/app/ready"] } }));
    expect(asked).not.toHaveProperty("startupProbe");
    expect(asked).toMatchObject({ readinessProbe: { exec: { command: ["/app/ready"] }, ...continuous } });
  });

  test("wait for the files of all databases", () => {
    const template = podsOf({ ...orders, access: [readsOrders, writesLog] });
    expect(containerOf(template)?.readinessProbe?.exec?.command).toEqual([
      "/bin/sh",
      "-c",
      "test -s /vault/secrets/audit-log.json && test -s /vault/secrets/shop.json",
    ]);
  });

  test("roll when the contract changes, and only then", () => {
    const checksum = (props: ServiceProps) =>
      podsOf(props).metadata.annotations["leasehold/contract-checksum"];
    const expected = createHash("sha256")
      .update(JSON.stringify(contractFiles(planService(orders))))
      .digest("hex");
    expect(checksum(orders)).toBe(expected);
    expect(checksum({ ...orders, access: [{ ...readsOrders, pool: { max: 11 } }] })).not.toBe(expected);
    expect(checksum({ ...orders, ttl: { default: "30m", max: "24h" } })).not.toBe(expected);
    expect(checksum({ ...orders, ttl: { default: "1h", max: "12h" } })).toBe(expected);
  });

  test("have the grace period that the drain asks for", () => {
    expect(podsOf({ ...orders, drain: "5m" }).spec.terminationGracePeriodSeconds).toBe(310);
  });
});

describe("the pods of a CronJob", () => {
  test("end, and are asked nothing", () => {
    const template = scheduled({});
    expect(template.spec.restartPolicy).toBe("Never");
    expect(template.spec).not.toHaveProperty("topologySpreadConstraints");
    expect(Object.keys(containerOf(template) ?? {})).toEqual([
      "name",
      "image",
      "env",
      "resources",
      "securityContext",
      "volumeMounts",
    ]);
  });
});

describe("Pod Security", () => {
  test("finds what restricted forbids", () => {
    const spec = { containers: [{}], volumes: [{ name: "host", hostPath: {} }], hostNetwork: true };
    expect(restrictedViolations({ spec: spec as never })).toEqual([
      "hostNetwork",
      "hostPath",
      "allowPrivilegeEscalation",
      "capabilities.drop",
      "runAsNonRoot",
      "seccompProfile",
    ]);
  });

  const probe = fc.constantFrom(
    { kind: "tcp", port: 1 } as const,
    { kind: "http", path: "/", port: 1 } as const,
  );
  const own = {
    uid: fc.option(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { nil: undefined }),
    filesystem: fc.constantFrom("read-only", "writable", undefined),
    env: fc.dictionary(fc.stringMatching(/^[A-Z]{1,8}$/), fc.string()),
  } as const;
  const workload = fc.oneof(
    fc.record({
      ...own,
      kind: fc.constant("deployment" as const),
      image: fc.constant(deployment.image),
      replicas: fc.integer({ min: 1, max: 50 }),
      readiness: fc.option(probe, { nil: undefined }),
    }),
    fc.record({
      ...own,
      kind: fc.constant("cron-job" as const),
      image: fc.constant(cronJob.image),
      schedule: fc.constant("@daily"),
    }),
  );
  const modes: Injection["mode"][] = ["native-sidecar", "init-and-sidecar", "init-only"];

  test("restricted admits every pod, as we make it and as the injector changes it", () => {
    fc.assert(
      fc.property(workload, fc.constantFrom(...modes), (anyWorkload, mode) => {
        const template = podsOf({ ...orders, workload: anyWorkload, injection: { mode } });
        expect(restrictedViolations(template)).toEqual([]);
        const patch = template.metadata.annotations["vault.hashicorp.com/agent-init-json-patch"] ?? "[]";
        const agent = applyPatch(injectedContainer("vault-agent-init"), patch);
        expect(
          restrictedViolations({ spec: { ...template.spec, initContainers: [agent] } as never }),
        ).toEqual([]);
      }),
    );
  });

  test("the agent's user is the application's, on the container", () => {
    fc.assert(
      fc.property(workload, (anyWorkload) => {
        const template = podsOf({ ...orders, workload: anyWorkload });
        const user = containerOf(template)?.securityContext.runAsUser;
        expect(template.metadata.annotations["vault.hashicorp.com/agent-run-as-user"]).toBe(String(user));
      }),
    );
  });
});

describe("a pod in Terraform", () => {
  test("is the provider's schema of the same pod", () => {
    const template = deployed({
      port: 8080,
      command: ["/app"],
      readiness: { kind: "http", path: "/ready", port: 8080 },
      liveness: { kind: "tcp", port: 8080 },
      imagePullSecrets: ["registry"],
    });
    const { metadata, spec } = terraformPod(template);
    expect(metadata).toEqual(template.metadata);
    expect(spec).toEqual({
      serviceAccountName: "orders",
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 30,
      restartPolicy: "Always",
      imagePullSecrets: [{ name: "registry" }],
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      topologySpreadConstraint: [
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: [{ matchLabels: { "app.kubernetes.io/name": "orders" } }],
        },
      ],
      container: [
        {
          name: "orders",
          image: "ghcr.io/acme/orders:1.4.2",
          command: ["/app"],
          args: undefined,
          env: contractEnv,
          port: [{ containerPort: 8080 }],
          resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "256Mi" } },
          securityContext: {
            runAsNonRoot: true,
            runAsUser: "10001",
            runAsGroup: "10001",
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          volumeMount: [
            { name: "leasehold-contract", mountPath: "/etc/leasehold", readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
          ],
          startupProbe: { ...fileTest, periodSeconds: 1, failureThreshold: 120 },
          readinessProbe: { httpGet: { path: "/ready", port: "8080" }, ...continuous },
          livenessProbe: { tcpSocket: [{ port: "8080" }], ...continuous },
        },
      ],
      volume: [
        {
          name: "vault-token",
          projected: [
            {
              sources: [
                { serviceAccountToken: { audience: "vault", expirationSeconds: 600, path: "token" } },
              ],
            },
          ],
        },
        { name: "leasehold-contract", configMap: { name: "orders-contract" } },
        { name: "tmp", emptyDir: {} },
      ],
    });
  });
});
