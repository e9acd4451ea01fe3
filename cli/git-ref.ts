import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { UsageError } from "./failure";

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
  const aside = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-ref-"));
  const worktree = path.join(aside, "worktree");
  try {
    git("worktree", "add", "--detach", worktree, commit);
    fs.symlinkSync(fs.realpathSync(path.join(root, "node_modules")), path.join(worktree, "node_modules"));
    synthesize(worktree, ref);
    return await use(path.join(worktree, "cdktf.out"));
  } finally {
    if (fs.existsSync(worktree)) git("worktree", "remove", "--force", worktree);
    fs.rmSync(aside, { recursive: true, force: true });
  }
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

function synthesize(worktree: string, ref: string): void {
  // The witness of this synth is none of that one's.
  const env = { ...process.env, CDKTF_OUTDIR: "cdktf.out", LEASEHOLD_WITNESS: "" };
  const { status, stderr } = spawnSync(process.execPath, [path.join("bin", "synth.js")], {
    cwd: worktree,
    env,
    encoding: "utf8",
  });
  if (status !== 0)
    throw new UsageError(
      `${ref} cannot be synthesized with the packages that are installed here:\n${stderr}`,
    );
}

function git(...args: string[]): string {
  return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}
