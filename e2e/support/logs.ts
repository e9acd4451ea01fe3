import fs from "node:fs";
import path from "node:path";

/** Images and volumes, what only one mount namespace sees, and links into the mirror of providers. */
const NOT_LOGS = new Set(["images", "private", "root", "state", "kubelet", "providers", ".terraform"]);

/** The logs of all servers and pods below a bench's directory. */
export function logsBelow(directory: string): string[] {
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) return NOT_LOGS.has(entry.name) ? [] : logsBelow(file);
    return entry.isFile() && entry.name.endsWith(".log") ? [file] : [];
  });
}
