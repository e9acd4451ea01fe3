import { execFileSync } from "node:child_process";
import {
  injectionAnnotations,
  planService,
  podTemplate,
  type Credentials,
  type Injection,
  type ServiceProps,
} from "../../lib/service";
import {
  caCertificate,
  cronJob,
  deployment,
  elsewhere,
  orders,
  platform,
  readsOrders,
  writesLog,
} from "../support/service-fixtures";
import { applyPatch, injectedContainer } from "../support/service-injector";

const PREFIX = "vault.hashicorp.com/";

/** The script as it was proven with BusyBox and dash, word for word. */
const PROVEN_SCRIPT = String.raw`echo "$VAULT_CONFIG" | base64 -d > /home/vault/config.json; s=0; p=; trap 's=1; kill $p 2>/dev/null || :' TERM INT; vault agent -config=/home/vault/config.json -exit-after-auth=false & p=$!; [ $s = 0 ] || kill $p; r=0; wait $p || r=$?; while kill -0 $p 2>/dev/null; do wait $p || :; done; [ $s = 1 ] || exit $((r ? r : 1)); [ ! -s /home/vault/.vault-token ] || VAULT_CLIENT_TIMEOUT=5s VAULT_TOKEN=$(cat /home/vault/.vault-token) vault token revoke -self || :`;

const JSON_TEMPLATE =
  '{{- with secret "database/creds/orders-shop" -}}\n{"username":{{ .Data.username | toJSON }},"password":{{ .Data.password | toJSON }},"lease_duration":{{ .LeaseDuration }}}\n{{- end -}}';

/** The injector's annotations of the pods of a service, without their prefix. */
function annotationsOf(props: ServiceProps): Record<string, string> {
  const plan = planService(props);
  if (plan.workload.kind === "elsewhere") throw new Error("no pods of our own");
  const { annotations } = podTemplate(plan, plan.workload).metadata;
  return Object.fromEntries(
    Object.entries(annotations)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([key, value]) => [key.slice(PREFIX.length), value]),
  );
}

const common = {
  "agent-inject": "true",
  role: "orders",
  "auth-path": "auth/kubernetes",
  service: "https://vault.vault.svc:8200",
  "agent-service-account-token-volume-name": "vault-token",
  "agent-inject-containers": "orders",
  "agent-run-as-user": "10001",
  "agent-set-security-context": "true",
  "agent-init-first": "true",
  "template-config-exit-on-retry-failure": "true",
  "agent-requests-cpu": "10m",
  "agent-requests-mem": "64Mi",
  "agent-limits-cpu": "",
  "agent-limits-mem": "128Mi",
  "agent-inject-secret-shop": "database/creds/orders-shop",
  "agent-inject-template-shop": JSON_TEMPLATE,
  "agent-inject-file-shop": "shop.json",
  "agent-inject-perms-shop": "0400",
  "error-on-missing-key-shop": "true",
};

const withCa: ServiceProps = {
  ...orders,
  platform: { ...platform, vault: { ...platform.vault, agentCaCertificate: caCertificate } },
};

describe("native-sidecar", () => {
  const annotations = annotationsOf(orders);

  test("is the default, and has exactly these annotations", () => {
    const { "agent-init-json-patch": patch, ...rest } = annotations;
    expect(rest).toEqual({ ...common, "agent-pre-populate-only": "true" });
    expect(patch).toBeDefined();
    expect(annotationsOf({ ...orders, injection: { mode: "native-sidecar" } })).toEqual(annotations);
  });

  test("patches the init container into a sidecar that revokes its token at the end", () => {
    expect(JSON.parse(annotations["agent-init-json-patch"] ?? "")).toEqual([
      { op: "test", path: "/name", value: "vault-agent-init" },
      { op: "add", path: "/restartPolicy", value: "Always" },
      { op: "replace", path: "/args/0", value: PROVEN_SCRIPT },
      {
        op: "add",
        path: "/startupProbe",
        value: {
          exec: { command: ["/bin/sh", "-c", "test -s /vault/secrets/shop.json"] },
          periodSeconds: 1,
          failureThreshold: 120,
        },
      },
      { op: "add", path: "/env/-", value: { name: "VAULT_ADDR", value: "https://vault.vault.svc:8200" } },
      { op: "add", path: "/securityContext/seccompProfile", value: { type: "RuntimeDefault" } },
    ]);
  });

  test("fits the container that the injector makes, and keeps the rest of it", () => {
    const before = injectedContainer("vault-agent-init");
    const after = applyPatch(before, annotations["agent-init-json-patch"] ?? "");
    expect(after).toEqual({
      ...before,
      restartPolicy: "Always",
      args: [PROVEN_SCRIPT],
      startupProbe: expect.anything(),
      env: [...before.env, { name: "VAULT_ADDR", value: "https://vault.vault.svc:8200" }],
      securityContext: { ...before.securityContext, seccompProfile: { type: "RuntimeDefault" } },
    });
  });

  test("refuses a container of another name", () => {
    const patch = annotations["agent-init-json-patch"] ?? "";
    expect(() => applyPatch(injectedContainer("vault-agent"), patch)).toThrow("test of /name failed");
  });

  test("runs a script that a POSIX shell can read and Terraform leaves alone", () => {
    execFileSync("/bin/sh", ["-n", "-c", PROVEN_SCRIPT]);
    expect(PROVEN_SCRIPT).not.toMatch(/[$%]\{/);
  });

  test("takes Vault's address from one value in both places", () => {
    const vault = { ...platform.vault, address: "https://vault.acme.internal" };
    const other = annotationsOf({ ...orders, platform: { ...platform, vault } });
    expect(other["service"]).toBe("https://vault.acme.internal");
    const container = applyPatch(injectedContainer("vault-agent-init"), other["agent-init-json-patch"] ?? "");
    expect(container.env).toContainEqual({ name: "VAULT_ADDR", value: "https://vault.acme.internal" });
  });

  test("waits for every file before the application starts", () => {
    const custom: Credentials = {
      format: "custom",
      template: "{{ .Data.username }} {{ .Data.password }}",
      fileName: "log.txt",
    };
    const access = [
      { ...readsOrders, credentials: { format: "env" } as const },
      { ...writesLog, credentials: custom },
    ];
    const several = annotationsOf({ ...orders, access });
    const container = applyPatch(
      injectedContainer("vault-agent-init"),
      several["agent-init-json-patch"] ?? "",
    );
    expect(container["startupProbe"]).toMatchObject({
      exec: {
        command: ["/bin/sh", "-c", "test -s /vault/secrets/log.txt && test -s /vault/secrets/shop.env"],
      },
    });
    expect(several).toMatchObject({
      "agent-inject-secret-shop": "database/creds/orders-shop",
      "agent-inject-file-shop": "shop.env",
      "agent-inject-perms-shop": "0400",
      "error-on-missing-key-shop": "true",
      "agent-inject-secret-audit-log": "database/creds/orders-audit-log",
      "agent-inject-file-audit-log": "log.txt",
      "agent-inject-perms-audit-log": "0400",
      "error-on-missing-key-audit-log": "true",
      "agent-inject-template-audit-log":
        '{{- with secret "database/creds/orders-audit-log" -}}\n{{ .Data.username }} {{ .Data.password }}\n{{- end -}}',
    });
  });

  test("carries Vault's CA where the injector does not know it", () => {
    const patch = annotationsOf(withCa)["agent-init-json-patch"] ?? "";
    const container = applyPatch(injectedContainer("vault-agent-init"), patch);
    expect(container.env.slice(1)).toEqual([
      { name: "VAULT_ADDR", value: "https://vault.vault.svc:8200" },
      { name: "VAULT_CACERT_BYTES", value: caCertificate },
    ]);
    expect(container["restartPolicy"]).toBe("Always");
  });
});

describe("init-and-sidecar", () => {
  const injection: Injection = { mode: "init-and-sidecar" };

  test("revokes after the drain, from the home directory that has the token", () => {
    expect(annotationsOf({ ...orders, injection, drain: "45s" })).toEqual({
      ...common,
      "agent-revoke-on-shutdown": "true",
      "agent-revoke-grace": "47",
      "agent-json-patch": JSON.stringify([
        { op: "test", path: "/name", value: "vault-agent" },
        { op: "add", path: "/env/-", value: { name: "HOME", value: "/home/vault" } },
      ]),
    });
  });

  test("ends its revocation within the pod's grace period", () => {
    const plan = planService({ ...orders, injection });
    const grace = Number(annotationsOf({ ...orders, injection })["agent-revoke-grace"]);
    expect(grace).toBe(22);
    expect(podTemplate(plan, deployment).spec.terminationGracePeriodSeconds).toBe(30);
  });

  test("gives both agents Vault's CA where the injector does not know it", () => {
    const annotations = annotationsOf({ ...withCa, injection });
    const init = applyPatch(
      injectedContainer("vault-agent-init"),
      annotations["agent-init-json-patch"] ?? "",
    );
    const sidecar = applyPatch(injectedContainer("vault-agent"), annotations["agent-json-patch"] ?? "");
    expect(init).toEqual({
      ...injectedContainer("vault-agent-init"),
      env: [
        { name: "VAULT_CONFIG", value: "e30=" },
        { name: "VAULT_CACERT_BYTES", value: caCertificate },
      ],
    });
    expect(sidecar.env.slice(1)).toEqual([
      { name: "HOME", value: "/home/vault" },
      { name: "VAULT_CACERT_BYTES", value: caCertificate },
    ]);
  });
});

describe("init-only", () => {
  const short: ServiceProps = {
    ...orders,
    injection: { mode: "init-only" },
    workload: { ...cronJob, activeDeadline: "30m" },
  };

  test("has one agent, unpatched", () => {
    expect(annotationsOf(short)).toEqual({ ...common, "agent-pre-populate-only": "true" });
  });

  test("gives it Vault's CA where the injector does not know it", () => {
    expect(annotationsOf({ ...short, platform: withCa.platform })["agent-init-json-patch"]).toBe(
      JSON.stringify([
        { op: "test", path: "/name", value: "vault-agent-init" },
        { op: "add", path: "/env/-", value: { name: "VAULT_CACERT_BYTES", value: caCertificate } },
      ]),
    );
  });
});

describe("every mode", () => {
  const modes: Injection["mode"][] = ["native-sidecar", "init-and-sidecar", "init-only"];

  test.each(modes)("%s: has the container's user, and no key that Kubernetes refuses", (mode) => {
    const databases = platform.databases.map((database) =>
      database.name === "shop" ? { ...database, name: "s".repeat(36) } : database,
    );
    const access = [{ ...readsOrders, database: "s".repeat(36) }, writesLog];
    const props: ServiceProps = {
      ...orders,
      access,
      injection: { mode },
      workload: { ...cronJob, uid: 4711 },
      platform: { ...platform, databases },
    };
    const annotations = annotationsOf(props);
    expect(annotations["agent-run-as-user"]).toBe("4711");
    expect(Object.keys(annotations).filter((key) => key.length > 63)).toEqual([]);
    expect(Object.keys(annotations).filter((key) => key.startsWith("agent-cache"))).toEqual([]);
  });

  test.each(modes)(
    "%s: names the container and the auth path of a workload that is deployed elsewhere",
    (mode) => {
      const plan = planService({ ...orders, injection: { mode } });
      const annotations = injectionAnnotations({
        injection: plan.injection,
        role: "orders",
        authPath: "kubernetes/blue",
        address: "https://vault",
        containers: [elsewhere.container],
        uid: 1,
        tokenVolume: "token",
        files: [],
        timing: plan.timing,
      });
      expect(annotations).toMatchObject({
        "vault.hashicorp.com/agent-inject-containers": "app",
        "vault.hashicorp.com/auth-path": "auth/kubernetes/blue",
        "vault.hashicorp.com/agent-service-account-token-volume-name": "token",
      });
    },
  );
});
