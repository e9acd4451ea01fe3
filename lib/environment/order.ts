import type { LocatedProblem } from "../core";
import { servicesStackName } from "./derive";
import type { Environment, EnvironmentService } from "./environment";

/** Services with each one behind those that it comes after; otherwise as the literal has them. */
export function inOrder(services: readonly EnvironmentService[]): EnvironmentService[] {
  const ordered = new Set<EnvironmentService>();
  const add = (service: EnvironmentService, waiting: readonly EnvironmentService[]): void => {
    if (waiting.includes(service)) return;
    for (const before of predecessors(service, services)) add(before, [...waiting, service]);
    ordered.add(service);
  };
  services.forEach((service) => add(service, []));
  return [...ordered];
}

/** Everything that is wrong with what services wait for. */
export function orderProblems(environment: Environment): LocatedProblem[] {
  return environment.services.flatMap((service) =>
    (service.after ?? []).flatMap((name) => {
      const reason = obstacle(name, service, environment);
      if (reason === undefined) return [];
      const [must, fix] = reason;
      const path = `${servicesStackName(environment, service)}/${service.name}`;
      return [{ path, property: "after", must, got: name, fix }];
    }),
  );
}

type Reason = readonly [must: string, fix: string];

function obstacle(name: string, service: EnvironmentService, environment: Environment): Reason | undefined {
  const { services } = environment;
  if (service.workload.kind === "elsewhere")
    return [
      "be left out for a workload that is deployed elsewhere: nobody here makes its pods wait",
      "let whatever deploys it wait for the Job",
    ];
  const before = services.find((other) => other.name === name);
  if (before === undefined) {
    const known = services.map((other) => other.name).filter((other) => other !== service.name);
    return [`name services of the environment (${known.join(", ")})`, "correct the name"];
  }
  if (before.workload.kind !== "job")
    return ['name services with a workload of the kind "job": only these complete', "take it out"];
  if (servicesStackName(environment, before) !== servicesStackName(environment, service))
    return [
      "name services of the same stack: nothing waits across two states",
      "give both the same 'team', or deploy their stacks one after the other",
    ];
  return waitsFor(before, service, services, [])
    ? ["name services that do not wait for this one", "take one of the two out"]
    : undefined;
}

function waitsFor(
  service: EnvironmentService,
  other: EnvironmentService,
  services: readonly EnvironmentService[],
  seen: readonly EnvironmentService[],
): boolean {
  if (service === other) return true;
  if (seen.includes(service)) return false;
  return predecessors(service, services).some((each) => waitsFor(each, other, services, [...seen, service]));
}

function predecessors(
  { after = [] }: EnvironmentService,
  services: readonly EnvironmentService[],
): EnvironmentService[] {
  return services.filter(({ name }) => after.includes(name));
}
