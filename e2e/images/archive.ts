import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { pipeline } from "node:stream/promises";
import path from "node:path";
import { runOrThrow } from "../support/run";

/** What is put into an image. */
export interface ImageContent {
  /** Files and directories of this machine, by their absolute path in the image. */
  readonly files: Readonly<Record<string, string>>;
  /** Small files that are written for it, by their absolute path in the image. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** An image without a registry. */
export interface ImageOptions extends ImageContent {
  /** As pods ask for it, with registry and tag. */
  readonly name: string;
  readonly entrypoint: readonly string[];
  /** Variables of its processes, beside PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** `uid:gid` where a pod does not say one. */
  readonly user?: string;
}

/** Directories and users that a program expects to find. */
const LAYOUT = ["dev", "etc", "proc", "root", "sys", "tmp", "var/run", "usr/bin", "usr/local/bin"];
const USERS = ["root:x:0:0:root:/root:/bin/sh", "vault:x:100:1000::/home/vault:/bin/sh"];

/**
 * Writes a docker archive of one layer, as `docker save` does: the file systems of images that come from
 * somewhere are other ones, and what a pod sees of them (a shell, users, a program) is the same.
 *
 * @returns the archive's file
 */
export async function writeImage(directory: string, busybox: string, options: ImageOptions): Promise<string> {
  const scratch = fs.mkdtempSync(path.join(directory, "image-"));
  const root = path.join(scratch, "root");
  await buildRoot(root, busybox, options);
  const layer = path.join(scratch, "layer.tar");
  await runOrThrow("tar", ["-C", root, "--numeric-owner", "--sort=name", "-cf", layer, "."]);
  const diffId = await sha256(layer);
  const configuration = JSON.stringify({
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    os: "linux",
    config: {
      Env: Object.entries({ PATH: "/usr/local/bin:/usr/bin:/bin", ...options.env }).map((pair) =>
        pair.join("="),
      ),
      Entrypoint: options.entrypoint,
      ...(options.user === undefined ? {} : { User: options.user }),
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${diffId}`] },
  });
  fs.writeFileSync(path.join(scratch, "config.json"), configuration);
  const manifest = [{ Config: "config.json", RepoTags: [options.name], Layers: ["layer.tar"] }];
  fs.writeFileSync(path.join(scratch, "manifest.json"), JSON.stringify(manifest));
  const archive = `${scratch}.tar`;
  await runOrThrow("tar", ["-C", scratch, "-cf", archive, "manifest.json", "config.json", "layer.tar"]);
  fs.rmSync(scratch, { recursive: true });
  return archive;
}

async function buildRoot(root: string, busybox: string, { files, texts = {} }: ImageContent): Promise<void> {
  LAYOUT.forEach((each) => fs.mkdirSync(path.join(root, each), { recursive: true }));
  fs.mkdirSync(path.join(root, "home/vault"), { recursive: true });
  fs.chmodSync(path.join(root, "tmp"), 0o1777);
  fs.chownSync(path.join(root, "home/vault"), 100, 1000);
  const programs = { ...files, "/bin/busybox": busybox };
  for (const [target, source] of Object.entries(programs)) await copy(source, path.join(root, target));
  for (const library of Object.values(programs).flatMap(linked).flatMap(librariesOf))
    await copy(library, path.join(root, library));
  for (const [target, text] of Object.entries({ "/etc/passwd": `${USERS.join("\n")}\n`, ...texts })) {
    fs.mkdirSync(path.dirname(path.join(root, target)), { recursive: true });
    fs.writeFileSync(path.join(root, target), text, { mode: 0o755 });
  }
  installApplets(root, busybox);
}

/** What a link leads to is copied, not the link: workspaces are links into the checkout. */
async function copy(source: string, target: string): Promise<void> {
  if (fs.existsSync(target)) return;
  fs.mkdirSync(path.dirname(target), { recursive: true });
  await runOrThrow("cp", ["-rL", "--preserve=mode", source, target]);
}

/** What may need libraries: a program, and in a directory the modules that a program loads while it runs. */
function linked(source: string): string[] {
  if (!fs.statSync(source).isDirectory()) return [source];
  return fs
    .readdirSync(source, { encoding: "utf8", recursive: true })
    .filter((name) => name.endsWith(".so"))
    .map((name) => path.join(source, name));
}

/** Shared libraries of a program, with its loader; none of what is linked statically, or is no program. */
function librariesOf(file: string): string[] {
  const { status, stdout } = spawnSync("ldd", [file], { encoding: "utf8" });
  const named = [...stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map(([, library]) => library ?? "");
  return status === 0 ? named.flatMap((library) => [library, ...loadedBy(library)]) : [];
}

/** What glibc loads when a thread ends by pthread_exit, as those of Python do at its end; no program names it. */
function loadedBy(library: string): string[] {
  const unwinder = path.join(path.dirname(library), "libgcc_s.so.1");
  return path.basename(library) === "libc.so.6" && fs.existsSync(unwinder) ? [unwinder] : [];
}

function installApplets(root: string, busybox: string): void {
  const { stdout } = spawnSync(busybox, ["--list"], { encoding: "utf8" });
  for (const applet of stdout.split("\n")) {
    // Its own name is in the list: a link of it to itself would take the program away.
    const file = path.join(root, "bin", applet);
    if (applet !== "" && !fs.existsSync(file)) fs.symlinkSync("busybox", file);
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(fs.createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
