import { isUnknown, known, type AccessGraph, type Known, type Origin } from "../../../access";
import { groupBy } from "../../../core";
import type { Rule } from "../../rule";
import { listed, show } from "../../words";
import { placeOf } from "./place";

export const twice: Rule = {
  id: "proof/twice",
  severity: "error",
  title: "two resources that write one thing",
  why: "Vault keeps one configuration per auth method, one audit device per path and one quota per name and path: each apply of the one undoes the other, or Vault refuses the second. (Vault, API documentation)",
  example: {
    language: "hcl",
    text: `resource "vault_kubernetes_auth_backend_config" "kubernetes" {
  backend         = "kubernetes"
  kubernetes_host = "https://kubernetes.default.svc"
}

resource "vault_kubernetes_auth_backend_config" "other" {
  backend         = "kubernetes"
  kubernetes_host = "https://api.example.com:6443"
}`,
  },
  *check(graph) {
    for (const all of groupBy(writers(graph), ({ key }) => key).values()) {
      const [first, ...more] = all;
      if (first === undefined || first.key === undefined || more.length === 0) continue;
      yield {
        at: first.at,
        message: `the ${first.what} of ${show(first.name)} is also written by ${listed(more.map(({ at }) => at.address))}`,
        fix: "leave one of them, or give each its own name and path",
      };
    }
  },
};

interface Writer {
  readonly at: Origin;
  readonly what: string;
  readonly name: Known<string>;
  readonly key: string | undefined;
}

/** Aliases, each at the auth method that its accessor is looked up of. */
function aliases({ identityGroupAliases, identityEntityAliases }: AccessGraph) {
  const all = [
    ...identityGroupAliases.map((alias) => ({ ...alias, what: "alias of a group" })),
    ...identityEntityAliases.map((alias) => ({ ...alias, what: "alias of a user" })),
  ];
  return all.map(({ origin, what, name, accessor }) => ({
    ...{ origin, what, name },
    at: isUnknown(accessor) ? accessor.expression : accessor,
  }));
}

function writers(graph: AccessGraph): Writer[] {
  const { authConfigurations, auditDevices, rateLimits, terraform } = graph;
  const of = (at: Origin, what: string, name: Known<string>): Writer => ({
    at,
    what,
    name,
    key: known(name) === undefined ? undefined : `${what} ${placeOf(at, name) ?? ""}`,
  });
  const named = (type: string, argument: "path" | "name") =>
    terraform.resources
      .filter((each) => each.mode === "managed" && each.type === type)
      .map(({ origin, body }) => ({ origin, value: body[argument] as Known<string> }));
  return [
    ...authConfigurations.map(({ origin, authPath }) => of(origin, "configuration", authPath)),
    ...named("vault_audit", "path").map(({ origin, value }) => of(origin, "audit device", value)),
    ...auditDevices.map(({ origin, options }) =>
      of(origin, "audit log", Object.values(options).map(String).join(" ")),
    ),
    ...named("vault_quota_rate_limit", "name").map(({ origin, value }) => of(origin, "quota", value)),
    ...rateLimits.map(({ origin, path }) => of(origin, "limit", path)),
    ...named("vault_identity_group", "name").map(({ origin, value }) => of(origin, "identity group", value)),
    ...named("vault_identity_entity", "name").map(({ origin, value }) => of(origin, "entity", value)),
    ...graph.authAccessors.map(({ origin, path }) => of(origin, "look-up of the auth method", path)),
    ...aliases(graph).map(({ origin, what, at, name }) => ({
      ...of(origin, what, name),
      key: known(name) === undefined ? undefined : `${what} ${placeOf(origin, at, name) ?? ""}`,
    })),
    ...named("vault_generic_endpoint", "path").map(({ origin, value }) => of(origin, "rotation", value)),
  ];
}
