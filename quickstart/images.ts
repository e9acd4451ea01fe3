import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { binary } from "../e2e/doctor/binaries";
import { analyticsImage, ordersImage } from "../e2e/images/applications";
import { writeImage } from "../e2e/images/archive";
import { projectDirectory } from "../e2e/support/project-directory";
import { runOrThrow } from "../e2e/support/run";

/** The two applications by the names that the pods ask for: no registry has them, so they must be on the nodes. */
export const IMAGES = {
  orders: "quickstart.local/orders:1",
  analytics: "quickstart.local/analytics:1",
} as const;

/** What makes the images: programs of this machine, or Docker where containers have another system than it. */
export type Builder = { readonly kind: "assembled"; readonly python?: string } | { readonly kind: "docker" };

/** @returns the archives' files */
export async function buildImages(directory: string, builder: Builder): Promise<string[]> {
  fs.mkdirSync(directory, { recursive: true });
  if (builder.kind === "docker")
    return Promise.all(
      Object.entries(IMAGES).map(([example, name]) => buildByDocker(directory, example, name)),
    );
  const python = builder.python ?? (await pythonWithClient(directory));
  const options = [ordersImage(IMAGES.orders), analyticsImage(IMAGES.analytics, python)];
  const archives: string[] = [];
  for (const each of options) archives.push(await writeImage(directory, binary("busybox"), each));
  return archives;
}

async function buildByDocker(directory: string, example: string, name: string): Promise<string> {
  const file = projectDirectory(`examples/${example}/Dockerfile`);
  await runOrThrow("docker", ["build", "--quiet", "--tag", name, "--file", file, projectDirectory()], {
    timeoutMs: 600_000,
  });
  const archive = path.join(directory, `${example}.tar`);
  await runOrThrow("docker", ["save", "--output", archive, name]);
  return archive;
}

/** An environment of this run's own, with leasehold's client. */
async function pythonWithClient(directory: string): Promise<string> {
  const environment = path.join(directory, "python");
  await runOrThrow("python3", ["-m", "venv", environment]);
  const python = path.join(environment, "bin/python");
  const packages = ["--quiet", projectDirectory("clients/python"), "psycopg[binary]"];
  await runOrThrow(python, ["-m", "pip", "install", ...packages], { timeoutMs: 300_000 });
  return python;
}

/** Whether a Python can make an environment of its own. */
export function canMakePython(): boolean {
  return spawnSync("python3", ["-c", "import venv, ensurepip"]).status === 0;
}
