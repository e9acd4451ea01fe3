import path from "node:path";
import { binary } from "./doctor/binaries";
import { python } from "./doctor/python";
import { psql } from "./doctor/psql";
import { APPLICATION_IMAGE, CHECK_IMAGE, REVENUE_IMAGE, STOREFRONT_IMAGE } from "./environment";
import type { LocalImage } from "./pod-runner/images";
import { readOnly } from "./sandbox/root-filesystem";
import { projectDirectory } from "./support/project";

const NODE = "/usr/local/bin/node";
const PYTHON = "/app/python";

/** What the images of the bench's pods stand for on this machine. */
export function localImages(): LocalImage[] {
  const project = projectDirectory();
  return [
    {
      prefix: APPLICATION_IMAGE,
      mounts: [
        readOnly(process.execPath, NODE),
        readOnly(path.join(project, "e2e/apps"), "/app/apps"),
        readOnly(path.join(project, "node_modules"), "/app/node_modules"),
      ],
      entrypoint: [NODE],
    },
    {
      prefix: STOREFRONT_IMAGE,
      mounts: [
        readOnly(process.execPath, NODE),
        readOnly(path.join(project, "e2e/apps"), "/app/start"),
        readOnly(path.join(project, "examples/orders"), "/app/orders"),
        readOnly(path.join(project, "clients/node"), "/app/node_modules/@leasehold/pg"),
        readOnly(path.join(project, "node_modules"), "/node_modules"),
      ],
      entrypoint: [NODE],
    },
    ...psqlImage(),
    ...pythonImage(path.join(project, "examples/analytics")),
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
function pythonImage(analytics: string): LocalImage[] {
  const found = python();
  if (!found) return [];
  return [
    {
      prefix: REVENUE_IMAGE,
      mounts: [
        ...(found.home === undefined ? [] : [readOnly(found.home, found.home)]),
        // Not where it is on this machine: a pod has a /tmp of its own.
        readOnly(found.environment, PYTHON),
        readOnly(analytics, "/app/analytics"),
      ],
      entrypoint: [`${PYTHON}/bin/python`],
    },
  ];
}
