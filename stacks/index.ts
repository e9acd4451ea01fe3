import type { App } from "../lib/core/terraform";
import { installsAnything } from "../lib/vault";
import type { BaseStack } from "./base-stack";
import { assertDeclared } from "./declaration";
import { servicesByStack } from "./derive";
import type { Environment } from "./environment";
import { local } from "./local";
import { PlatformStack } from "./platform-stack";
import { production } from "./production";
import { ServicesStack } from "./services-stack";
import { staging } from "./staging";
import { VaultStack } from "./vault-stack";

/** Every environment; all are synthesized every time. */
export const environments: readonly Environment[] = [local, staging, production];

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
