import { InvalidConfigurationError } from "../../lib/core";
import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import { REPORT_FORMATS } from "../../proof/report";
import { formatText, type Waiver } from "../../proof/rules";
import { RefusedConfigurationError } from "../../proof/rules/refused";
import { local } from "../../template/project/stacks/local";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { environmentWith, environmentWithOrders, synthesizeAside } from "../support/environment";

const REASON = "it holds a lock, and a second pod would do the work twice";
const single = { workload: { kind: "deployment", image: "ghcr.io/acme/cdc:1", replicas: 1 } } as const;
const external = {
  mode: "external",
  address: "http://vault.acme.internal:8200",
  transport: { kind: "plaintext", reason: "a tunnel of the network team" },
  injector: { kind: "existing" },
  audit: [],
} as const;
const [shop] = production.databases as [Environment["databases"][0]];
const migrating: Partial<EnvironmentService> = {
  ...single,
  migration: {
    stage: "static",
    credentials: [
      { database: "shop", user: "orders", secret: "orders", as: { kind: "file", key: "a.json" } },
    ],
  },
};

/** Each guardrail, what is beyond it, the rule that says so, and the construct that it says it of. */
const BEYOND: readonly (readonly [string, Environment, rule: string, resource: string])[] = [
  [
    "maxTtl",
    environmentWithOrders({ ttl: { default: "1h", max: "48h" } }),
    "ttl/beyond-guardrail",
    "production/orders",
  ],
  ["replicas", environmentWithOrders(single), "vault/few-replicas", "production/orders"],
  [
    "replicas, of a static service",
    environmentWithOrders(migrating),
    "vault/few-replicas",
    "production/orders",
  ],
  [
    "vault",
    { ...local, guardrails: { ...local.guardrails, vault: "highly-available" } },
    "vault/dev-mode",
    "local-vault/Vault/Resource",
  ],
  [
    "transport to Vault",
    environmentWith({ vault: external, cluster: { ...production.cluster, caCertificate: tlsCa() } }),
    "transport/vault-over-http",
    "production/orders",
  ],
  [
    "transport to PostgreSQL",
    environmentWith({
      databases: [{ ...shop, tls: { mode: "require", reason: "an old server, until spring" } }],
    }),
    "transport/sslmode",
    "production-platform/shop",
  ],
  [
    "auditDevices",
    environmentWith({ vault: { ...production.vault, audit: [{ kind: "stdout" }] } }),
    "vault/audit-devices",
    "production-vault/Vault/Resource",
  ],
  [
    "auditDevices of one kind",
    environmentWith({
      vault: {
        ...production.vault,
        audit: [
          { kind: "file", path: "/vault/audit/a.log" },
          { kind: "file", name: "second", path: "/vault/audit/b.log" },
        ],
      },
    }),
    "vault/audit-devices",
    "production-vault/Vault/Resource",
  ],
  [
    "protection",
    environmentWith({ protection: { kind: "disposable", reason: "its leases are of no use to anybody" } }),
    "connection/replaceable",
    "production-platform/SecretsEngine/Resource",
  ],
];

function tlsCa(): string {
  return production.vault.mode === "ha" ? production.vault.tls.caCertificate : "";
}

const refusal = async (environment: Environment): Promise<RefusedConfigurationError> => {
  const failure: unknown = await synthesizeAside([environment]).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof InvalidConfigurationError) throw failure;
  expect(failure).toBeInstanceOf(RefusedConfigurationError);
  return failure as RefusedConfigurationError;
};

describe.each(BEYOND)("beyond the guardrail %s", (_, environment, rule, resource) => {
  test("is refused by the rule, which a waiver of its resource accepts", async () => {
    const { found } = await refusal(environment);
    const errors = found.findings.filter(({ severity }) => severity === "error");
    expect(errors.map((finding) => finding.rule)).toContain(rule);
    const waived = await refusal({ ...environment, waivers: [{ rule, resource, reason: REASON }] }).catch(
      () => null,
    );
    const left = waived?.found.findings ?? [];
    expect(left.filter((each) => each.rule === "waiver/unmatched")).toEqual([]);
    const open = left.filter(
      (each) => each.rule === rule && each.path?.startsWith(resource) && each.waived === null,
    );
    expect(open).toEqual([]);
  });
});

test("one service is excepted, by its path: the others are held to the limit", async () => {
  const services = production.services.map((service) =>
    service.name === "analytics" ? service : { ...service, ...single },
  );
  const waivers: Waiver[] = [{ rule: "vault/few-replicas", resource: "production/orders", reason: REASON }];
  const { found, message } = await refusal(environmentWith({ services, waivers }));
  expect(Object.fromEntries(found.findings.map(({ path, waived }) => [path, waived]))).toEqual({
    "production/billing/Workload/Resource": null,
    "production/orders/Workload/Resource": REASON,
  });
  expect(message).toContain(
    'waivers: [{ rule: "vault/few-replicas", resource: "production/orders", reason: "…" }]',
  );
});

test("what is accepted is printed with its reason by the synth and in every report", async () => {
  const waivers: Waiver[] = [{ rule: "vault/few-replicas", resource: "production/orders", reason: REASON }];
  const { findings, files } = await synthesizeAside([{ ...environmentWithOrders(single), waivers }]);
  expect(formatText({ findings, failures: [] })).toContain(`waived: ${REASON}`);
  for (const format of REPORT_FORMATS.filter((each) => each !== "csv")) {
    expect(files[`report/access.${format}`]).toContain(REASON);
  }
});

test("what of it is accepted, and until when, is told by every report; a bad day is refused with the value", async () => {
  const waiver = { rule: "vault/few-replicas", resource: "production/orders", reason: REASON } as const;
  const lasting = { ...waiver, evidence: ["1", "2"], until: "2999-12-31" };
  const { findings, files } = await synthesizeAside([
    { ...environmentWithOrders(single), waivers: [lasting] },
  ]);
  expect(findings.map(({ waived }) => waived)).toEqual([REASON]);
  expect(files["report/access.json"]).toContain('"until": "2999-12-31"');
  for (const format of ["md", "html"]) {
    expect(files[`report/access.${format}`]).toMatch(/until 2999-12-31, \d+ days left/);
    expect(files[`report/access.${format}`]).toContain("this evidence alone");
  }
  await expect(
    synthesizeAside([{ ...environmentWithOrders(single), waivers: [{ ...waiver, until: "2027-02-30" }] }]),
  ).rejects.toThrow(/waivers\[0\]\.until.*2027-02-30/);
});

test.each<[string, Waiver, string]>([
  [
    "of a stack",
    { rule: "vault/few-replicas", resource: "production", reason: REASON },
    "matches no finding",
  ],
  [
    "that matches nothing",
    { rule: "vault/few-replicas", resource: "production/billing", reason: REASON },
    "matches no finding",
  ],
  [
    "of a name that only begins so",
    { rule: "vault/few-replicas", resource: "production/order", reason: REASON },
    "matches no finding",
  ],
  [
    "of other evidence",
    { rule: "vault/few-replicas", resource: "production/orders", evidence: ["3"], reason: REASON },
    'has the evidence ["3"], and the findings of this resource have ["1","2"]',
  ],
  [
    "that has ended",
    { rule: "vault/few-replicas", resource: "production/orders", reason: REASON, until: "2020-01-31" },
    "has ended on 2020-01-31 and accepts nothing any more",
  ],
  [
    "without a reason",
    { rule: "vault/few-replicas", resource: "production/orders", reason: "ok" },
    "at least ten characters",
  ],
])("a waiver %s is refused", async (_, waiver, expected) => {
  const { message } = await refusal({ ...environmentWithOrders(single), waivers: [waiver] });
  expect(message).toContain(expected);
});

test("a URL that leads to another server is no other format", async () => {
  const byUrl = (environment: Environment): Environment => ({
    ...environment,
    services: environment.services.map((service) => ({
      ...service,
      access: service.access.map((each) => ({ ...each, credentials: { format: "url" as const } })),
    })),
  });
  const { findings } = await synthesizeAside([byUrl(staging), byUrl(production)]);
  expect(findings).toEqual([]);
}, 600_000);
