import type { App } from "../core/terraform";
import { assertDeclared } from "../environment/declaration";
import { servicesByStack } from "../environment/derive";
import type { Environment } from "../environment/environment";
import { installsAnything } from "../vault";
import type { BaseStack } from "./base-stack";
import { PlatformStack } from "./platform-stack";
import { ServicesStack } from "./services-stack";
import { VaultStack } from "./vault-stack";

/**
 * Defines an environment's stacks in the order in which they are applied; they are destroyed in
 * reverse. The order is all they share: a cross-stack reference would copy values into state.
 *
 * @throws InvalidConfigurationError where the environment has another shape than its type
 */
export function defineEnvironment(app: App, environment: Environment): BaseStack[] {
  assertDeclared(environment);
  const vault = installsAnything(environment.vault)
    ? [new VaultStack(app, environment, environment.vault)]
    : [];
  const platform = new PlatformStack(app, environment);
  const services = [...servicesByStack(environment)].map(
    ([name, members]) => new ServicesStack(app, name, environment, members),
  );
  vault.forEach((stack) => platform.addDependency(stack));
  services.forEach((stack) => stack.addDependency(platform));
  return [...vault, platform, ...services];
}
