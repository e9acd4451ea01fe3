import type { LocatedProblem } from "../core";
import { secretsInUse } from "../service";
import { wholeOf } from "./clusters";
import type { Environment, EnvironmentService } from "./environment";
import { clusterNames, serverNames } from "./identities";

/** A static user, or the Secret with its password, of one service. */
interface StaticUse {
  readonly environment: Environment;
  readonly service: EnvironmentService;
  readonly user: string;
  readonly secret: string;
  /** The user on its server and the Secret in its cluster, by each name that these have. */
  readonly keys: readonly string[];
}

/** A Secret, or the user behind it, must not go while another service lives on it, in whatever environment. */
export function retirementProblems(environments: readonly Environment[]): LocatedProblem[] {
  const inUse = environments.flatMap((environment) =>
    environment.services.flatMap((service) => {
      const { migration } = service;
      if (migration === undefined || migration.stage === "complete" || secretsInUse(migration).length === 0)
        return [];
      return migration.credentials.map((each) => staticUse(environment, service, each));
    }),
  );
  return environments.flatMap((environment) =>
    environment.services.flatMap((service) => {
      const { migration } = service;
      const retired = migration?.stage === "complete" ? (migration.retired ?? []) : [];
      return retired
        .map((each) => staticUse(environment, service, each))
        .flatMap((gone) =>
          inUse.filter((other) => shares(gone, other)).map((other) => tooEarly(gone, other)),
        );
    }),
  );
}

function staticUse(
  environment: Environment,
  service: EnvironmentService,
  { database, user, secret }: { readonly database: string; readonly user: string; readonly secret: string },
): StaticUse {
  const { name } = environment;
  const servers = environment.databases
    .filter((each) => each.name === database)
    .flatMap((each) => serverNames(environment, each));
  const keys = [
    `user ${user} of ${database} of ${wholeOf(environment).name}`,
    ...servers.map((server) => `user ${user} on ${server}`),
    ...[name, ...clusterNames(environment)].map(
      (cluster) => `Secret ${service.namespace}/${secret} in ${cluster}`,
    ),
  ];
  return { environment, service, user, secret, keys };
}

function shares(one: StaticUse, other: StaticUse): boolean {
  return one.keys.some((key) => other.keys.includes(key));
}

function tooEarly(gone: StaticUse, other: StaticUse): LocatedProblem {
  const elsewhere = other.environment === gone.environment ? "" : ` of ${other.environment.name}`;
  const name = `${other.service.name}${elsewhere}`;
  return {
    path: gone.environment.name,
    property: "services",
    must: "retire a static user only when no service lives on it any more",
    got: `${gone.service.name} retires ${gone.user} and the Secret ${gone.secret}, ${name} uses them at the stage ${JSON.stringify(other.service.migration?.stage)}`,
    fix: `take ${name} to "dynamic" first`,
  };
}
