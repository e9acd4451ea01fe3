import fs from "node:fs";
import path from "node:path";
import { runOrThrow } from "../support/run";

/**
 * What kubelets, containerd, runc, the CNI plugins and iptables write outside of the directories that they are
 * told: links to logs, network namespaces, leases of addresses, locks. All of it goes to a layer above the
 * machine's own files that only this mount namespace sees.
 */
const SHADOWED = ["/etc", "/run", "/var/lib", "/var/log"];

/** Puts the layers over the directories; the kernel takes them away with the mount namespace. */
export async function shadowSystemDirectories(directory: string): Promise<void> {
  for (const shadowed of SHADOWED) {
    const layer = path.join(directory, "private", shadowed);
    const [upper, work] = [path.join(layer, "upper"), path.join(layer, "work")];
    [upper, work].forEach((each) => fs.mkdirSync(each, { recursive: true }));
    const options = `lowerdir=${shadowed},upperdir=${upper},workdir=${work}`;
    await runOrThrow("mount", ["-t", "overlay", "overlay", "-o", options, shadowed]);
  }
}
