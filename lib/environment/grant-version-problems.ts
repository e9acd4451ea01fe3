import type { Problem } from "../core";
import { privilegesIn } from "../postgres";
import type { Holder } from "./derive";
import type { Environment } from "./environment";

/** Since when the server knows a privilege. */
const MAINTAIN_SINCE = 17;
/** Since when whoever has REPLICATION may hand it on. (PostgreSQL 16, release notes) */
const REPLICATION_SINCE = 16;

/** Privileges that a database's server does not know: its bootstrap SQL would fail, on the day that somebody runs it. */
export function grantVersionProblems(environment: Environment): Problem[] {
  return [...maintainProblems(environment), ...replicationVersionProblems(environment)];
}

/** What Vault's login cannot hand on before. */
function replicationVersionProblems({ databases, services }: Environment): Problem[] {
  const versions = new Map(databases.map(({ name, postgresVersion }) => [name, postgresVersion]));
  return services.flatMap(({ access }, service) =>
    access.flatMap(({ database, replication }, entry) => {
      const version = versions.get(database);
      if (replication === undefined || version === undefined || version >= REPLICATION_SINCE) return [];
      return [
        {
          property: `services[${service}].access[${entry}].replication`,
          must: `be left out on PostgreSQL ${version}: before ${REPLICATION_SINCE} only a superuser creates a role with REPLICATION, and Vault's login is none`,
          got: replication.publications,
          fix: `upgrade ${database}, or let the service stay on a static user for now (migration: { stage: "static", …, stays: { reason, until } })`,
        },
      ];
    }),
  );
}

function maintainProblems({ databases, services, people = [] }: Environment): Problem[] {
  const versions = new Map(databases.map(({ name, postgresVersion }) => [name, postgresVersion]));
  const all: (Pick<Holder, "access"> & { readonly at: string })[] = [
    ...services.map(({ access }, index) => ({ access, at: `services[${index}]` })),
    ...people.map(({ access }, index) => ({ access, at: `people[${index}]` })),
  ];
  return all.flatMap(({ access, at: holder }) =>
    access.flatMap(({ database, grants = [] }, entry) => {
      const version = versions.get(database);
      if (version === undefined || version >= MAINTAIN_SINCE) return [];
      return grants.flatMap((grant, index) => {
        const at = privilegesIn(grant).indexOf("MAINTAIN");
        if (at < 0) return [];
        return [
          {
            property: `${holder}.access[${entry}].grants[${index}].privileges[${at}]`,
            must: `be left out on PostgreSQL ${version}: MAINTAIN is a privilege from ${MAINTAIN_SINCE} on, and before that an owner's alone`,
            got: "MAINTAIN",
            fix: `let whoever maintains the tables act as their owner (owner: { role, reason }), or upgrade ${database}`,
          },
        ];
      });
    }),
  );
}
