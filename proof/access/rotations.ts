import { asText } from "./read";
import type { TerraformAction, TerraformResource } from "./terraform/configuration";
import { known } from "./value";
import { trimmedPath } from "./vault-nodes";

/** The paths at which something asks Vault to change the password of a login. */
export function rotatedLogins(
  endpoints: readonly TerraformResource[],
  actions: readonly TerraformAction[],
): ReadonlySet<string> {
  return new Set([
    ...endpoints.map(({ body }) => String(trimmedPath(asText(body.path)))),
    ...actions.flatMap((action) => rotatedBy(action) ?? []),
  ]);
}

/**
 * The path at which an action rotates a login: whichever argument names it, as a path of Vault's or a URL of its API.
 * Nothing for one that does something else, or that no resource has done.
 */
export function rotatedBy({ config, isTriggered }: TerraformAction): string | undefined {
  if (!isTriggered) return undefined;
  return Object.values(config)
    .map((value) => String(trimmedPath(known(asText(value)))).replace(/^https?:\/\/[^/]+\/v1\//, ""))
    .find((path) => /^[^:]+\/rotate-root\/[^/]+$/.test(path));
}
