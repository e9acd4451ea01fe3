import { known, type AccessGraph } from "../../../access";
import type { Violation } from "../../rule";
import { show } from "../../words";
import { placeOf } from "./place";

/** A method asks nobody before it is configured, by Terraform or by somebody of whom its description speaks. */
export function* configured({ authMethods, authConfigurations }: AccessGraph): Iterable<Violation> {
  const done = new Set(authConfigurations.map(({ origin, authPath }) => placeOf(origin, authPath)));
  for (const { origin: at, path, description } of authMethods) {
    if (done.has(placeOf(at, path)) || /\bout of band\b/.test(known(description) ?? "")) continue;
    yield {
      at,
      message: `the method at ${show(path)} has no configuration: every login answers "could not load backend configuration"`,
      fix: "add a vault_kubernetes_auth_backend_config, or say in the description that it is written out of band",
    };
  }
}
