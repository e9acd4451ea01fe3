import fs from "node:fs";

/** What the kernel tells about processes; nothing about those that have ended. */

export function descendants(pid: number | undefined): number[] {
  return children(pid).flatMap((child) => [child, ...descendants(child)]);
}

export function children(pid: number | undefined): number[] {
  return attempt(() => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"))
    .split(" ")
    .filter(Boolean)
    .map(Number);
}

/** Name of the program, at most 15 characters. */
export function commandName(pid: number): string {
  return attempt(() => fs.readFileSync(`/proc/${pid}/comm`, "utf8")).trim();
}

/** Where the root directory or the program of a process is. */
export function linkOf(pid: number, link: "root" | "exe"): string {
  return attempt(() => fs.readlinkSync(`/proc/${pid}/${link}`));
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
