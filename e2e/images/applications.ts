import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { projectDirectory } from "../support/project-directory";
import type { ImageOptions } from "./archive";

/** The applications of examples/, from what is on this machine. */

export const NODE = "/usr/local/bin/node";

/** `examples/orders`, with leasehold's own pool; it is started by `/app/orders/main.js`. */
export function ordersImage(name: string): ImageOptions {
  return {
    name,
    files: {
      [NODE]: process.execPath,
      "/app/orders": projectDirectory("examples/orders"),
      "/node_modules/@leasehold/pg/package.json": projectDirectory("clients/node/package.json"),
      "/node_modules/@leasehold/pg/dist": projectDirectory("clients/node/dist"),
      ...nodePackages("pg"),
    },
    entrypoint: [NODE],
  };
}

const PYTHON_HOME = "/usr/local/python";
const SITE = "/app/site-packages";
const ASK = `
import json, os, sys, sysconfig, importlib.util, leasehold_psycopg
names = ["leasehold_psycopg", "psycopg", "psycopg_binary", "psycopg_pool", "typing_extensions"]
origins = [importlib.util.find_spec(name).origin for name in names]
files = [os.path.dirname(each) if each.endswith("__init__.py") else each for each in origins]
print(json.dumps({
    "executable": os.path.realpath(sys.executable),
    "standard": sysconfig.get_path("stdlib"),
    "packages": [each for file in files for each in (file, file + ".libs") if os.path.exists(each)],
}))`;

/** Of the standard library what no batch job imports. */
const NOT_IMPORTED =
  /^(site-packages|dist-packages|test|idlelib|tkinter|ensurepip|turtledemo|__pycache__|config-.*)$/;

/** `examples/analytics`; `python` has leasehold's client and psycopg's binaries. It is started by `/app/analytics/analytics.py`. */
export function analyticsImage(name: string, python: string): ImageOptions {
  const { status, stdout, stderr } = spawnSync(python, ["-c", ASK], { encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${python} has no client of leasehold: ${stderr.trim().split("\n").at(-1)}`);
  const { executable, standard, packages } = JSON.parse(stdout) as {
    executable: string;
    standard: string;
    packages: string[];
  };
  const library = `${PYTHON_HOME}/lib/${path.basename(standard)}`;
  const parts = fs.readdirSync(standard).filter((part) => !NOT_IMPORTED.test(part));
  return {
    name,
    files: {
      [`${PYTHON_HOME}/bin/python3`]: executable,
      ...Object.fromEntries(parts.map((part) => [`${library}/${part}`, path.join(standard, part)])),
      ...Object.fromEntries(packages.map((each) => [`${SITE}/${path.basename(each)}`, each])),
      "/app/analytics": projectDirectory("examples/analytics"),
    },
    env: { PYTHONHOME: PYTHON_HOME, PYTHONPATH: SITE, PYTHONDONTWRITEBYTECODE: "1" },
    entrypoint: [`${PYTHON_HOME}/bin/python3`],
  };
}

/** A package of the checkout and all that it depends on, as they are installed. */
export function nodePackages(name: string, found: Record<string, string> = {}): Record<string, string> {
  const directory = projectDirectory(`node_modules/${name}`);
  if (found[`/node_modules/${name}`] !== undefined) return found;
  found[`/node_modules/${name}`] = directory;
  const text = fs.readFileSync(path.join(directory, "package.json"), "utf8");
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
  for (const dependency of Object.keys(dependencies)) nodePackages(dependency, found);
  return found;
}
