import { resource } from "../resource";
import { anything, flag, list, name, only, optional, text, textLike, whole, type Shape } from "../shape";

/** A release of Vault's chart; its values have a shape of their own. */
export const helmRelease: Shape = resource({
  // The Services have the name of the release, and the servers join each other by it.
  name: only("vault"),
  namespace: name,
  create_namespace: only(true),
  repository: textLike(/^(https|oci):\/\/[^\s@]+$/, "be the address of a repository, without a login"),
  chart: only("vault"),
  // The one whose templates, names and defaults were read.
  version: only("0.34.1"),
  values: list(anything),
  wait: only(true),
  timeout: whole(60),
  atomic: only(false),
  max_history: whole(1),
  lint: optional(flag),
  description: optional(text),
});
