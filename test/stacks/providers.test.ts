import type { Environment } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { disagreement } from "../../proof/rules/closed/joins/disagreement";
import { synthesizeAside, type StackJson } from "../support/environment";
import { violations } from "../support/rules-graph";
import { inVaultNamespace } from "../support/vault-namespace";

/** A Vault elsewhere, whose owner this environment is, with the reviewer's JWT by Terraform. */
const later: Environment = {
  ...inVaultNamespace,
  providers: { vault: "5.10.0" },
  vault: {
    ...inVaultNamespace.vault,
    namespace: undefined,
    reviewer: { kind: "reviewer-jwt", source: { kind: "write-only" } },
    rateLimits: { login: 50, refused: "audited" },
  } as Environment["vault"],
};

const everyPolicy = (json: (stack: string) => StackJson) =>
  ["production", "production-people"].flatMap((stack) =>
    Object.values(json(stack).resource?.["vault_policy"] ?? {}).map((policy) => policy["allow_overwrite"]),
  );

const configuration = (json: (stack: string) => StackJson) =>
  Object.values(json("production-platform").resource?.["vault_kubernetes_auth_backend_config"] ?? {})[0];

test("what later providers have brought is rendered for whoever says that they are there", async () => {
  const { findings, json } = await synthesizeAside([later]);
  expect(findings).toEqual([]);
  expect(json("production").terraform).toMatchObject({
    required_providers: { vault: { version: ">= 5.10.0, < 5.14.0" } },
  });
  expect(new Set(everyPolicy(json))).toEqual(new Set([false]));
  expect(json("production-platform").variable?.["reviewer_jwt"]).toEqual({
    type: "string",
    sensitive: true,
    ephemeral: true,
    description:
      "Token of the ServiceAccount that reviews logins at auth/kubernetes; every plan and apply needs it, and none keeps it",
  });
  expect(configuration(json)).toMatchObject({
    token_reviewer_jwt_wo: "${var.reviewer_jwt}",
    disable_local_ca_jwt: true,
  });
  expect(configuration(json)).not.toHaveProperty("token_reviewer_jwt");
  expect(Object.values(json("production-platform").resource?.["vault_quota_config"] ?? {})).toMatchObject([
    { enable_rate_limit_audit_logging: true },
  ]);
});

test("without a word about versions none of it is", async () => {
  const { json } = await synthesizeAside([inVaultNamespace]);
  expect(new Set(everyPolicy(json))).toEqual(new Set([undefined]));
  expect(json("production-platform").resource).not.toHaveProperty("vault_quota_config");
});

test("another configuration of the method sends the JWT once more, and a raised version does", async () => {
  const numbers = [
    later,
    { ...later, cluster: { ...later.cluster, apiServer: "https://other.acme.internal:6443" } },
    {
      ...later,
      vault: {
        ...later.vault,
        reviewer: { kind: "reviewer-jwt", source: { kind: "write-only", version: 2 } },
      },
    },
  ] satisfies Environment[];
  const seen: unknown[] = [];
  for (const environment of numbers) {
    const { json } = await synthesizeAside([environment]);
    seen.push(configuration(json)?.["token_reviewer_jwt_wo_version"]);
  }
  expect(seen).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);
  expect(new Set(seen).size).toBe(3);
});

describe("what an older provider does not have is refused", () => {
  const problems = (providers: Environment["providers"]) => configurationProblems([{ ...later, providers }]);

  test("where the environment says nothing", () => {
    expect(problems(undefined).map(({ property, must }) => [property, must])).toEqual([
      ["refused", "be left out where the provider vault may be older than 5.10.0, which brought it"],
      ["reviewer.source", "be left out where the provider vault may be older than 5.7.0, which brought it"],
    ]);
  });
  test("where it says a version between them", () => {
    expect(problems({ vault: "5.7.0" }).map(({ property }) => property)).toEqual(["refused"]);
  });
  test("and nothing where it is there", () => {
    expect(problems({ vault: "5.13.1" })).toEqual([]);
  });
});

test.each<[string, Environment["providers"], string]>([
  ["older than the range", { vault: "5.5.0" }, "providers.vault"],
  ["newer than what was looked at", { kubernetes: "3.5.0" }, "providers.kubernetes"],
  ["no version", { helm: "3.1" }, "providers.helm"],
])("a version that is %s is refused", (_, providers, property) => {
  expect(configurationProblems([{ ...inVaultNamespace, providers }]).map((each) => each.property)).toEqual([
    property,
  ]);
});

test("two environments of one Vault do not both say what becomes of refused requests", () => {
  const other: Environment = {
    ...later,
    name: "staging",
    state: { kind: "local", directory: "other" },
    vault: { ...later.vault, authPath: "staging", mountPath: "staging" },
  };
  const properties = configurationProblems([later, other]).map(({ property }) => property);
  expect(properties).toContain("vault.rateLimits.refused");
});

test.each<[string, string, string, number]>([
  [
    "an argument that came later than the lowest of a range",
    ">= 5.9.0, < 5.14.0",
    "allow_overwrite = false",
    1,
  ],
  ["the same in the one version", "5.6.0", "allow_overwrite = false", 1],
  ["from that version on", ">= 5.10.0, < 5.14.0", "allow_overwrite = false", 0],
  ["without it", ">= 5.6.0, < 5.14.0", "", 0],
])("the proof notices %s", async (_, version, argument, count) => {
  const hcl = `terraform {
  required_providers {
    vault = {
      source  = "hashicorp/vault"
      version = "${version}"
    }
  }
}

resource "vault_policy" "orders" {
  name   = "orders"
  policy = "{}"
  ${argument}
}`;
  const found = (await violations(disagreement, hcl)).map(({ message }) => message);
  expect(found.filter((message) => message.includes("allow_overwrite"))).toHaveLength(count);
});
