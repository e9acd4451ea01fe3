import { credsPath, known, type Origin } from "../../access";
import { POLICY } from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";

export const nameClash: Rule = {
  id: "access/name-clash",
  severity: "error",
  title: "two resources that write one name in Vault",
  why: "Each apply of the one overwrites the other: Vault keeps one entry per name, and names of policies and auth roles in lower case. (vault-plugin-auth-kubernetes, path_role.go)",
  example: {
    language: "hcl",
    text: `${POLICY}

resource "vault_policy" "orders_old" {
  name   = "Orders"
  policy = "path \\"database/creds/orders-old\\" { capabilities = [\\"read\\"] }"
}`,
  },
  *check({ policies, authRoles, databaseRoles, connections, mounts }) {
    yield* clashes("policy", policies, ({ name }) => known(name));
    yield* clashes("auth role", authRoles, ({ authPath, name }) => path("auth", authPath, "role", name));
    yield* clashes("database role", databaseRoles, (role) => known(credsPath(role)));
    yield* clashes("connection", connections, ({ mount, name }) => path(mount, "config", name));
    yield* clashes("mount", mounts, (mount) => known(mount.path));
  },
};

function path(...parts: readonly unknown[]): string | undefined {
  return parts.every((part) => typeof part === "string") ? parts.join("/") : undefined;
}

function* clashes<T extends { origin: Origin }>(
  what: string,
  items: readonly T[],
  nameOf: (item: T) => string | undefined,
) {
  const byName = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    // Another Vault, or another namespace of the same one, has names of its own.
    const key = `${item.origin.vault ?? ""}\u0000${name ?? ""}`;
    if (name !== undefined) byName.set(key, [...(byName.get(key) ?? []), item]);
  }
  for (const all of byName.values()) {
    const [first, ...others] = all;
    if (first === undefined || others.length === 0) continue;
    const name = nameOf(first);
    yield {
      at: first.origin,
      message: `the ${what} ${show(name)} is also written by ${listed(others.map(({ origin }) => origin.address))}`,
      fix: "give each its own name, or remove the others",
    };
  }
}
