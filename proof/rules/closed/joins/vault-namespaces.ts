import { known, vaultParts, type AccessGraph } from "../../../access";
import type { Violation } from "../../rule";
import { show } from "../../words";

/** Pods log in to the namespace that their role is written in, said in full: neither side has one of its own. */
export function* vaultNamespaces({ chains }: AccessGraph): Iterable<Violation> {
  for (const { workload, authRole } of chains) {
    if (authRole === undefined) continue;
    const asked = known(workload.pod.injection?.namespace) ?? "";
    const { namespace } = vaultParts(authRole.origin.vault);
    if (asked === namespace) continue;
    yield {
      at: workload.origin,
      message: `the pods log in to ${named(asked)} of Vault, and the role ${show(authRole.name)} is in ${named(namespace)}`,
      fix:
        namespace === ""
          ? "leave the annotation vault.hashicorp.com/namespace out"
          : `set vault.hashicorp.com/namespace to ${namespace}`,
    };
  }
}

function named(namespace: string): string {
  return namespace === "" ? "the root namespace" : `the namespace ${show(namespace)}`;
}
