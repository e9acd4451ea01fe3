import { InvalidConfigurationError } from "../../lib/core";
import type { Environment } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { REPORT_FORMATS, renderReport } from "../../proof/report";
import {
  allRules,
  formatGithub,
  formatJson,
  formatSarif,
  formatText,
  judge,
  limits,
} from "../../proof/rules";
import { environments } from "../../template/project/stacks";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { environmentWith, environmentWithOrders, synthesizeAside } from "../support/environment";
import { placesOf, replaced, valueAt } from "../support/leaves";
import { maximal } from "../support/maximal";
import { graphOf } from "../support/rules-graph";
import { RenderedEnvironments, type Spoilt } from "../support/rules-mutations";
import { drawnText } from "../support/report-pages";

const CANARY = "canary-8Jx2vQ";

/** What the people and pipelines around a synth have in their environment. */
const SECRET_VARIABLES = [
  "TF_VAR_shop_password",
  "VAULT_TOKEN",
  "TERRAFORM_VAULT_AUTH_JWT",
  "KUBE_TOKEN",
  "KUBE_PASSWORD",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "ARM_ACCESS_KEY",
  "GOOGLE_CREDENTIALS",
  "TF_HTTP_PASSWORD",
  "PGPASSWORD",
];

test("no secret of the environment reaches a file", async () => {
  const before = { ...process.env };
  for (const name of SECRET_VARIABLES) process.env[name] = `${CANARY}-${name}`;
  try {
    const { files } = await synthesizeAside(environments);
    expect(Object.keys(files).length).toBeGreaterThan(9);
    expect(Object.entries(files).filter(([, content]) => content.includes(CANARY))).toEqual([]);
  } finally {
    process.env = before;
  }
});

/** Secrets that somebody pastes where a literal takes text. */
const PEM_KEY = `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----\n`;
const JWT = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.${CANARY}`;
const URL_WITH_PASSWORD = `https://admin:${CANARY}@vault.acme.internal`;

const orders = environmentWithOrders({}).services[0] as Environment["services"][0];
const [shop] = production.databases as [Environment["databases"][0]];
const withWorkload = (workload: object) =>
  environmentWithOrders({ workload: { ...orders.workload, ...workload } as typeof orders.workload });

test.each<[string, Environment]>([
  [
    "a private key beside PostgreSQL's CA",
    { ...production, databases: [{ ...shop, tls: { mode: "verify-full", caCertificate: PEM_KEY } }] },
  ],
  [
    "a private key beside the cluster's CA",
    { ...production, cluster: { ...production.cluster, caCertificate: PEM_KEY } },
  ],
  [
    "a password in the API server's URL",
    { ...production, cluster: { ...production.cluster, apiServer: URL_WITH_PASSWORD } },
  ],
  ["a password in the state's URL", { ...production, state: { kind: "http", address: URL_WITH_PASSWORD } }],
  [
    "a password in the host",
    { ...production, databases: [{ ...shop, host: `postgresql://a:${CANARY}@pg` }] },
  ],
  [
    "a token as the login of a pooler",
    {
      ...production,
      databases: [
        {
          ...shop,
          endpoints: [{ name: "pooled", kind: "pgbouncer", poolMode: "session", host: "pg", authUser: JWT }],
        },
      ],
    },
  ],
  ["a token in a workload's variable", withWorkload({ env: { API_TOKEN: JWT } })],
  ["a URL with a password in a workload's variable", withWorkload({ env: { QUEUE: URL_WITH_PASSWORD } })],
  ["a token in a workload's arguments", withWorkload({ args: ["--token", JWT] })],
  ["a token in a Job's arguments", withWorkload({ kind: "job", args: ["--token", JWT] })],
  ...(
    [
      [
        "a token as the value of a patch",
        { path: "/spec/containers/0/env/-", value: { name: "A", value: JWT } },
      ],
      [
        "a password as the value of a patch, under its name",
        { path: "/spec/containers/0/env/-", value: { name: "SMTP_PASS", value: CANARY } },
      ],
      ["a token in the path of a patch", { path: `/metadata/annotations/${JWT}`, value: "" }],
      [
        "a password as a text at a path",
        { path: "/metadata/annotations/acme.com~1api-token", value: CANARY },
      ],
    ] as const
  ).map(([title, operation]): [string, Environment] => [
    title,
    withWorkload({
      podPatch: { reason: "because a test needs one", operations: [{ op: "add", ...operation }] },
    }),
  ]),
  ["a token in the reason of a patch", withWorkload({ podPatch: { reason: JWT, operations: [] } })],
  [
    "a URL with a password in the reason of an owner",
    environmentWithOrders({
      workload: { kind: "job", image: "ghcr.io/acme/orders:1.4.2" },
      access: [{ database: "shop", owner: { role: "shop_owner", reason: URL_WITH_PASSWORD } }],
    }),
  ],
  ...[
    { publications: ["orders_cdc"], reason: JWT },
    { publications: [JWT], reason: "the warehouse follows it" },
  ].map((replication, index): [string, Environment] => [
    `a token in the ${["reason", "publications"][index]} of a replication`,
    environmentWithOrders({
      access: [{ database: "shop", grants: orders.access[0]?.grants ?? [], replication }],
    }),
  ]),
  [
    "a token in the reason of a restart",
    environmentWithOrders({ restartOnRotation: { process: "java", reason: JWT } }),
  ],
  ...(["secret", "user"] as const).map((name): [string, Environment] => [
    `a token for the ${name} of static credentials`,
    environmentWithOrders({
      migration: {
        stage: "static",
        credentials: [
          { database: "shop", user: "a", secret: "b", as: { kind: "file", key: "c" }, [name]: JWT },
        ],
      },
    }),
  ]),
  [
    "a password for the key of static credentials",
    environmentWithOrders({
      migration: {
        stage: "static",
        credentials: [
          {
            database: "shop",
            user: "a",
            secret: "b",
            as: { kind: "env", variables: { DATABASE_URL: URL_WITH_PASSWORD } },
          },
        ],
      },
    }),
  ],
])("%s is refused, and not repeated", async (_, environment) => {
  const problems = configurationProblems([environment]);
  expect(problems).not.toEqual([]);
  expect(new InvalidConfigurationError(problems).message).not.toContain(CANARY);
  await expect(synthesizeAside([environment])).rejects.toThrow(InvalidConfigurationError);
});

test("a token for the evidence or the end of a waiver is not repeated", async () => {
  const graph = await graphOf({ "main.tf": 'resource "helm_release" "vault" {\n  chart = "vault"\n}' });
  const waiver = { rule: "vault/chart-unpinned", resource: "helm_release.vault", reason: "it is ours" };
  const findings = judge(graph, {
    rules: allRules,
    context: { limits: limits.strict, capacities: new Map() },
    waivers: [
      { ...waiver, evidence: [JWT] },
      { ...waiver, until: JWT },
    ],
    waiversFile: "waivers.yaml",
    today: "2026-01-01",
  });
  expect(findings.map(({ rule }) => rule)).toEqual(
    expect.arrayContaining(["waiver/unmatched", "waiver/until"]),
  );
  expect(JSON.stringify(findings)).not.toContain(JWT);
});

test("a token for the reason of a waiver accepts nothing, and is not repeated", async () => {
  const graph = await graphOf({ "main.tf": 'resource "helm_release" "vault" {\n  chart = "vault"\n}' });
  const waiver = { rule: "vault/chart-unpinned", resource: "helm_release.vault", reason: JWT };
  const context = { limits: limits.strict, capacities: new Map() };
  const findings = judge(graph, {
    rules: allRules,
    context,
    waivers: [waiver],
    waiversFile: "waivers.yaml",
    today: "2026-01-01",
  });
  expect(findings.find(({ rule }) => rule === waiver.rule)?.waived).toBeNull();
  expect(findings.map(({ rule }) => rule)).toContain("waiver/reason");
  expect(findings.map(({ rule }) => rule)).not.toContain("waiver/unmatched");
  expect(JSON.stringify(findings)).not.toContain(CANARY);
});

/** Secrets in every form in which one is pasted somewhere. */
const PASTED: readonly string[] = [
  PEM_KEY,
  JWT,
  URL_WITH_PASSWORD,
  `hvs.${CANARY}${CANARY}`,
  `sk_live_${CANARY.replaceAll("-", "")}`,
  `password=${CANARY}`,
  `--token=${CANARY}`,
  `/ready?token=${CANARY}`,
  `"apiKey": "${CANARY}"`,
];

test.each(maximal.map((environment) => [environment.name, environment] as const))(
  "a secret in any text of %s is refused, and not repeated",
  (_, environment) => {
    const alone = { ...environment, provenIn: undefined };
    for (const place of placesOf(alone)) {
      if (typeof valueAt(alone, place) !== "string") continue;
      for (const secret of PASTED) {
        const problems = configurationProblems([replaced(alone, place, secret) as Environment]);
        expect(problems).not.toEqual([]);
        expect(new InvalidConfigurationError(problems).message).not.toContain(CANARY.slice(0, 10));
      }
    }
  },
  120_000,
);

test.each<[string, object]>([
  ["a variable by its name", { env: { SMTP_PASS: `x${CANARY}` } }],
  ["a variable by its value", { env: { STRIPE_KEY: "sk_live_51H8x2eZvKYlo2C" } }],
  ["a personal access token", { env: { GITHUB_PAT: "abcdef123456" } }],
  ["an option and its value", { args: ["--password", CANARY] }],
  ["a key that is a secret", { env: { [`hvs.${CANARY}${CANARY}`]: "x" } }],
  ["a login in the address of an image", { image: `https://user:${CANARY}@ghcr.io/acme/orders:1` }],
  ["a login in a probe", { readiness: { kind: "http", path: `//user:${CANARY}@host/`, port: 80 } }],
])("%s is refused, and not repeated", (_, workload) => {
  const problems = configurationProblems([withWorkload(workload)]);
  expect(problems).not.toEqual([]);
  expect(new InvalidConfigurationError(problems).message).not.toContain(CANARY);
});

test("a login in a host is left out of the refusal, with or without a scheme", () => {
  for (const host of [
    `user:${CANARY}@pg.acme.internal`,
    `https://${CANARY}@pg.acme.internal`,
    `PGHOST=u:${CANARY}@pg`,
  ]) {
    const problems = configurationProblems([environmentWith({ databases: [{ ...shop, host }] })]);
    expect(problems).not.toEqual([]);
    expect(new InvalidConfigurationError(problems).message).not.toContain(CANARY);
  }
});

test("what only looks like a secret is taken", () => {
  const env = {
    PASSWORD_MIN_LENGTH: "12",
    TOKEN_TTL: "3600",
    DB_PASSWORD_FILE: "/vault/secrets/shop.json",
    API_KEY: "$(LEASEHOLD_SHOP_HOST)",
    AUTH_TOKEN: "{{ placeholder }}",
    SECRET_NAME: "orders-tls",
    CACHE_KEY: "orders:v2",
    REQUIRE_PASSWORD: "true",
    ISSUER: "https://login.acme.internal/realms/acme",
    SORT_TOKENS: "a,b,c",
    IMAGE: "ghcr.io/acme/orders:1@sha256:0123456789abcdef",
  };
  const args = [
    "--password-file=/vault/secrets/shop.json",
    "--token-ttl",
    "1h",
    "--token=$(TOKEN)",
    "--no-password",
  ];
  expect(configurationProblems([withWorkload({ env, args })])).toEqual([]);
});

/** What somebody writes beside the program: an escape hatch, a resource of their own. */
test.each<[string, (spoilt: Spoilt) => void]>([
  [
    "a password in a connection's URL",
    (spoilt) => {
      const { postgresql } = spoilt.first("vault_database_secret_backend_connection");
      postgresql.connection_url = `postgresql://vault:${CANARY}@pg.acme.internal/shop`;
    },
  ],
  [
    "a password in creation statements",
    (spoilt) => spoilt.statements("creation_statements", (text) => text.replace("{{password}}", CANARY)),
  ],
  [
    "a Secret",
    (spoilt) =>
      spoilt.add("resource", "kubernetes_secret_v1", "orders", {
        metadata: { name: "orders" },
        data: { password: CANARY },
      }),
  ],
  [
    "a token in a provider",
    (spoilt) => spoilt.add("data", "vault_generic_secret", "other", { path: `secret/${JWT}` }),
  ],
  [
    "a password of the environment",
    (spoilt) => void spoilt.pod().spec.container[0].env.push({ name: "DB_PASSWORD", value: CANARY }),
  ],
])("%s is a finding that does not repeat it, in any format", async (_, spoil) => {
  const rendered = new RenderedEnvironments([staging, production]);
  const found = await rendered.findingsAfter(production, spoil);
  expect(found.findings).not.toEqual([]);
  for (const text of [
    formatText(found),
    formatJson(found),
    formatGithub(found),
    formatSarif(found, { rules: allRules, version: "0.0.0" }),
  ]) {
    expect(text).not.toContain(CANARY);
  }
  const report = await rendered.reportAfter(production, spoil);
  for (const format of REPORT_FORMATS) expect(renderReport(report, format)).not.toContain(CANARY);
  // In the page a text may stand in parts, which a browser puts together.
  expect(drawnText(report)).not.toContain(CANARY);
});
