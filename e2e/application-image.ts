import fs from "node:fs";
import path from "node:path";
import { binary } from "./doctor/binaries";
import { APPLICATION_IMAGE } from "./environment";
import type { LocalImage } from "./pod-runner/images";
import { readOnly } from "./sandbox/root-filesystem";

const NODE = "/usr/local/bin/node";

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
    // The injector's default image of the agent.
    {
      prefix: "hashicorp/vault:",
      mounts: [readOnly(binary("vault"), "/bin/vault")],
      entrypoint: ["/bin/sh"],
    },
  ];
}

/** The checkout: the nearest directory above with a package.json. */
function projectDirectory(directory = __dirname): string {
  return fs.existsSync(path.join(directory, "package.json"))
    ? directory
    : projectDirectory(path.dirname(directory));
}
