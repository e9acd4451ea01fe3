import { anything, block, flag, list, optional, text, type Keys, type Shape } from "./shape";

/** Arguments that Terraform has for resources of every type. */
const META: Keys = {
  "//": optional(anything),
  depends_on: optional(list(text)),
  provider: optional(text),
};

/**
 * What is understood of a resource of a type. What `ignore_changes` leaves as it is was not proven: a type says
 * itself where it may stand.
 */
export function resource(keys: Keys, lifecycle: Keys = {}): Shape {
  return block({
    ...META,
    lifecycle: optional(
      block({ prevent_destroy: optional(flag), replace_triggered_by: optional(list(text)), ...lifecycle }),
    ),
    ...keys,
  });
}
