import { durationProblems, reasonProblems, within, type Problem } from "../core";
import { catalogNameProblems, schemaNameProblems } from "../postgres";
import type { Environment } from "./environment";
import type { Guarantee, GuaranteeTarget } from "./guarantees";

/** What is wrong with the promises of an environment; a name that is nobody's promises nothing. */
export function guaranteeProblems(environment: Environment): Problem[] {
  return (environment.guarantees ?? []).flatMap((guarantee, index) =>
    within(`guarantees[${index}]`, [
      ...reasonProblems("reason", guarantee.reason),
      ...ofKind(guarantee, environment),
    ]),
  );
}

function ofKind(guarantee: Guarantee, environment: Environment): Problem[] {
  switch (guarantee.kind) {
    case "only":
      return [
        ...known("services", guarantee.services, holders(environment)),
        ...target(guarantee.on, environment),
      ];
    case "never": {
      const { who } = guarantee;
      const own =
        "team" in who
          ? known("who.team", [who.team], teams(environment))
          : [
              ...some("who.services", who.services),
              ...known("who.services", who.services, holders(environment)),
            ];
      return [...own, ...target(guarantee.on, environment)];
    }
    case "owner":
      return [
        ...known("services", guarantee.services, services(environment)),
        ...known("database", [guarantee.database], databases(environment)),
      ];
    case "lifetime":
      return [...durationProblems("longest", guarantee.longest), ...target(guarantee.on, environment)];
    case "apart":
      return guarantee.from === environment.name
        ? [
            {
              property: "from",
              must: "be another environment",
              got: guarantee.from,
              fix: "name the other one",
            },
          ]
        : [];
  }
}

const services = (environment: Environment) => environment.services.map(({ name }) => name);
/** People may be promised something about as services are. */
const holders = (environment: Environment) => [
  ...services(environment),
  ...(environment.people ?? []).map(({ name }) => name),
];
const databases = (environment: Environment) => environment.databases.map(({ name }) => name);
const teams = (environment: Environment) => [
  ...new Set(environment.services.flatMap(({ team }) => team ?? [])),
];

function target({ database, schema, tables }: GuaranteeTarget, environment: Environment): Problem[] {
  return within("on", [
    ...known("database", [database], databases(environment)),
    ...(schema === undefined ? [] : schemaNameProblems("schema", schema)),
    ...(tables === undefined ? [] : some("tables", tables)),
    ...(tables ?? []).flatMap((table, index) => catalogNameProblems(`tables[${index}]`, table, "table")),
  ]);
}

function some(property: string, names: readonly string[]): Problem[] {
  return names.length > 0
    ? []
    : [{ property, must: "name at least one", got: "none", fix: "name it, or leave it out" }];
}

function known(property: string, names: readonly string[], there: readonly string[]): Problem[] {
  return names
    .filter((name) => !there.includes(name))
    .map((name) => ({
      property,
      must: "name what the environment has",
      got: name,
      fix: there.length === 0 ? "declare it first" : `write one of ${there.join(", ")}`,
    }));
}
