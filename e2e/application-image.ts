import { binary } from "./doctor/binaries";
import { python, type Python } from "./doctor/python";
import { psql } from "./doctor/psql";
import { APPLICATION_IMAGE, CHECK_IMAGE, REVENUE_IMAGE } from "./environment";
import type { LocalImage } from "./pod-runner/images";
import { readOnly, type BindMount } from "./sandbox/root-filesystem";
import { projectDirectory } from "./support/project-directory";

const NODE = "/usr/local/bin/node";
/** Where a pod has the environment of Python. */
export const PYTHON = "/app/python";

/** What the images of the bench's pods stand for on this machine, beside those of the storefronts. */
export function localImages(): LocalImage[] {
  return [
    {
      prefix: APPLICATION_IMAGE,
      mounts: [
        readOnly(process.execPath, NODE),
        readOnly(projectDirectory("e2e/apps"), "/app/apps"),
        readOnly(projectDirectory("node_modules"), "/app/node_modules"),
      ],
      entrypoint: [NODE],
    },
    ...psqlImage(),
    ...pythonImage(),
    // The injector's default image of the agent.
    {
      prefix: "hashicorp/vault:",
      mounts: [readOnly(binary("vault"), "/bin/vault")],
      entrypoint: ["/bin/sh"],
    },
  ];
}

/** None where there is no psql: then no pod asks for it. */
function psqlImage(): LocalImage[] {
  const found = psql();
  return found === undefined
    ? []
    : [{ prefix: CHECK_IMAGE, mounts: [readOnly(found, "/usr/bin/psql")], entrypoint: ["/bin/sh"] }];
}

/** None where there is no Python with the client: then no pod asks for it. */
function pythonImage(): LocalImage[] {
  const found = python();
  if (!found) return [];
  return [
    {
      prefix: REVENUE_IMAGE,
      mounts: [...pythonMounts(found), readOnly(projectDirectory("examples/analytics"), "/app/analytics")],
      entrypoint: [`${PYTHON}/bin/python`],
    },
  ];
}

/** The environment, and the Python that it was made of where the machine's libraries do not have it. */
export function pythonMounts({ home, environment }: Python): BindMount[] {
  return [
    ...(home === undefined ? [] : [readOnly(home, home)]),
    // Not where it is on this machine: a pod has a /tmp of its own.
    readOnly(environment, PYTHON),
  ];
}
