import { UsageError, working } from "@leasehold/proof/cli";
import { packageOf } from "@leasehold/proof/input";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { aside } from "../lib/synth/aside";
import { cleaningUp } from "../lib/synth/interruption";
import { projectOf } from "./project";

/**
 * Synthesizes a commit in a worktree of its own, which is gone afterwards.
 *
 * @param use gets the folder that the synth wrote
 * @returns nothing where there is no such commit
 */
export async function synthesizedAt<T>(
  ref: string,
  use: (outdir: string) => Promise<T>,
): Promise<T | undefined> {
  const commit = commitOf(ref);
  if (commit === undefined) return undefined;
  const root = git("rev-parse", "--show-toplevel");
  // A project may be a folder of a repository.
  const folder = path.relative(fs.realpathSync(root), fs.realpathSync(projectOf(process.cwd())));
  const prefix = path.join(os.tmpdir(), "leasehold-ref-");
  return aside(
    prefix,
    async (directory) => {
      const worktree = path.join(directory, "worktree");
      git("worktree", "add", "--detach", worktree, commit);
      linkPackages(path.join(root, folder), path.join(worktree, folder));
      await working(`synthesizing ${ref} aside`, () => synthesize(path.join(worktree, folder), ref));
      return use(path.join(worktree, folder, "cdktf.out"));
    },
    removeWorktree,
  );
}

/** Git keeps a list of them. The repository is asked by the worktree itself: it may be another one's. */
function removeWorktree(directory: string): void {
  const worktree = path.join(directory, "worktree");
  spawnSync("git", ["-C", worktree, "worktree", "remove", "--force", worktree], { stdio: "ignore" });
}

/** A ref that begins with a hyphen would be an option. */
function commitOf(ref: string): string | undefined {
  const { status, stdout } = spawnSync(
    "git",
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`],
    { encoding: "utf8" },
  );
  return status === 0 ? stdout.trim() : undefined;
}

async function synthesize(worktree: string, ref: string): Promise<void> {
  // The witness of this synth is none of that one's.
  const env = { ...process.env, CDKTF_OUTDIR: "cdktf.out", LEASEHOLD_WITNESS: "", LEASEHOLD_ONLY: "" };
  // A group of its own: what it starts has to end with it.
  const child = spawn(process.execPath, [programFor(worktree), "synth"], {
    cwd: worktree,
    env,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text) => (stderr += String(text)));
  const ended = new Promise<number | null>((resolve, reject) =>
    child.on("error", reject).on("close", (status) => resolve(status)),
  );
  const status = await cleaningUp(
    () => endGroup(child.pid),
    () => ended,
  );
  if (status !== 0)
    throw new UsageError(
      `${ref} cannot be synthesized with the packages that are installed here:\n${stderr}`,
    );
}

/** The leasehold that is installed, or, in a checkout of leasehold, the one of the commit. */
function programFor(worktree: string): string {
  const bin = path.join("bin", "leasehold.js");
  const own = path.join(worktree, bin);
  return fs.existsSync(own) && packageOf(worktree).name === "leasehold"
    ? own
    : path.join(packageOf(__dirname).folder, bin);
}

/** The packages that are installed in one folder, seen from another; a workspace is the other folder's own. */
function linkPackages(from: string, to: string): void {
  const installed = path.join(from, "node_modules");
  if (!fs.existsSync(installed)) return;
  const link = (name: string): void => {
    const file = path.join(installed, name);
    const target = fs.realpathSync(file);
    const isWorkspace = fs.lstatSync(file).isSymbolicLink() && !path.relative(from, target).startsWith("..");
    fs.symlinkSync(
      isWorkspace ? path.join(to, path.relative(from, target)) : target,
      path.join(to, "node_modules", name),
    );
  };
  fs.mkdirSync(path.join(to, "node_modules"));
  for (const name of fs.readdirSync(installed)) {
    if (name !== "@leasehold") {
      link(name);
      continue;
    }
    fs.mkdirSync(path.join(to, "node_modules", name));
    fs.readdirSync(path.join(installed, name)).forEach((each) => link(path.join(name, each)));
  }
}

function endGroup(id: number | undefined): void {
  try {
    if (id !== undefined) process.kill(-id, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("git", args, { encoding: "utf8" });
  if (status === 0) return stdout.trim();
  throw new UsageError(
    `git ${args.slice(0, 2).join(" ")} failed: ${stderr?.trim().split("\n")[0] ?? "no git"}`,
  );
}
