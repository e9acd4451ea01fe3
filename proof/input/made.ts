import { spawnSync } from "node:child_process";
import { notKnown, said, type MadeReport, type Said } from "../report";

/**
 * When a report is made, and from which commit of the folder that the program runs in.
 *
 * @param now the time; whoever calls this is one of those that look at the clock
 */
export function madeNow(now: Date): MadeReport {
  return { at: said(`${now.toISOString().slice(0, 19)}Z`, ""), commit: commit() };
}

/** The day in UTC, such as `2027-03-31`, by which waivers end. */
export function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}

function commit(): Said {
  const head = git("rev-parse", "--verify", "--quiet", "HEAD");
  if (head === undefined) return notKnown("no git checkout");
  const changes = git("status", "--porcelain");
  const dirty = changes === "" ? "" : ", with changes that are not committed";
  return said(
    `${head.slice(0, 12)}${changes === undefined ? ", and whether files differ is not known" : dirty}`,
    "",
  );
}

/** Nothing where there is no git, or it has no answer. */
function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync("git", args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
