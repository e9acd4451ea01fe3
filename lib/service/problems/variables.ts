import type { Problem } from "../../core";

/** What owns names of environment variables in a pod, so that no application may set them. */
const OWNERS: readonly (readonly [RegExp, string])[] = [
  [/^LEASEHOLD_/, "to the contract"],
  [/^(?:VAULT_|AGENT_INJECT_)/, "to Vault's agent and its injector"],
  [/^(?:LD_|DYLD_|GLIBC_TUNABLES$)/, "to the loader, which reads them before the program does"],
  [/^(?:PATH|IFS)$/, "to the image and its shell"],
  [/^(?:KUBERNETES_|HOSTNAME$)/, "to the kubelet"],
];

/** What is wrong with the name of an environment variable. */
export function variableNameProblems(property: string, name: string): Problem[] {
  if (!/^[A-Za-z_]\w{0,254}$/.test(name)) {
    const must = "have names of letters, digits and '_', not starting with a digit";
    return [{ property, must, got: name, fix: "rename the variable" }];
  }
  const owner = OWNERS.find(([names]) => names.test(name))?.[1];
  if (owner === undefined) return [];
  return [{ property, must: `leave ${name} ${owner}`, got: name, fix: "take it out, or rename it" }];
}
