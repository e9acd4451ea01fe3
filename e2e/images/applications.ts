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
/** What is asked of a Python: where it is, and which modules the distributions and all that they need bring. */
const ASK = `
import importlib.util, json, os, re, sys, sysconfig
from importlib import metadata
left, seen, modules = json.loads(sys.argv[1]), set(), {"leasehold_psycopg"}
while left:
    name = left.pop().lower().replace("_", "-")
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        continue
    if name in seen:
        continue
    seen.add(name)
    left += [re.match(r"[\\w.-]+", each).group() for each in found.requires or [] if "extra ==" not in each]
    tops = {each.parts[0] for each in found.files or []}
    modules |= {each.removesuffix(".py") for each in tops if each.removesuffix(".py").isidentifier()}
specs = [importlib.util.find_spec(name) for name in sorted(modules - {"__pycache__"})]
files = [place for spec in specs if spec is not None for place in spec.submodule_search_locations or [spec.origin]]
print(json.dumps({
    "executable": os.path.realpath(sys.executable),
    "standard": sysconfig.get_path("stdlib"),
    "packages": [each for file in files for each in (file, file + ".libs") if os.path.exists(each)],
}))`;

/** Of the standard library what no application imports. */
const NOT_IMPORTED =
  /^(site-packages|dist-packages|test|idlelib|tkinter|ensurepip|turtledemo|__pycache__|config-.*)$/;

/** `examples/analytics`; `python` has leasehold's client and psycopg's binaries. It is started by `/app/analytics/analytics.py`. */
export function analyticsImage(name: string, python: string): ImageOptions {
  return pythonImage(name, python, [], { "/app/analytics": projectDirectory("examples/analytics") });
}

/** `examples/orders-python`; it is started by `/app/orders/main.py`. */
export function ordersPythonImage(name: string, python: string): ImageOptions {
  const needs = ["fastapi", "uvicorn"];
  return pythonImage(name, python, needs, { "/app/orders": projectDirectory("examples/orders-python") });
}

/** @param distributions beside leasehold's client, by their names on the index */
function pythonImage(
  name: string,
  python: string,
  distributions: readonly string[],
  application: Readonly<Record<string, string>>,
): ImageOptions {
  const wanted = JSON.stringify(["leasehold-psycopg", "psycopg-binary", ...distributions]);
  const { status, stdout, stderr } = spawnSync(python, ["-c", ASK, wanted], { encoding: "utf8" });
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
      ...application,
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
