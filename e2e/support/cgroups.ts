import fs from "node:fs";
import path from "node:path";

const ROOT = "/sys/fs/cgroup";

/** A cgroup below the root of every hierarchy, the same for the bench as a whole and for each of its nodes. */
export function createCgroup(name: string): void {
  for (const hierarchy of hierarchies()) {
    const parts = name.split("/").filter(Boolean);
    parts.forEach((_, index) => createIn(hierarchy, parts.slice(0, index + 1).join("/")));
    weigh(path.join(hierarchy, parts[0] ?? ""));
  }
}

/** Takes a cgroup with all that is below it out of every hierarchy; nothing may run in it any more. */
export function removeCgroup(name: string): void {
  for (const directory of cgroupDirectories(name)) removeTree(directory);
}

/** Where a cgroup is now. */
export function cgroupDirectories(name: string): string[] {
  return hierarchies()
    .map((hierarchy) => path.join(hierarchy, name))
    .filter((directory) => fs.existsSync(directory));
}

/** The ids of all processes in a cgroup and below it. */
export function processesIn(name: string): number[] {
  const found = cgroupDirectories(name).flatMap((directory) =>
    fs
      .readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((file) => path.basename(file) === "cgroup.procs")
      .flatMap((file) => fs.readFileSync(path.join(directory, file), "utf8").split("\n")),
  );
  return [...new Set(found.filter(Boolean).map(Number))];
}

/** With version 1 there is one for each kind of resource; with version 2 one for all. */
function hierarchies(): string[] {
  if (fs.existsSync(path.join(ROOT, "cgroup.controllers"))) return [ROOT];
  return fs
    .readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(ROOT, name));
}

function createIn(hierarchy: string, name: string): void {
  const directory = path.join(hierarchy, name);
  const parent = path.dirname(directory);
  fs.mkdirSync(directory, { recursive: true });
  // A cpuset begins empty, and nothing can run in an empty one.
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const [own, above] = [path.join(directory, file), path.join(parent, file)];
    if (fs.existsSync(own) && fs.existsSync(above)) fs.writeFileSync(own, fs.readFileSync(above));
  }
}

/** A cgroup counts as one process beside those that are in none: all containers together would get as much as one. */
function weigh(directory: string): void {
  for (const [file, weight] of [
    ["cpu.shares", "16384"],
    ["cpu.weight", "1600"],
  ] as const)
    if (fs.existsSync(path.join(directory, file))) fs.writeFileSync(path.join(directory, file), weight);
}

function removeTree(directory: string): void {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(path.join(directory, entry.name));
  fs.rmdirSync(directory);
}
