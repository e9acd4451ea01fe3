import type { App } from "../core/terraform";
import { hasClusters, partsOf, wholeOf, type ClusterEnvironment } from "../environment/clusters";
import { assertDeclared } from "../environment/declaration";
import { peopleStackNames, platformStackName, servicesByStack } from "../environment/derive";
import type { DeclaredEnvironment, Environment, MultiClusterEnvironment } from "../environment/environment";
import { installsAnything } from "../vault";
import type { BaseStack } from "./base-stack";
import { PeopleStack } from "./people-stack";
import { ClusterPlatformStack, PlatformStack, SharedPlatformStack } from "./platform-stack";
import { SharedAccessStack, ServicesStack } from "./services-stack";
import { VaultStack } from "./vault-stack";

/**
 * Defines an environment's stacks in the order in which they are applied; they are destroyed in
 * reverse. The order is all they share: a cross-stack reference would copy values into state.
 *
 * @throws InvalidConfigurationError where the environment has another shape than its type
 */
export function defineEnvironment(app: App, environment: DeclaredEnvironment): BaseStack[] {
  assertDeclared(environment);
  const parts = partsOf(environment, [environment]);
  if (!hasClusters(environment)) {
    const stacks = parts.flatMap((part) => inCluster(app, part, PlatformStack));
    return [...stacks, ...peopleOf(app, environment, stacks)];
  }
  const [platform, ...roles] = inCommon(app, wholeOf(environment));
  const clusters = parts.flatMap((part) => inCluster(app, part, ClusterPlatformStack));
  const services = clusters.filter((stack) => stack instanceof ServicesStack);
  for (const stack of services) roles.forEach((each) => stack.addDependency(each));
  behindTheirJobs(environment, services);
  return [platform, ...roles, ...clusters, ...peopleOf(app, wholeOf(environment), [platform])];
}

/** People need what makes their credentials, and no cluster. */
function peopleOf(app: App, whole: Environment, stacks: readonly BaseStack[]): PeopleStack[] {
  const people = peopleStackNames(whole).map((name) => new PeopleStack(app, name, whole));
  const platforms = stacks.filter(({ node }) => node.id === platformStackName(whole));
  for (const stack of people) platforms.forEach((platform) => stack.addDependency(platform));
  return people;
}

/** What there is once, in however many clusters. */
function inCommon(app: App, whole: Environment): [SharedPlatformStack, ...SharedAccessStack[]] {
  const platform = new SharedPlatformStack(app, whole);
  const roles = [...servicesByStack(whole)].map(
    ([name, members]) => new SharedAccessStack(app, name, whole, members),
  );
  roles.forEach((stack) => stack.addDependency(platform));
  return [platform, ...roles];
}

/** The stacks of a cluster. */
function inCluster(
  app: App,
  environment: ClusterEnvironment,
  Platform: typeof PlatformStack | typeof ClusterPlatformStack,
): BaseStack[] {
  const vault = installsAnything(environment.vault)
    ? [new VaultStack(app, environment, environment.vault)]
    : [];
  const platform = new Platform(app, environment);
  const services = [...servicesByStack(environment)].map(
    ([name, members]) => new ServicesStack(app, name, environment, members),
  );
  vault.forEach((stack) => platform.addDependency(stack));
  services.forEach((stack) => stack.addDependency(platform));
  return [...vault, platform, ...services];
}

/** A service waits for a Job of another cluster by the order in which the stacks are applied. */
function behindTheirJobs(
  { services: declared }: MultiClusterEnvironment,
  stacks: readonly ServicesStack[],
): void {
  const waiting = new Map(declared.map(({ name, after = [] }) => [name, after]));
  const holds = (stack: ServicesStack, names: readonly string[]) =>
    stack.services.some(({ name }) => names.includes(name));
  for (const stack of stacks) {
    const before = stack.services
      .flatMap(({ name }) => waiting.get(name) ?? [])
      .filter((name) => !holds(stack, [name]));
    stacks.filter((other) => holds(other, before)).forEach((other) => stack.addDependency(other));
  }
}
