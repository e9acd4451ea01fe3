import type { Environment } from "../../lib/environment/environment";
import {
  accessDiff,
  renderDiff,
  type AccessReports,
  type Direction,
  type GuaranteeReport,
} from "../../proof/report";
import { notKnown } from "../../proof/report/answer";
import { production } from "../../template/project/stacks/production";
import { RenderedEnvironments, type Spoilt } from "../support/rules-mutations";
import { reportOnTexts } from "../support/report";

const ROLE = "vault_database_secret_backend_role";
const AUTH_ROLE = "vault_kubernetes_auth_backend_role";

type Told = readonly [Direction, string];
type Row = readonly [title: string, change: (spoilt: Spoilt) => void, told: readonly Told[]];

const sql = (from: string, to: string) => (spoilt: Spoilt) =>
  spoilt.sql((text) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  });
/** The first of each is that of analytics. */
const argument = (type: string, name: string, value: unknown) => (spoilt: Spoilt) =>
  void (spoilt.first(type)[name] = value);

const ANALYTICS =
  "('analytics-shop', 'public', ARRAY['orders', 'order_items', 'invoices'], NULL, ARRAY['SELECT'])";
const BILLING = "ARRAY['invoices', 'payments'], NULL, ARRAY['SELECT', 'INSERT', 'UPDATE']";
const COLUMNS = "ARRAY['id', 'customer_id', 'total']";

const ROWS: readonly Row[] = [
  [
    "a verb more",
    sql(BILLING, BILLING.replace("'UPDATE'", "'UPDATE', 'DELETE'")),
    [
      ["widened", "billing may now DELETE from shop.invoices (production)"],
      ["widened", "billing may now DELETE from shop.payments (production)"],
    ],
  ],
  [
    "verbs less",
    sql(BILLING, BILLING.replace(", 'INSERT', 'UPDATE'", "")),
    [
      ["narrowed", "billing may no longer INSERT into and UPDATE shop.invoices (production)"],
      ["narrowed", "billing may no longer INSERT into and UPDATE shop.payments (production)"],
    ],
  ],
  [
    "a table more and a table less",
    sql(ANALYTICS, ANALYTICS.replace("'invoices'", "'payments'")),
    [
      ["widened", "analytics may now SELECT from shop.payments (production)"],
      ["narrowed", "analytics may no longer SELECT from shop.invoices (production)"],
    ],
  ],
  [
    "a column more",
    sql(COLUMNS, "ARRAY['id', 'customer_id', 'total', 'note']"),
    [["widened", "billing may now SELECT from the column note of shop.orders (production)"]],
  ],
  [
    "columns less",
    sql(COLUMNS, "ARRAY['id']"),
    [
      [
        "narrowed",
        "billing may no longer SELECT from the columns customer_id and total of shop.orders (production)",
      ],
    ],
  ],
  [
    "all columns instead of some",
    sql(COLUMNS, "NULL"),
    [["widened", "billing may now SELECT from shop.orders (production)"]],
  ],
  [
    "some columns instead of all",
    sql(ANALYTICS, ANALYTICS.replace("NULL", "ARRAY['id']")),
    ["invoices", "order_items", "orders"].map((table): Told => [
      "narrowed",
      `analytics may no longer SELECT from shop.${table} (production)`,
    ]),
  ],
  [
    "the same grants in another order and in more rows",
    sql(
      ANALYTICS,
      `('analytics-shop', 'public', ARRAY['invoices'], NULL, ARRAY['SELECT']),\n  ${ANALYTICS.replace(", 'invoices'", "")}`,
    ),
    [],
  ],
  [
    "a credential that is granted a table itself",
    (spoilt) =>
      void spoilt.first(ROLE).creation_statements.push('GRANT TRUNCATE ON "public"."orders" TO "{{name}}";'),
    [["widened", "analytics may now TRUNCATE shop.orders (production)"]],
  ],
  [
    "a credential that is a member of a powerful role",
    (spoilt) =>
      spoilt.statements("creation_statements", (text) =>
        text.replace('IN ROLE "analytics-shop"', 'IN ROLE "analytics-shop", pg_read_all_data'),
      ),
    [["widened", "analytics may now SELECT from every table of shop (production)"]],
  ],
  [
    "a credential that is a member of a role that nobody describes",
    (spoilt) =>
      spoilt.statements("creation_statements", (text) =>
        text.replace('IN ROLE "analytics-shop"', 'IN ROLE "analytics-shop", readers'),
      ),
    [
      [
        "widened",
        "what analytics may do is no longer known whole: shop: it is a member of readers, and no SQL that was read says what that role may do (production)",
      ],
    ],
  ],
  [
    "credentials that live longer",
    argument(ROLE, "max_ttl", 86_400),
    [["widened", "analytics' credentials live 24 h instead of 1 h (production)"]],
  ],
  [
    "credentials that live shorter",
    argument(ROLE, "max_ttl", 1800),
    [["narrowed", "analytics' credentials live 30 min instead of 1 h (production)"]],
  ],
  [
    "a longer lease",
    argument(ROLE, "default_ttl", 1800),
    [["widened", "analytics' credentials end 30 min after the last renewal instead of 15 min (production)"]],
  ],
  [
    "no TTL on the role: the mount's holds",
    (spoilt) => {
      delete spoilt.first(ROLE).default_ttl;
      delete spoilt.first(ROLE).max_ttl;
    },
    [
      ["widened", "analytics' credentials live 24 h instead of 1 h (production)"],
      ["widened", "analytics' credentials end 1 h after the last renewal instead of 15 min (production)"],
    ],
  ],
  [
    "a ServiceAccount more",
    argument(AUTH_ROLE, "bound_service_account_names", ["analytics", "debug"]),
    [["widened", "a second ServiceAccount can obtain analytics' role: analytics/debug (production)"]],
  ],
  [
    "every ServiceAccount of a namespace",
    argument(AUTH_ROLE, "bound_service_account_names", ["*"]),
    [
      ["widened", "a second ServiceAccount can obtain analytics' role: analytics/* (production)"],
      [
        "narrowed",
        "the ServiceAccount analytics/analytics can no longer obtain analytics' role (production)",
      ],
    ],
  ],
  [
    "a policy that opens another service's credentials",
    (spoilt) =>
      void (spoilt.first("vault_policy").policy = JSON.stringify({
        path: { "database/creds/*": { capabilities: ["read"] } },
      })),
    [
      ["widened", "analytics may now SELECT from shop.customers (production)"],
      ["widened", "analytics may now SELECT from, INSERT into and UPDATE shop.payments (production)"],
      ["widened", "a second ServiceAccount can obtain billing's role: analytics/analytics (production)"],
    ],
  ],
  [
    "an auth role that no pod uses",
    (spoilt) =>
      spoilt.add("resource", AUTH_ROLE, "debug", {
        backend: "kubernetes",
        role_name: "debug",
        bound_service_account_names: ["debug"],
        bound_service_account_namespaces: ["ops"],
        audience: "vault",
        token_policies: ["production-analytics"],
      }),
    [
      ["widened", "a second ServiceAccount can obtain analytics' role: ops/debug (production)"],
      ["widened", "ServiceAccount ops/debug may now SELECT from shop.orders (production)"],
    ],
  ],
  [
    "a login without an audience",
    argument(AUTH_ROLE, "audience", undefined),
    [["widened", "analytics' login takes tokens that were minted for anybody (production)"]],
  ],
  [
    "tokens that end",
    argument(AUTH_ROLE, "token_explicit_max_ttl", 86_400),
    [["narrowed", "analytics' Vault tokens, renewed, end after 24 h instead of never (production)"]],
  ],
  [
    "a pod that no longer revokes",
    (spoilt) => {
      const annotations = spoilt.annotations();
      const key = "vault.hashicorp.com/agent-init-json-patch";
      annotations[key] = annotations[key].replace("vault token revoke", "true");
    },
    [["widened", "billing's credentials are no longer revoked when a pod ends (production)"]],
  ],
  [
    "no revocation statements",
    argument(ROLE, "revocation_statements", undefined),
    [["widened", "analytics' database role no longer says how a credential is revoked (production)"]],
  ],
  [
    "a service that has gone, and whose login is still there",
    (spoilt) => spoilt.drop("kubernetes_cron_job_v1"),
    [["unchanged", "the service analytics is gone (production)"]],
  ],
  [
    "a service that has gone with its login",
    (spoilt) => {
      spoilt.drop("kubernetes_cron_job_v1");
      spoilt.drop(AUTH_ROLE);
    },
    [
      ["unchanged", "the service analytics is gone (production)"],
      ...["invoices", "order_items", "orders"].map((table): Told => [
        "narrowed",
        `analytics may no longer SELECT from shop.${table} (production)`,
      ]),
    ],
  ],
  [
    "a policy that is not there: another repository may write it",
    (spoilt) => spoilt.drop("vault_policy"),
    [
      [
        "narrowed",
        "the ServiceAccount analytics/analytics can no longer obtain analytics' role (production)",
      ],
      [
        "widened",
        "what analytics may do is no longer known whole: whether it reaches shop: a policy of its login was not read, or is known only at apply (production)",
      ],
      [
        "widened",
        "what is open is no longer known whole: what auth/kubernetes/role/analytics opens: its policy production-analytics was not read (production)",
      ],
    ],
  ],
  [
    "a chain that breaks",
    (spoilt) => spoilt.drop(ROLE),
    [
      [
        "narrowed",
        "the ServiceAccount analytics/analytics can no longer obtain analytics' role (production)",
      ],
      ...["invoices", "order_items", "orders"].map((table): Told => [
        "narrowed",
        `analytics may no longer SELECT from shop.${table} (production)`,
      ]),
    ],
  ],
  [
    "a policy and an auth role that have other names",
    (spoilt) => {
      spoilt.first("vault_policy").name = "renamed";
      spoilt.first(AUTH_ROLE).token_policies = ["renamed"];
      spoilt.first(AUTH_ROLE).role_name = "other";
      const { annotations } = spoilt.first("kubernetes_cron_job_v1").spec.job_template.spec.template.metadata;
      annotations["vault.hashicorp.com/role"] = "other";
    },
    [],
  ],
  [
    "a group role that has another name",
    (spoilt) => {
      spoilt.statements("creation_statements", (text) => text.replace('"analytics-shop"', '"readers"'));
      spoilt.sql((text) => text.replaceAll("'analytics-shop'", "'readers'"));
    },
    [],
  ],
  ["more pods", (spoilt) => void (spoilt.first("kubernetes_deployment_v1").spec.replicas = "30"), []],
  [
    "a stage of migration",
    (spoilt) => void (spoilt.annotations()["leasehold/migration-stage"] = "canary"),
    [["unchanged", "billing's stage of migration is canary instead of complete (production)"]],
  ],
];

const rendered = new RenderedEnvironments([production]);
let base: AccessReports;
beforeAll(async () => {
  base = await rendered.reportAfter(production, () => {});
});

test("a report has no change beside itself", () => {
  const diff = accessDiff(base, base);
  expect(diff).toEqual({ version: 2, direction: "unchanged", changes: [], notKnown: [], promises: [] });
  expect(renderDiff(diff, "text")).toBe("no change of access\n");
  expect(renderDiff(diff, "md")).toBe("### What changes in access\n\nNo change of access.\n");
});

test.each(ROWS)("%s", async (title, change, told) => {
  const { changes } = accessDiff(base, await rendered.reportAfter(production, change));
  const found = changes.map(({ direction, sentence }) => [direction, sentence]);
  // Where many tables are opened at once, some of the sentences are enough.
  if (/another service's|no pod uses/.test(title)) expect(found).toEqual(expect.arrayContaining([...told]));
  else expect([...found].sort()).toEqual([...told].sort());
});

test("the way back says the opposite", async () => {
  const head = await rendered.reportAfter(production, argument(ROLE, "max_ttl", 86_400));
  expect(accessDiff(head, base)).toMatchObject({
    direction: "narrowed",
    changes: [{ sentence: "analytics' credentials live 1 h instead of 24 h (production)" }],
  });
});

test("an environment that is new opens what it opens, and one that has gone nothing", () => {
  const none = { ...base, environments: [] };
  expect(accessDiff(none, base).direction).toBe("widened");
  expect(accessDiff(base, none).direction).toBe("narrowed");
});

test("a resource of another address is no change, in Terraform that others wrote", async () => {
  const text = (resource: string) => `
resource "vault_kubernetes_auth_backend_role" "${resource}" {
  backend                          = "kubernetes"
  role_name                        = "orders"
  bound_service_account_names      = ["orders"]
  bound_service_account_namespaces = ["shop"]
  token_policies                   = [vault_policy.${resource}.name]
}
resource "vault_policy" "${resource}" {
  name   = "orders"
  policy = "path \\"database/creds/orders\\" { capabilities = [\\"read\\"] }"
}
resource "vault_database_secret_backend_role" "${resource}" {
  backend             = "database"
  name                = "orders"
  db_name             = "shop"
  creation_statements = ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}'; GRANT SELECT ON orders TO \\"{{name}}\\";"]
}`;
  const [before, after] = await Promise.all(
    ["a", "b"].map((name) => reportOnTexts({ "main.tf": text(name) })),
  );
  expect(before?.environments[0]?.tables).toHaveLength(1);
  expect(accessDiff(before!, after!).changes).toEqual([]);
});

test("text and Markdown group by direction; Markdown has no markup of a configuration's", async () => {
  const head = await rendered.reportAfter(
    production,
    sql(ANALYTICS, ANALYTICS.replace("'invoices'", "'<b>*x*'")),
  );
  const diff = accessDiff(base, head);
  expect(renderDiff(diff, "text")).toBe(
    "opens more:\n  analytics may now SELECT from shop.<b>*x* (production)\n\n" +
      "opens less:\n  analytics may no longer SELECT from shop.invoices (production)\n",
  );
  expect(renderDiff(diff, "md")).toContain(
    "- analytics may now SELECT from shop.\\<b\\>\\*x\\* (production)",
  );
  expect(JSON.parse(renderDiff(diff, "json"))).toEqual(diff);
});

describe("promises", () => {
  const YES_ = { value: "yes" } as const;
  const promise = (
    holds: GuaranteeReport["holds"],
    evidence: string[] = [],
    more: Partial<GuaranteeReport> = {},
  ): GuaranteeReport => ({ text: "only billing deletes", reason: "the auditors", holds, evidence, ...more });
  const side = (...guarantees: GuaranteeReport[]): AccessReports => ({
    ...base,
    environments: base.environments.map((each) => ({ ...each, guarantees })),
  });
  const NO_ = { value: "no" } as const;
  const broken = promise(NO_, ["shop/orders may DELETE"]);
  const unknown = promise(notKnown("a password"));
  const other = promise(YES_, [], { text: "only billing and orders delete" });

  test.each<[string, GuaranteeReport[], GuaranteeReport[], Direction, string[]]>([
    ["nothing changes", [promise(YES_)], [promise(YES_)], "unchanged", []],
    [
      "one is broken",
      [promise(YES_)],
      [broken],
      "widened",
      ["it breaks the promise that only billing deletes: shop/orders may DELETE (production)"],
    ],
    [
      "somebody more breaks it",
      [broken],
      [promise(NO_, [...broken.evidence, "shop/mail may DELETE"])],
      "widened",
      ["it breaks the promise that only billing deletes: shop/mail may DELETE (production)"],
    ],
    [
      "it is broken as before",
      [broken],
      [broken],
      "unchanged",
      ["the promise is broken as before that only billing deletes: shop/orders may DELETE (production)"],
    ],
    [
      "nobody knows it any more",
      [promise(YES_)],
      [unknown],
      "widened",
      ["nobody knows any more whether the promise holds that only billing deletes: a password (production)"],
    ],
    [
      "it holds now",
      [broken],
      [promise(YES_)],
      "narrowed",
      ["the promise holds now that only billing deletes (production)"],
    ],
    [
      "it is taken back",
      [promise(YES_)],
      [],
      "widened",
      ["it is no longer promised that only billing deletes (production)"],
    ],
    [
      "it says less",
      [promise(YES_)],
      [other],
      "widened",
      ["instead of only billing deletes, it is promised that only billing and orders delete (production)"],
    ],
    [
      "it is new",
      [],
      [promise(YES_)],
      "unchanged",
      ["it is promised now that only billing deletes (production)"],
    ],
    [
      "it is new and broken",
      [],
      [broken],
      "widened",
      [
        "it is promised now that only billing deletes, which does not hold: shop/orders may DELETE (production)",
      ],
    ],
  ])("%s", (_, before, after, direction, sentences) => {
    const diff = accessDiff(side(...before), side(...after));
    expect(diff.changes.map(({ sentence }) => sentence)).toEqual(sentences);
    expect(diff.direction).toBe(direction);
    if (sentences.length > 0) expect(renderDiff(diff, "md")).toContain("**What was promised**");
    for (const format of ["text", "json"] as const)
      for (const sentence of sentences) expect(renderDiff(diff, format)).toContain(sentence);
  });

  test("both verdicts of each stand in the JSON", () => {
    const { promises } = JSON.parse(renderDiff(accessDiff(side(promise(YES_)), side(broken)), "json")) as {
      promises: unknown[];
    };
    expect(promises).toEqual([
      { environment: "production", text: "only billing deletes", before: YES_, after: NO_ },
    ]);
  });

  test("a verb more for another service breaks the promise that was rendered", async () => {
    const on = { database: "shop", tables: ["payments"] };
    const guarantees: Environment["guarantees"] = [
      { kind: "only", services: [], privileges: ["DELETE"], on, reason: "the auditors were told so" },
    ];
    const own = { ...production, provenIn: undefined, guarantees };
    const rendered = new RenderedEnvironments([own]);
    const [before, after] = [
      await rendered.reportAfter(own, () => {}),
      await rendered.reportAfter(own, sql(BILLING, BILLING.replace("'UPDATE'", "'UPDATE', 'DELETE'"))),
    ];
    const told = accessDiff(before, after).changes.filter(({ sentence }) => /promise/.test(sentence));
    expect(told).toEqual([
      expect.objectContaining({
        direction: "widened",
        sentence: expect.stringMatching(
          /^it breaks the promise that nobody may DELETE on payments of shop: billing\/billing may DELETE on shop\.public\.payments .*\(production\)$/,
        ),
      }),
    ]);
  });
});
