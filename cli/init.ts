import { UsageError, withHelp } from "@leasehold/proof/cli";
import { packageOf, shown } from "@leasehold/proof/input";
import { Command, Option } from "commander";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { aside } from "../lib/synth/aside";

const { folder: PACKAGE, version: VERSION } = packageOf(__dirname);
const TEMPLATE = path.join(PACKAGE, "template");

/** Where each pipeline is looked for. */
const PIPELINES = { github: ".github/workflows/access.yml", gitlab: ".gitlab-ci.yml" } as const;

/** What a new repository has before anything is in it. */
const BEFORE = /^(\.git|README(\..*)?|LICENSE(\..*)?)$/i;

/** `leasehold init [folder]`: a project to begin with, whose two commands work at once. */
export function initCommand(): Command {
  const command = new Command("init")
    .argument("[folder]", "a folder that is empty, or not there", ".")
    .addOption(
      new Option("--pipeline <name>", "write a pipeline too, as docs/ci.md explains it").choices(
        Object.keys(PIPELINES),
      ),
    )
    .action(init);
  return withHelp(command, {
    exitCodes: { 0: "written", 2: "could not run, and nothing is written" },
    example: "npx leasehold init platform --pipeline github",
    page: "README.md",
  });
}

async function init(folder: string, { pipeline }: { pipeline?: keyof typeof PIPELINES }): Promise<void> {
  const target = path.resolve(folder);
  refuseOccupied(folder, target);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  // Beside it, so that what is written there is moved at once.
  await aside(`${target}.init-`, async (work) => {
    write(work, path.basename(target), pipeline);
    const locked = lock(work);
    fs.mkdirSync(target, { recursive: true });
    for (const name of fs.readdirSync(work)) fs.renameSync(path.join(work, name), path.join(target, name));
    console.log(farewell(folder, locked));
  });
}

/**
 * Nothing that is there is overwritten, and no project is laid among other things.
 *
 * @throws UsageError
 */
function refuseOccupied(folder: string, target: string): void {
  const stat = fs.statSync(target, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory())
    throw new UsageError(`${shown(folder)} is no folder; name one that is empty, or not there`);
  const foreign = fs.readdirSync(target).filter((name) => !BEFORE.test(name));
  if (foreign.length === 0) return;
  const some = foreign.sort().slice(0, 5).map(shown).join(", ");
  const more = foreign.length > 5 ? ` and ${foreign.length - 5} more` : "";
  throw new UsageError(
    `${shown(folder)} is not empty: it holds ${some}${more}; nothing was written. Name a folder that is empty, or not there`,
  );
}

function write(directory: string, name: string, pipeline: keyof typeof PIPELINES | undefined): void {
  fs.cpSync(path.join(TEMPLATE, "project"), directory, { recursive: true });
  // npm leaves files of this name out of a package.
  fs.renameSync(path.join(directory, "gitignore"), path.join(directory, ".gitignore"));
  edit(path.join(directory, "package.json"), (manifest) => ({
    ...manifest,
    name: packageName(name),
    dependencies: { ...(manifest["dependencies"] as object), leasehold: VERSION },
  }));
  edit(path.join(directory, "cdktf.json"), (settings) => ({ ...settings, projectId: randomUUID() }));
  if (pipeline === undefined) return;
  const file = path.join(directory, PIPELINES[pipeline]);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.copyFileSync(path.join(TEMPLATE, "pipelines", `${pipeline}.yml`), file);
}

function edit(file: string, change: (value: Record<string, unknown>) => Record<string, unknown>): void {
  const value = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>;
  fs.writeFileSync(file, `${JSON.stringify(change(value), null, 2)}\n`);
}

/** What npm accepts as a name of a package. */
function packageName(folder: string): string {
  return (
    folder
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, "-")
      .replace(/^[._-]+/, "") || "environments"
  );
}

/** `npm ci` needs a lock file. What npm says where it cannot make one is no fault of the project. */
function lock(directory: string): boolean {
  const words = ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"];
  console.error("asking npm for the versions of the packages …");
  const { env, platform } = process;
  return (
    spawnSync("npm", words, { cwd: directory, env, stdio: "ignore", shell: platform === "win32" }).status ===
    0
  );
}

function farewell(folder: string, isLocked: boolean): string {
  const enter = folder === "." ? "" : `cd ${folder} && `;
  return [
    `A project is in ${shown(folder)}: stacks/ says what there is, one file an environment.`,
    isLocked
      ? ""
      : "npm could not lock the packages' versions (npm install says why), so the first command is npm install.",
    "",
    `  ${enter}${isLocked ? "npm ci" : "npm install"} && npm run synth`,
    "  npm test",
  ]
    .filter((line, index) => line !== "" || index > 1)
    .join("\n");
}
