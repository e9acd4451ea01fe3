import { credsPath, known, type AccessGraph, type Origin } from "../../access";
import { groupBy } from "../../core";
import { POLICY } from "../example-parts";
import { mayBeOneVault, vaultAddresses } from "../identities";
import type { Rule } from "../rule";
import { listed, show } from "../words";

export const nameClash: Rule = {
  id: "access/name-clash",
  severity: "error",
  title: "two resources that write one name in Vault",
  why: "Each apply of the one overwrites the other: Vault keeps one entry per name, and names of policies and auth roles in lower case. Another environment of the same output is looked at where an address says that it is the same Vault; where none does, nobody knows. (vault-plugin-auth-kubernetes, path_role.go)",
  example: {
    language: "hcl",
    text: `${POLICY}

resource "vault_policy" "orders_old" {
  name   = "Orders"
  policy = "path \\"database/creds/orders-old\\" { capabilities = [\\"read\\"] }"
}`,
  },
  *check(graph, { others = [] }) {
    const own = vaultAddresses(graph);
    const beside = others.filter((other) => vaultAddresses(other.graph).some((each) => own.includes(each)));
    const foreign = groupBy(
      beside.flatMap(({ name: environment, graph: other }) =>
        entriesOf(other).map((entry) => ({ ...entry, environment })),
      ),
      ({ key }) => key,
    );
    // Another Vault, or another namespace of the same one, has names of its own.
    const byVault = groupBy(entriesOf(graph), ({ key, origin }) => `${origin.vault ?? ""}\u0000${key}`);
    for (const all of byVault.values()) {
      const [first, ...more] = all;
      if (first === undefined) continue;
      const elsewhere = (foreign.get(first.key) ?? [])
        .filter(({ origin }) => mayBeOneVault(first.origin.vault, origin.vault))
        .map(({ origin, environment }) => `${origin.address} of ${environment}`);
      const writers = [...more.map(({ origin }) => origin.address), ...elsewhere];
      if (writers.length === 0) continue;
      yield {
        at: first.origin,
        message: `the ${first.what} ${show(first.name)} is also written by ${listed(writers)}`,
        fix: "give each its own name, or remove the others",
      };
    }
  },
};

/** Something that Vault keeps under one name. */
interface Entry {
  readonly what: string;
  readonly name: string;
  readonly key: string;
  readonly origin: Origin;
}

function entriesOf({
  policies,
  authMethods,
  authRoles,
  databaseRoles,
  connections,
  mounts,
}: AccessGraph): Entry[] {
  return [
    ...entries("policy", policies, ({ name }) => known(name)),
    ...entries("auth method", authMethods, (method) => path("auth", method.path)),
    ...entries("auth role", authRoles, ({ authPath, name }) => path("auth", authPath, "role", name)),
    ...entries("database role", databaseRoles, (role) => known(credsPath(role))),
    ...entries("connection", connections, ({ mount, name }) => path(mount, "config", name)),
    ...entries("mount", mounts, (mount) => known(mount.path)),
  ];
}

function path(...parts: readonly unknown[]): string | undefined {
  return parts.every((part) => typeof part === "string") ? parts.join("/") : undefined;
}

function entries<T extends { readonly origin: Origin }>(
  what: string,
  items: readonly T[],
  nameOf: (item: T) => string | undefined,
): Entry[] {
  return items.flatMap((item) => {
    const name = nameOf(item);
    return name === undefined ? [] : [{ what, name, key: `${what} ${name}`, origin: item.origin }];
  });
}
