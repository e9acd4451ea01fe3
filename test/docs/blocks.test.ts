import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import { authQuery } from "../../lib/postgres/bootstrap-pooler";
import { capabilitiesAt, loadSqlParser, parseSql, policyRules } from "../../proof/access";
import { parseHcl } from "../../proof/access/hcl";
import { InvalidConfigurationError } from "../../lib/core";
import type { Environment } from "../../lib/environment/environment";
import type { HaVault } from "../../lib/vault/ha-vault";
import { haServerValues } from "../../lib/vault/server-values";
import { configurationProblems } from "../../lib/environment/problems";
import { accessDiff, renderDiff } from "../../proof/report";
import { formatText } from "../../proof/rules";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { blocks, type Block } from "../support/pages";
import { RenderedEnvironments } from "../support/rules-mutations";

/**
 * `text` is what something prints; `psql` is typed at its prompt. What a client's page shows in another language is run by
 * that client's own tests, `js` by `.ci/libraries`.
 */
const LANGUAGES = [
  ...["sh", "ts", "js", "python", "go", "java", "xml", "properties", "sql", "psql", "yaml", "hcl", "ini"],
  ...["text", "diff", "mermaid"],
];

const inLanguage = (language: string): Block[] => blocks().filter((block) => block.language === language);
const sample = (begins: RegExp): string => {
  const found = inLanguage("text").find(({ page, text }) => page === "README.md" && begins.test(text));
  if (!found) throw new Error(`README.md has no such text: ${begins}`);
  return found.text;
};
/** Lines of a page as patterns: `…` is whatever was left out there. */
const patterns = (text: string): RegExp[] =>
  text
    .trim()
    .split("\n")
    .map((line) => new RegExp(line.trim().split("…").map(escaped).join(".*")));

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

test("every block of a page says what it is", () => {
  const without = blocks().filter(({ language }) => !LANGUAGES.includes(language));
  expect(without.map(({ page, line, language }) => `${page}:${line} ${language}`)).toEqual([]);
});

test("PgBouncer's configuration on the page is what the literal beside it says, with the function that the bootstrap SQL makes", () => {
  const [ini] = inLanguage("ini");
  const settings = Object.fromEntries(
    (ini?.text ?? "").split("\n").flatMap((line) => {
      const [, key, value] = /^(\w+) = (.*)$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, value]];
    }),
  );
  const literal = inLanguage("ts").find(({ page, text }) => page === ini?.page && /^endpoints:/.test(text));
  const said = [...(literal?.text ?? "").matchAll(/^ {4}(\w+): "?([^",]+)"?,$/gm)]
    .map(
      ([, key = "", value]) =>
        [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value] as const,
    )
    .filter(([key]) => !["name", "kind", "host", "port", "processes"].includes(key));
  expect(said.length).toBe(6);
  expect(settings).toMatchObject({ ...Object.fromEntries(said), auth_query: authQuery("pgbouncer") });
});

test.each(inLanguage("sql"))("$page:$line is PostgreSQL's SQL", async ({ text }) => {
  await loadSqlParser();
  expect(parseSql(text).error).toBeUndefined();
});

const isObject = ({ text }: Block) => /^kind: /m.test(text);

test.each(inLanguage("yaml").filter((block) => !isObject(block)))(
  "$page:$line is YAML, and what its jobs run is shell",
  ({ text }) => {
    const scripts = scriptsIn(parse(text, { merge: true }));
    expect(scripts.length).toBeGreaterThan(3);
    for (const script of scripts) {
      const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
      expect({ script, status, stderr }).toEqual({ script, status: 0, stderr: "" });
    }
  },
);

test("the network policies of the page know the pods as what is rendered does, and Vault's ports", () => {
  const page = inLanguage("yaml").filter(isObject);
  const policies = page.map(({ text }) => parse(text) as { kind: string; metadata: object; spec: object });
  expect(policies.map(({ kind, metadata }) => [kind, metadata])).toEqual([
    ["NetworkPolicy", { name: "closed", namespace: "shop" }],
    ["NetworkPolicy", { name: "credentials", namespace: "shop" }],
    ["NetworkPolicy", { name: "closed", namespace: "vault" }],
    ["NetworkPolicy", { name: "servers", namespace: "vault" }],
    ["NetworkPolicy", { name: "injector", namespace: "vault" }],
  ]);
  const [, ofServices, , ofServers] = policies;
  const [fromPods, fromServers] = haServerValues(production.vault as HaVault).networkPolicy?.ingress ?? [];
  const selector = fromServers?.from[0]?.podSelector;
  expect(ofServers?.spec).toMatchObject({ podSelector: selector });
  const [, toEachOther] = (ofServers?.spec as { egress: object[] }).egress;
  expect(toEachOther).toEqual({ to: fromServers?.from, ports: fromServers?.ports });
  const [, toVault] = (ofServices?.spec as { egress: { to: object[] }[] }).egress;
  expect(toVault).toMatchObject({ to: [{ podSelector: selector }], ports: fromPods?.ports });
  expect(ofServices?.spec).toMatchObject({
    podSelector: { matchExpressions: [{ key: "leasehold/service", operator: "Exists" }] },
  });
});

function scriptsIn(value: unknown, key = ""): string[] {
  if (typeof value === "string") return key === "run" || key === "script" ? [value] : [];
  if (Array.isArray(value)) return value.flat(3).flatMap((each) => scriptsIn(each, key));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => scriptsIn(each, name));
}

describe("the pipeline's policy", () => {
  const rendered = new RenderedEnvironments([staging, production]);

  test.each([staging, production])(
    "lets Terraform do what the stacks of $name ask of Vault",
    async (environment) => {
      const [block] = inLanguage("hcl").filter(({ page }) => page === "docs/runbooks/install-vault.md");
      const rules = policyRules(await parseHcl("policy.hcl", block?.text ?? ""));
      const refused: string[] = [];
      await rendered.findingsAfter(environment, (spoilt) => {
        for (const [type, path] of Object.entries(VAULT_PATHS))
          for (const body of spoilt.all(type)) {
            const missing = WRITES.filter((verb) => !capabilitiesAt(rules, path(body)).has(verb));
            if (missing.length === WRITES.length) refused.push(path(body));
          }
      });
      expect(refused).toEqual([]);
    },
  );
});

const WRITES = ["create", "update"] as const;
const VAULT_PATHS: Readonly<Record<string, (body: Readonly<Record<string, string>>) => string>> = {
  vault_mount: ({ path }) => `sys/mounts/${path}`,
  vault_auth_backend: ({ path }) => `sys/auth/${path}`,
  vault_audit: ({ path, type }) => `sys/audit/${path ?? type}`,
  vault_policy: ({ name }) => `sys/policies/acl/${name}`,
  vault_quota_config: () => "sys/quotas/config",
  vault_quota_rate_limit: ({ name }) => `sys/quotas/rate-limit/${name}`,
  vault_database_secret_backend_connection: ({ name }) => `database/config/${name}`,
  vault_database_secret_backend_role: ({ name }) => `database/roles/${name}`,
  vault_kubernetes_auth_backend_config: () => "auth/kubernetes/config",
  vault_kubernetes_auth_backend_role: ({ role_name: name }) => `auth/kubernetes/role/${name}`,
  vault_generic_endpoint: ({ path }) => String(path).replace(/\$\{vault_mount\.\w+\.path\}/, "database"),
};

describe("what the README shows is what is printed", () => {
  test("a refusal", () => {
    const [orders, billing, ...others] = production.services;
    if (!orders || !billing) throw new Error("production has changed");
    const wrong: Environment = {
      ...production,
      services: [
        { ...orders, ttl: { ...orders.ttl, default: "36h" } },
        { ...billing, namespace: "vault" },
        ...others,
      ],
    };
    const told = `error: ${new InvalidConfigurationError(configurationProblems([staging, wrong])).message}`;
    for (const line of patterns(sample(/^error: the configuration/))) expect(told).toMatch(line);
  });

  test("a finding", async () => {
    const rendered = new RenderedEnvironments([staging, production]);
    const found = await rendered.findingsAfter(production, (spoilt) => {
      const role = spoilt
        .all("vault_database_secret_backend_role")
        .find(({ name }) => (name as string) === "orders-shop");
      if (role) role["name"] = "orders";
    });
    const told = formatText(found).replaceAll(/\S+\/stacks\//g, "cdktf.out/stacks/");
    for (const line of patterns(sample(/^error access/))) expect(told).toMatch(line);
  });

  test("a diff of access", async () => {
    const rendered = new RenderedEnvironments([staging, production]);
    const before = await rendered.reportAfter(production, () => {});
    const after = await rendered.reportAfter(production, (spoilt) => {
      spoilt.sql((text) =>
        text.replace(
          "ARRAY['invoices', 'payments'], NULL, ARRAY['SELECT', 'INSERT', 'UPDATE']",
          "ARRAY['invoices'], NULL, ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']),\n ('billing-shop', 'public', ARRAY['payments'], NULL, ARRAY['SELECT', 'INSERT', 'UPDATE']",
        ),
      );
      for (const role of spoilt.all("vault_database_secret_backend_role"))
        if (role["name"] === "orders-shop") role["default_ttl"] = 86_400;
      for (const role of spoilt.all("vault_kubernetes_auth_backend_role"))
        if (role["role_name"] === "analytics") role["bound_service_account_names"] = ["analytics", "debug"];
    });
    expect(renderDiff(accessDiff(before, after), "text")).toContain(sample(/^opens more/).trim());
  });
});
