import type { Problem } from "../core";
import { databaseRoleName } from "../postgres";
import { withDefaults, type Holder } from "./derive";
import type { Environment } from "./environment";

/** A group role holds what its service is granted and owns nothing, and Vault's login neither. */
export function ownersByMistake(
  databases: Environment["databases"],
  services: Environment["services"],
  people: NonNullable<Environment["people"]> = [],
): Problem[] {
  const taken = new Set([
    ...[...services, ...people].flatMap(({ name, access }) =>
      access.map(({ database }) => databaseRoleName(name, database)),
    ),
    ...databases.map((database) => withDefaults(database).username),
  ]);
  const all: (Holder & { readonly at: string; readonly kind: string })[] = [
    ...services.map((each, index) => ({ ...each, at: `services[${index}]`, kind: "service" })),
    ...people.map((each, index) => ({ ...each, at: `people[${index}]`, kind: "people" })),
  ];
  return all.flatMap(({ name, access, at: holder, kind }) =>
    access.flatMap(({ grants = [], owner }, entry) => {
      const at = `${holder}.access[${entry}]`;
      return [
        ...grants.map((grant, index) => ({
          property: `${at}.grants[${index}].allTablesOwnedBy`,
          got: grant.allTablesOwnedBy,
        })),
        { property: `${at}.owner.role`, got: owner?.role },
      ]
        .filter(({ got }) => got !== undefined && taken.has(got))
        .map((each) => ({
          ...each,
          must: `be a role that owns tables (${kind} ${name}): this one is a service's group role or Vault's login, which own nothing`,
          fix: "name the role that the tables belong to, or name the tables",
        }));
    }),
  );
}
