import { anything, block, flag, list, optional, text, type Keys, type Shape } from "./shape";

/** Arguments that Terraform has for resources of every type, as far as nothing depends on them. */
const META: Keys = { "//": optional(anything) };

/**
 * Arguments that decide how often a resource is made and by which provider, which is in which Vault: they stand in
 * what is written, and are no longer among the values.
 */
export const NOT_PLAIN: Readonly<Record<string, string>> = {
  count: "decides how often it is made, and the proof knows of one",
  for_each: "decides how often it is made, and the proof knows of one",
  dynamic: "makes blocks that the proof does not follow",
  provider: "writes it by another provider, and so perhaps into another Vault or cluster",
  provisioner: "runs something that the proof does not follow",
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
