import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { binary } from "../doctor/binaries";

/** A file or directory of the machine that a sandbox sees. */
export interface BindMount {
  readonly source: string;
  /** Absolute path inside. */
  readonly target: string;
  readonly readOnly: boolean;
}

/** Users that Vault's image knows; any other uid has no name and the home directory `/`. */
const PASSWD = ["root:x:0:0:root:/root:/bin/sh", "vault:x:100:1000::/home/vault:/bin/sh"];

/**
 * Builds what an image would bring: BusyBox as every command, the machine's shared libraries, `/etc` with
 * two users, an empty `/tmp`. Everything else is mounted. Returns the mounts that belong to it.
 */
export function buildRootFileSystem(root: string): BindMount[] {
  ["bin", "dev", "etc", "home/vault", "proc", "root", "tmp", "var/run", "usr/bin"].forEach((directory) =>
    fs.mkdirSync(path.join(root, directory), { recursive: true }),
  );
  fs.chmodSync(path.join(root, "tmp"), 0o1777);
  fs.chownSync(path.join(root, "home/vault"), 100, 1000);
  fs.writeFileSync(path.join(root, "etc/passwd"), `${PASSWD.join("\n")}\n`);
  fs.writeFileSync(path.join(root, "etc/hosts"), "127.0.0.1 localhost\n");
  const mounts = [...libraries(root), readOnly(binary("busybox"), "/bin/busybox")];
  installBusybox(root);
  return mounts;
}

/** Creates the mount points, so that the mounts find them. */
export function createMountPoints(root: string, mounts: readonly BindMount[]): void {
  for (const { source, target } of mounts) {
    const point = path.join(root, target);
    if (fs.statSync(source).isDirectory()) {
      fs.mkdirSync(point, { recursive: true });
    } else {
      fs.mkdirSync(path.dirname(point), { recursive: true });
      fs.closeSync(fs.openSync(point, "a"));
    }
  }
}

/** The home directory that a container runtime sets for a uid. */
export function homeOf(uid: number): string {
  const entry = PASSWD.map((line) => line.split(":")).find((fields) => fields[2] === String(uid));
  return entry?.[5] ?? "/";
}

export function readOnly(source: string, target: string): BindMount {
  return { source, target, readOnly: true };
}

/** `/lib` and `/lib64` are links into `/usr` on most distributions and directories on others. */
function libraries(root: string): BindMount[] {
  return ["/usr/lib", "/usr/lib64", "/lib", "/lib64"].flatMap((directory) => {
    if (!fs.existsSync(directory)) return [];
    if (!fs.lstatSync(directory).isSymbolicLink()) return [readOnly(directory, directory)];
    fs.symlinkSync(fs.readlinkSync(directory), path.join(root, directory));
    return [];
  });
}

let applets: readonly string[] | undefined;

function installBusybox(root: string): void {
  applets ??= spawnSync(binary("busybox"), ["--list"], { encoding: "utf8" })
    .stdout.split("\n")
    .filter(Boolean);
  applets
    .filter((applet) => applet !== "busybox")
    .forEach((applet) => fs.symlinkSync("busybox", path.join(root, "bin", applet)));
}
