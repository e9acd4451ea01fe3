import fc from "fast-check";
import { seconds, toDuration, type Duration } from "../../lib/core";
import {
  contract,
  contractEnvironment,
  contractFiles,
  credentialsFileName,
  credentialsFilePath,
  credentialsTemplate,
  deriveTiming,
  planService,
  servicePolicy,
  type Credentials,
} from "../../lib/service";
import { scheduleProblems, timeZoneProblems } from "../../lib/service/declaration/schedule";
import {
  auditLog,
  caCertificate,
  orders,
  platform,
  readsOrders,
  shop,
  writesLog,
} from "../support/service-fixtures";

describe("the policy", () => {
  test("reads the service's own credentials and nothing else", () => {
    expect(servicePolicy(["database/creds/orders-shop", "database/creds/orders-audit-log"])).toBe(
      '{"path":{"database/creds/orders-shop":{"capabilities":["read"]},"database/creds/orders-audit-log":{"capabilities":["read"]}}}',
    );
  });
});

describe("the timing", () => {
  test("is solved from TTL and drain, each number with its reason", () => {
    expect(deriveTiming({ default: "1h", max: "24h" }, "20s")).toEqual({
      tokenPeriod: {
        value: 3600,
        reason:
          "the default TTL: a token that ends takes its leases with it, and one that outlived them would only delay the clean-up after a node that vanished",
      },
      overlap: {
        value: 360,
        reason:
          "a tenth of the default TTL: the agent fetches the next credential at least that long before the maximum TTL",
      },
      poolMaxLifetime: {
        value: 324,
        reason:
          "9 % of the default TTL: within the overlap every connection of the old user is closed, with a rest for reading the file",
      },
      outageTolerance: {
        value: 360,
        reason:
          "a tenth of the default TTL: so much is left at least when an outage begins just before a rotation; just before a renewal it is 27 %",
      },
      serviceAccountTokenExpiry: {
        value: 600,
        reason: "the shortest that Kubernetes allows: the token serves to log in, and the kubelet renews it",
      },
      drain: { value: 20, reason: "what the service declares that it needs to end its work" },
      revokeMargin: {
        value: 10,
        reason:
          "twice the 5 s after which the agent gives up revoking a credential at a Vault that does not answer",
      },
      terminationGracePeriod: {
        value: 30,
        reason: "drain and revoke margin: the kubelet kills what still runs when it ends",
      },
      revokeGrace: {
        value: 22,
        reason:
          "the drain and 2 s: an agent that is stopped together with the application must not revoke before the application has ended",
      },
    });
  });

  test.each<[Duration, number, number]>([
    ["10s", 1, 1],
    ["20s", 2, 1],
    ["5m", 30, 27],
    ["15m", 90, 81],
    ["100s", 10, 9],
  ])("of %s is rounded down, and a pool keeps at least a second", (ttl, overlap, lifetime) => {
    const timing = deriveTiming({ default: ttl, max: ttl }, "1s");
    expect(timing.overlap.value).toBe(overlap);
    expect(timing.poolMaxLifetime.value).toBe(lifetime);
    expect(timing.outageTolerance.value).toBe(overlap);
  });

  test("always lets a pool change over within the overlap and an agent revoke within the grace period", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 2_764_800 }),
        fc.integer({ min: 1, max: 86_400 }),
        (ttl, drain) => {
          const timing = deriveTiming({ default: toDuration(ttl), max: toDuration(ttl) }, toDuration(drain));
          expect(timing.poolMaxLifetime.value).toBeLessThanOrEqual(timing.overlap.value);
          expect(timing.poolMaxLifetime.value).toBeGreaterThanOrEqual(1);
          expect(timing.overlap.value).toBeLessThanOrEqual(ttl / 10);
          expect(timing.outageTolerance.value).toBeLessThanOrEqual(timing.overlap.value);
          expect(timing.tokenPeriod.value).toBe(ttl);
          expect(timing.revokeGrace.value).toBeGreaterThan(drain);
          expect(timing.terminationGracePeriod.value).toBeGreaterThan(timing.revokeGrace.value + 5);
        },
      ),
    );
  });
});

describe("the credentials file", () => {
  const path = "database/creds/orders-shop";
  const custom: Credentials = {
    format: "custom",
    template: "user: {{ .Data.username }}\npassword: {{ .Data.password }}",
    fileName: "database.yml",
  };

  test.each<[Credentials, string, string]>([
    [
      { format: "json" },
      "shop.json",
      '{"username":{{ .Data.username | toJSON }},"password":{{ .Data.password | toJSON }},"lease_duration":{{ .LeaseDuration }}}',
    ],
    [
      { format: "env" },
      "shop.env",
      "PGUSER='{{ .Data.username }}'\nPGPASSWORD='{{ .Data.password }}'\nLEASE_DURATION={{ .LeaseDuration }}",
    ],
    [
      { format: "properties" },
      "shop.properties",
      "username={{ .Data.username }}\npassword={{ .Data.password }}\nlease_duration={{ .LeaseDuration }}",
    ],
    [
      { format: "url" },
      "shop.url",
      "postgresql://{{ .Data.username | urlquery }}:{{ .Data.password | urlquery }}@pg.acme.internal:5432/shop?sslmode=verify-full&sslrootcert=/etc/leasehold/shop-ca.crt",
    ],
    [custom, "database.yml", "user: {{ .Data.username }}\npassword: {{ .Data.password }}"],
  ])("of %j is %s", (credentials, fileName, body) => {
    expect(credentialsFileName("shop", credentials)).toBe(fileName);
    expect(credentialsFilePath(fileName)).toBe(`/vault/secrets/${fileName}`);
    expect(credentialsTemplate(path, credentials, shop)).toBe(
      `{{- with secret "database/creds/orders-shop" -}}\n${body}\n{{- end -}}`,
    );
  });

  test("as a URL says the TLS mode, brackets an IPv6 address, and has no CA where none is checked", () => {
    expect(credentialsTemplate(path, { format: "url" }, auditLog)).toContain(
      "@[fd00::1]:6432/audit?sslmode=require\n{{- end -}}",
    );
    const systemRoots = { ...shop, tls: { mode: "verify-full" } as const };
    expect(credentialsTemplate(path, { format: "url" }, systemRoots)).toContain(
      "/shop?sslmode=verify-full\n",
    );
    const plaintext = { ...shop, tls: { mode: "disable", reason: "a laptop" } as const };
    expect(credentialsTemplate(path, { format: "url" }, plaintext)).toContain("/shop?sslmode=disable\n");
  });

  test("as a URL holds any name of a database, and no template but ours", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (database) => {
        const template = credentialsTemplate(path, { format: "url" }, { ...shop, database });
        const [, encoded = ""] = /:5432\/(.*)\?sslmode=verify-full&/.exec(template) ?? [];
        expect(decodeURIComponent(encoded)).toBe(database);
        expect(template.match(/\{\{/g)).toHaveLength(4);
      }),
    );
  });
});

describe("the contract", () => {
  const plan = planService({
    ...orders,
    drain: "45s",
    access: [{ ...readsOrders, credentials: { format: "url" }, pool: { max: 3 } }, writesLog],
  });

  test("says all that an application needs", () => {
    expect(contract(plan)).toEqual({
      version: 1,
      service: "orders",
      drainSeconds: 45,
      databases: {
        "audit-log": {
          credentialsFile: "/vault/secrets/audit-log.json",
          format: "json",
          host: "fd00::1",
          port: 6432,
          database: "audit",
          schema: "app",
          sslMode: "require",
          sslRootCert: null,
          poolMax: 10,
          poolMaxLifetimeSeconds: 324,
          overlapSeconds: 360,
        },
        shop: {
          credentialsFile: "/vault/secrets/shop.url",
          format: "url",
          host: "pg.acme.internal",
          port: 5432,
          database: "shop",
          schema: "public",
          sslMode: "verify-full",
          sslRootCert: "/etc/leasehold/shop-ca.crt",
          poolMax: 3,
          poolMaxLifetimeSeconds: 324,
          overlapSeconds: 360,
        },
      },
    });
  });

  test("says the same in variables", () => {
    expect(contractEnvironment(contract(plan))).toEqual({
      LEASEHOLD_CONTRACT: "/etc/leasehold/contract.json",
      LEASEHOLD_DRAIN: "45",
      LEASEHOLD_AUDIT_LOG_CREDENTIALS_FILE: "/vault/secrets/audit-log.json",
      LEASEHOLD_AUDIT_LOG_FORMAT: "json",
      LEASEHOLD_AUDIT_LOG_HOST: "fd00::1",
      LEASEHOLD_AUDIT_LOG_PORT: "6432",
      LEASEHOLD_AUDIT_LOG_DATABASE: "audit",
      LEASEHOLD_AUDIT_LOG_SCHEMA: "app",
      LEASEHOLD_AUDIT_LOG_SSL_MODE: "require",
      LEASEHOLD_AUDIT_LOG_POOL_MAX: "10",
      LEASEHOLD_AUDIT_LOG_POOL_MAX_LIFETIME: "324",
      LEASEHOLD_AUDIT_LOG_OVERLAP: "360",
      LEASEHOLD_SHOP_CREDENTIALS_FILE: "/vault/secrets/shop.url",
      LEASEHOLD_SHOP_FORMAT: "url",
      LEASEHOLD_SHOP_HOST: "pg.acme.internal",
      LEASEHOLD_SHOP_PORT: "5432",
      LEASEHOLD_SHOP_DATABASE: "shop",
      LEASEHOLD_SHOP_SCHEMA: "public",
      LEASEHOLD_SHOP_SSL_MODE: "verify-full",
      LEASEHOLD_SHOP_SSL_ROOT_CERT: "/etc/leasehold/shop-ca.crt",
      LEASEHOLD_SHOP_POOL_MAX: "3",
      LEASEHOLD_SHOP_POOL_MAX_LIFETIME: "324",
      LEASEHOLD_SHOP_OVERLAP: "360",
    });
  });

  test("gives every database variables of its own, whatever the databases are called", () => {
    const word = fc.constantFrom(
      "shop",
      "pool",
      "max",
      "lifetime",
      "ssl",
      "file",
      "database",
      "drain",
      "contract",
    );
    const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join("-"));
    const [database] = Object.values(contract(plan).databases).slice(-1);
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), (names) => {
        const databases = Object.fromEntries(names.map((key) => [key, { ...database! }]));
        const variables = contractEnvironment({ ...contract(plan), databases });
        expect(Object.keys(variables)).toHaveLength(2 + names.length * 11);
      }),
    );
  });

  test("is files: itself, and the CA of each database that has one", () => {
    const files = contractFiles(plan);
    expect(Object.keys(files)).toEqual(["contract.json", "shop-ca.crt"]);
    expect(files["shop-ca.crt"]).toBe(caCertificate);
    expect(JSON.parse(files["contract.json"] ?? "")).toEqual(contract(plan));
  });

  test("does not depend on the order of the declaration", () => {
    const access = [readsOrders, writesLog];
    const other = planService({ ...orders, access: [...access].reverse() });
    expect(contractFiles(planService({ ...orders, access }))).toEqual(contractFiles(other));
  });
});

describe("a plan", () => {
  test("has every default", () => {
    expect(planService(orders)).toEqual({
      name: "orders",
      namespace: "shop",
      ttl: { default: "1h", max: "24h" },
      timing: deriveTiming({ default: "1h", max: "24h" }, "20s"),
      vault: platform.vault,
      policyName: "production-orders",
      databases: [
        {
          database: shop,
          grants: readsOrders.grants,
          strategy: undefined,
          roleName: "orders-shop",
          file: {
            name: "shop",
            credsPath: "database/creds/orders-shop",
            fileName: "shop.json",
            template: credentialsTemplate("database/creds/orders-shop", { format: "json" }, shop),
          },
          format: "json",
          owner: undefined,
          poolMax: 10,
          connectionLimit: 12,
        },
      ],
      injection: { mode: "native-sidecar" },
      workload: orders.workload,
      migration: { stage: "complete" },
      restartOnRotation: undefined,
    });
  });

  test("takes every override", () => {
    const plan = planService({
      ...orders,
      drain: "1m",
      injection: { mode: "init-and-sidecar" },
      access: [{ ...readsOrders, strategy: "direct", pool: { max: 40 }, credentials: { format: "env" } }],
      platform: {
        ...platform,
        environment: "staging",
        vault: { ...platform.vault, mountPath: "db/staging" },
      },
    });
    expect(plan).toMatchObject({ policyName: "staging-orders", injection: { mode: "init-and-sidecar" } });
    expect(plan.timing.drain.value).toBe(seconds("1m"));
    expect(plan.databases).toMatchObject([
      {
        strategy: "direct",
        format: "env",
        poolMax: 40,
        connectionLimit: 42,
        file: { credsPath: "db/staging/creds/orders-shop", fileName: "shop.env" },
      },
    ]);
  });

  test("of a database that the environment has not got is nobody's to make", () => {
    expect(() => planService({ ...orders, access: [{ ...readsOrders, database: "nosuch" }] })).toThrow(
      'no database "nosuch" in the environment',
    );
  });
});

describe("a schedule", () => {
  test.each([
    "15 * * * *",
    "*/5 0-6,22 1 jan,JUL mon-fri",
    "0 0 ? * 6",
    "0-30/10 * * 12 SUN",
    "@daily",
    "@hourly",
  ])("may be %j", (schedule) => {
    expect(scheduleProblems("schedule", schedule)).toEqual([]);
  });

  test.each([
    "",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * 32 * *",
    "* * * 13 *",
    "* * * * 7",
    "5-1 * * * *",
    "1-2-3 * * * *",
    "*/0 * * * *",
    "*/5/5 * * * *",
    "1, * * * *",
    "a * * * *",
    "jan * * * *",
    "-1 * * * *",
    "@reboot",
    "@every 1h",
    "TZ=UTC 1 * * * *",
    "15  * * * *",
  ])("may not be %j", (schedule) => {
    expect(scheduleProblems("workload.schedule", schedule)).toEqual([
      {
        property: "workload.schedule",
        must: "be five fields of cron (minute, hour, day of the month, month, day of the week 0 to 6) or a word such as @daily",
        got: schedule,
        fix: "write it like \"15 * * * *\"; a time zone goes into 'timeZone'",
      },
    ]);
  });

  test("may be in any time zone that there is", () => {
    const zones = ["Europe/Berlin", "Etc/UTC", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"];
    expect(zones.flatMap((zone) => timeZoneProblems("timeZone", zone))).toEqual([]);
    expect(
      ["Europe/Nowhere", "berlin", "", "+01:00"].flatMap((zone) => timeZoneProblems("timeZone", zone)),
    ).toEqual(
      ["Europe/Nowhere", "berlin", "", "+01:00"].map((got) => ({
        property: "timeZone",
        must: "be the name of a time zone",
        got,
        fix: 'write it like "Europe/Berlin" or "Etc/UTC"',
      })),
    );
  });
});
