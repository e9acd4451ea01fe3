import type { Workload } from "./kubernetes/workload";
import type { Origin } from "./origin";
import { known } from "./value";

/** Something that is written into a Vault. */
export interface InVault {
  readonly origin: Origin;
}

/** What {@link Origin.vault} is made of: address, or root and provider, and the namespace behind either. */
export function vaultParts(vault = ""): { readonly server: string; readonly namespace: string } {
  const [, server = "", namespace = ""] = /^(https?:\/\/[^/]*|.* [^/ ]*)(.*)$/.exec(vault) ?? [];
  return { server, namespace: namespace.replace(/^\//, "") };
}

/** Whether two things are written into one Vault and one namespace of it; a plan does not say where, and joins all. */
export function isOneVault({ origin: one }: InVault, { origin: other }: InVault): boolean {
  return one.vault === undefined || other.vault === undefined || one.vault === other.vault;
}

/** Whether the agents of a pod may log in there: its annotation names no other namespace. */
export function mayLogIn({ pod }: Workload, { origin }: InVault): boolean {
  const { namespace } = vaultParts(origin.vault);
  const asked = known(pod.injection?.namespace)?.replace(/^\/+|\/+$/g, "");
  // A namespace may be relative to that of whoever applies.
  return asked === undefined || namespace === "" || asked === namespace || asked.endsWith(`/${namespace}`);
}

/** Of some things those that stand nearest, by the folders: all of them where several are equally near. */
export function nearest<T extends InVault>(to: Origin, among: readonly T[]): readonly T[] {
  if (among.length < 2) return among;
  const closest = Math.max(...among.map(({ origin }) => nearness(to, origin)));
  return among.filter(({ origin }) => nearness(to, origin) === closest);
}

/** How many folders two things have in common, from the top. */
export function nearness(one: Origin, other: Origin): number {
  const [a, b] = [foldersOf(one), foldersOf(other)];
  const end = a.findIndex((folder, index) => folder !== b[index]);
  return end < 0 ? a.length : end;
}

function foldersOf({ root, file }: Origin): string[] {
  return (root ?? file.replace(/[^/]*$/, "")).split("/").filter((part) => part !== "" && part !== ".");
}
