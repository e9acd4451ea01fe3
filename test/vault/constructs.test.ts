import { App, TerraformStack, Testing } from "cdktf";
import { Construct } from "constructs";
import fc from "fast-check";
import { InvalidConfigurationError } from "../../lib/core";
import { AuthBackend, HelmProvider, Mount, Policy, VaultProvider } from "../../lib/core/terraform";
import {
  auditProblems,
  AuditDevices,
  CHART,
  helmValues,
  RateLimits,
  rateLimitsProblems,
  toYaml,
  VaultServer,
  type AuditDevice,
  type RateLimitsProps,
  type VaultServerProps,
} from "../../lib/vault";
import { DEV, EXTERNAL, HA } from "../support/vault-literals";

/** A stack with the providers that CDKTF's own validation asks for. */
function newStack(): TerraformStack {
  const stack = new TerraformStack(new App(), "test");
  new HelmProvider(stack, "Helm");
  new VaultProvider(stack, "Vault", { address: "https://vault.acme.internal:8200" });
  return stack;
}

/** The resources of a stack, by type and id, after all validations. */
function resources(define: (stack: TerraformStack) => void): Record<string, Record<string, object>> {
  const stack = newStack();
  define(stack);
  return JSON.parse(Testing.synth(stack, true)).resource ?? {};
}

/** The message with which a construct is refused that has defined nothing by then. */
function problemsOf(define: (stack: TerraformStack) => void): string {
  const stack = newStack();
  try {
    define(stack);
  } catch (error) {
    expect(JSON.parse(Testing.synth(stack, true)).resource).toBeUndefined();
    expect(error).toBeInstanceOf(InvalidConfigurationError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

describe("VaultServer", () => {
  const release = (props: VaultServerProps) =>
    resources((stack) => new VaultServer(stack, "Server", props)).helm_release;

  const RELEASE = {
    name: "vault",
    namespace: "vault",
    create_namespace: true,
    repository: "https://helm.releases.hashicorp.com",
    chart: "vault",
    version: "0.34.1",
    wait: true,
    timeout: 600,
    atomic: false,
    max_history: 10,
  };

  test("is one release, whose id and place are part of its contract", () => {
    expect(release({ vault: HA, authPath: "kubernetes" })).toEqual({
      Server_7E7D21FA: {
        ...RELEASE,
        values: [toYaml(helmValues(HA, "kubernetes"))],
        lifecycle: { prevent_destroy: true },
      },
    });
    expect(CHART).toEqual({
      name: "vault",
      repository: "https://helm.releases.hashicorp.com",
      version: "0.34.1",
    });
  });

  test.each([
    ["a dev server", DEV],
    ["an injector", EXTERNAL],
  ])("does not protect %s, which holds nothing", (_, vault) => {
    expect(Object.values(release({ vault, authPath: "kubernetes" })!)).toEqual([
      { ...RELEASE, values: [toYaml(helmValues(vault, "kubernetes"))] },
    ]);
  });

  test("can be destroyed where the environment is disposable", () => {
    const protection = { kind: "disposable", reason: "a new cluster every night" } as const;
    expect(Object.values(release({ vault: HA, authPath: "kubernetes", protection })!)).toEqual([
      expect.objectContaining({ lifecycle: { prevent_destroy: false } }),
    ]);
  });

  test("comes from another repository and goes to another namespace", () => {
    const vault = { ...HA, namespace: "secrets", chartRepository: "oci://registry.acme.internal/charts" };
    expect(Object.values(release({ vault, authPath: "blue" })!)).toEqual([
      {
        ...RELEASE,
        namespace: "secrets",
        repository: "oci://registry.acme.internal/charts",
        values: [toYaml(helmValues(vault, "blue"))],
        lifecycle: { prevent_destroy: true },
      },
    ]);
    const injector = {
      kind: "install",
      namespace: "injector",
      chartRepository: "https://charts.acme",
    } as const;
    expect(Object.values(release({ vault: { ...EXTERNAL, injector }, authPath: "kubernetes" })!)).toEqual([
      expect.objectContaining({ namespace: "injector", repository: "https://charts.acme" }),
    ]);
  });

  test("holds no token of any Vault", () => {
    expect(JSON.stringify(release({ vault: DEV, authPath: "kubernetes" }))).not.toMatch(/token/i);
  });

  test("says everything that is wrong before it defines anything", () => {
    const vault = { ...HA, namespace: "Vault", tls: { ...HA.tls, secretName: "" } };
    const protection = { kind: "disposable", reason: "" } as const;
    expect(
      problemsOf(
        (stack) => new VaultServer(stack, "Server", { vault, authPath: "auth/kubernetes", protection }),
      ),
    ).toBe(`the configuration has 4 problems:
  [test/Server] 'vault.namespace' must be 1 to 63 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen, got "Vault"; rename it
  [test/Server] 'vault.tls.secretName' must be the name of a Kubernetes object: 1 to 253 lower-case letters, digits, hyphens and dots, got ""; write the object's name, as kubectl shows it
  [test/Server] 'authPath' must be the auth method's path without 'auth/' before it, got "auth/kubernetes"; write "kubernetes"
  [test/Server] 'protection.reason' must say in at least ten characters why the unsafe choice is right here, got ""; write the reason down, or take the safe choice`);
  });
});

describe("AuditDevices", () => {
  const audits = (devices: readonly AuditDevice[]) =>
    resources((stack) => new AuditDevices(stack, "Audit", { devices })).vault_audit ?? {};

  test("are named after their kind, and enabled one after the other", () => {
    expect(
      audits([
        { kind: "stdout" },
        { kind: "file", path: "/vault/audit/audit.log" },
        { kind: "socket", address: "127.0.0.1:9090", socketType: "tcp" },
        { kind: "syslog" },
      ]),
    ).toEqual({
      Audit_stdout_725C4D4D: { type: "file", path: "stdout", options: { file_path: "stdout" } },
      Audit_file_1AD6B48A: {
        type: "file",
        path: "file",
        options: { file_path: "/vault/audit/audit.log" },
        depends_on: ["vault_audit.Audit_stdout_725C4D4D"],
      },
      Audit_socket_29BAEA41: {
        type: "socket",
        path: "socket",
        options: { address: "127.0.0.1:9090", socket_type: "tcp" },
        depends_on: ["vault_audit.Audit_file_1AD6B48A"],
      },
      Audit_syslog_AE395B56: {
        type: "syslog",
        path: "syslog",
        options: { facility: "AUTH", tag: "vault" },
        depends_on: ["vault_audit.Audit_socket_29BAEA41"],
      },
    });
  });

  test("take a name, so that there can be two of a kind", () => {
    const devices: AuditDevice[] = [
      { kind: "stdout", name: "console" },
      { kind: "file", path: "/vault/audit/a.log", name: "first" },
      { kind: "file", path: "/vault/audit/b.log", name: "second" },
      { kind: "socket", address: "/run/audit.sock", socketType: "unix", name: "collector" },
      { kind: "socket", address: "[::1]:9090", socketType: "udp" },
      { kind: "syslog", facility: "LOCAL7", tag: "vault-audit", name: "host" },
    ];
    expect(Object.values(audits(devices)).map((audit) => ({ ...audit, depends_on: undefined }))).toEqual(
      expect.arrayContaining([
        { type: "file", path: "console", options: { file_path: "stdout" } },
        { type: "file", path: "first", options: { file_path: "/vault/audit/a.log" } },
        { type: "file", path: "second", options: { file_path: "/vault/audit/b.log" } },
        { type: "socket", path: "collector", options: { address: "/run/audit.sock", socket_type: "unix" } },
        { type: "socket", path: "socket", options: { address: "[::1]:9090", socket_type: "udp" } },
        { type: "syslog", path: "host", options: { facility: "LOCAL7", tag: "vault-audit" } },
      ]),
    );
    expect(Object.keys(audits(devices))).toHaveLength(devices.length);
  });

  test("come before all else that the stack makes in their Vault, whoever adds it and when", () => {
    const { vault_mount, vault_policy } = resources((stack) => {
      const other = new VaultProvider(stack, "Other", { alias: "other" });
      const before = new Mount(stack, "Before", { path: "before", type: "database" });
      new AuditDevices(stack, "Audit", { devices: [{ kind: "stdout" }, { kind: "syslog" }] });
      new Mount(stack, "After", { path: "after", type: "database", dependsOn: [before] });
      new Mount(stack, "Elsewhere", { path: "elsewhere", type: "database", provider: other });
      new Policy(new Construct(stack, "Below"), "Policy", { name: "below", policy: "" });
    });
    const devices = ["vault_audit.Audit_stdout_725C4D4D", "vault_audit.Audit_syslog_AE395B56"];
    expect(vault_mount).toMatchObject({
      Before: { depends_on: devices },
      After: { depends_on: ["vault_mount.Before", ...devices] },
    });
    expect(vault_mount?.Elsewhere).not.toHaveProperty("depends_on");
    expect(Object.values(vault_policy ?? {})).toEqual([expect.objectContaining({ depends_on: devices })]);
  });

  test("may be none", () => {
    expect(audits([])).toEqual({});
  });

  test("says everything that is wrong", () => {
    const devices: AuditDevice[] = [
      { kind: "file", path: "audit.log" },
      { kind: "file", path: "/dev/stdout" },
      { kind: "stdout", name: "Console" },
      { kind: "stdout" },
      { kind: "socket", address: "collector", socketType: "tcp" },
      { kind: "socket", address: "run/a.sock", socketType: "unix", name: "unix" },
      { kind: "syslog", facility: "", tag: "a b" },
    ];
    const path = `must be an absolute path of letters, digits, '_', '-' and '.', outside /dev, got`;
    const fix = `; write it like "/vault/audit/audit.log"; for standard output take the kind "stdout"`;
    const plain =
      "must be letters, digits and . _ : / @ + = -, starting with a letter or digit, without a secret or a word that the chart replaces (HOST_IP, POD_IP, HOSTNAME, API_ADDR, TRANSIT_ADDR, RAFT_ADDR), got";
    expect(problemsOf((stack) => new AuditDevices(stack, "Audit", { devices }))).toBe(
      `the configuration has 9 problems:
  [test/Audit] 'devices[0].path' ${path} "audit.log"${fix}
  [test/Audit] 'devices[1].path' ${path} "/dev/stdout"${fix}
  [test/Audit] 'devices[2].name' must be 1 to 63 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen, got "Console"; rename it
  [test/Audit] 'devices[4].address' must be a host and a port, got "collector"; write it like "127.0.0.1:9090"
  [test/Audit] 'devices[5].address' ${path} "run/a.sock"${fix}
  [test/Audit] 'devices[6].facility' ${plain} ""; give the plain name, identifier or address
  [test/Audit] 'devices[6].tag' ${plain} "a b"; give the plain name, identifier or address
  [test/Audit] 'devices' must hold devices of different names, got "file"; give one of them another 'name'
  [test/Audit] 'devices' must hold devices that write to different places, got "stdout"; remove one of them`,
    );
  });

  test.each(["host:0", "host:65536", ":9090", "host:", "http://host:9090", "[]:1"])(
    "refuses the socket %s",
    (address) => {
      expect(auditProblems("audit", [{ kind: "socket", address, socketType: "tcp" }])).toEqual([
        {
          property: "audit[0].address",
          must: "be a host and a port",
          got: address,
          fix: 'write it like "127.0.0.1:9090"',
        },
      ]);
    },
  );

  test.each(["/", "/vault/audit/", "//a", "/a/../b", "/a b", "/dev/null", "stdout", "/${x}", ""])(
    "refuses the file %s",
    (path) => {
      expect(auditProblems("audit", [{ kind: "file", path }])).toHaveLength(1);
    },
  );

  test("two that write to one place are refused under any name", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<AuditDevice>(
          { kind: "stdout" },
          { kind: "file", path: "/vault/audit/audit.log" },
          { kind: "socket", address: "127.0.0.1:9090", socketType: "tcp" },
          { kind: "syslog" },
        ),
        fc.stringMatching(/^[a-z]{1,8}$/),
        (device, name) => {
          const problems = auditProblems("audit", [device, { ...device, name: `${name}-2` }]);
          expect(problems.map(({ must }) => must)).toEqual(["hold devices that write to different places"]);
        },
      ),
    );
  });
});

describe("RateLimits", () => {
  const PROPS = { name: "production", authPath: "kubernetes", mountPath: "database" };

  /** The quotas beside the mount and the auth method that they limit. */
  const quotas = (props: Partial<RateLimitsProps>) =>
    resources((stack) => {
      const mount = new Mount(stack, "Mount", { path: "database", type: "database" });
      const auth = new AuthBackend(stack, "Auth", { path: "kubernetes", type: "kubernetes" });
      new RateLimits(stack, "Limits", { ...PROPS, dependsOn: [mount, auth], ...props });
    }).vault_quota_rate_limit ?? {};

  test("limit logins and new credentials, on paths that Vault gives back as they are", () => {
    expect(quotas({ login: 10, creds: 20 })).toEqual({
      Limits_Login_0C3BB401: {
        name: "production-login",
        path: "auth/kubernetes/login",
        rate: 10,
        interval: 1,
        depends_on: ["vault_mount.Mount", "vault_auth_backend.Auth"],
      },
      Limits_Creds_604C56A4: {
        name: "production-creds",
        path: "database/creds/*",
        rate: 20,
        interval: 1,
        depends_on: ["vault_mount.Mount", "vault_auth_backend.Auth"],
      },
    });
  });

  test("limit only what is given", () => {
    expect(quotas({})).toEqual({});
    expect(Object.keys(quotas({ login: 1 }))).toEqual([expect.stringMatching(/^Limits_Login_/)]);
    expect(Object.keys(quotas({ creds: 1 }))).toEqual([expect.stringMatching(/^Limits_Creds_/)]);
  });

  test("count over another interval, at other paths", () => {
    const limits = quotas({
      authPath: "kubernetes/blue",
      mountPath: "postgres/blue",
      login: 30,
      creds: 40,
      interval: "1m",
    });
    expect(Object.values(limits)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: "auth/kubernetes/blue/login", rate: 30, interval: 60 }),
        expect.objectContaining({ path: "postgres/blue/creds/*", rate: 40, interval: 60 }),
      ]),
    );
  });

  test("says everything that is wrong", () => {
    const props = {
      name: "Production",
      authPath: "auth/kubernetes",
      mountPath: "database/",
      login: 0,
      creds: 0.4,
      interval: "1w" as never,
      dependsOn: [],
    };
    expect(problemsOf((stack) => new RateLimits(stack, "Limits", props))).toBe(
      `the configuration has 6 problems:
  [test/Limits] 'name' must be 1 to 63 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen, got "Production"; rename it
  [test/Limits] 'authPath' must be the auth method's path without 'auth/' before it, got "auth/kubernetes"; write "kubernetes"
  [test/Limits] 'mountPath' must be a Vault path: letters, digits, '_', '-' and '.', segments parted by '/', no slash at either end, got "database/"; write it like "database" or "kubernetes/production"
  [test/Limits] 'login' must be a whole number from 1 to 1000000, got 0; choose one from 1 to 1000000
  [test/Limits] 'creds' must be a whole number from 1 to 1000000, got 0.4; choose one from 1 to 1000000
  [test/Limits] 'interval' must be a duration of more than nothing: a whole number and one of s, m, h, d, such as "15m" or "1h", got "1w"; write it as "90s", "15m", "1h" or "7d"`,
    );
  });

  test.each([-1, 0, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses a limit of %d", (login) => {
    expect(rateLimitsProblems({ ...PROPS, login })).toEqual([
      {
        property: "login",
        must: "be a whole number from 1 to 1000000",
        got: login,
        fix: "choose one from 1 to 1000000",
      },
    ]);
  });
});
