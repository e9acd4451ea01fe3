import fs from "node:fs";
import path from "node:path";
import { binary } from "../doctor/binaries";
import { projectDirectory } from "../support/project-directory";
import type { ImageOptions } from "./image";

/** The sandbox of every pod. */
export const PAUSE_IMAGE = "bench.local/pause:1";
/** The example of examples/orders, with leasehold's own pool. */
export const STOREFRONT_IMAGE = "bench.local/storefront:1";
/** A script of e2e/apps. */
export const APPLICATION_IMAGE = "bench.local/application:1";

const NODE = "/usr/local/bin/node";

/** The chart's own entry point does more: here it is who starts what the chart asks for. */
const VAULT_ENTRYPOINT = '#!/bin/sh\nexec "$@"\n';

/** Everything that a pod of the bench asks for; of Vault's images the tags are those of the chart. */
export function nodeImages(tags: VaultImageTags): ImageOptions[] {
  const project = projectDirectory();
  const modules = packages(path.join(project, "node_modules"), "pg");
  return [
    { name: PAUSE_IMAGE, files: {}, entrypoint: ["/bin/sleep", "2147483647"] },
    {
      name: `docker.io/hashicorp/vault:${tags.vault}`,
      files: { "/bin/vault": binary("vault") },
      texts: { "/usr/local/bin/docker-entrypoint.sh": VAULT_ENTRYPOINT },
      entrypoint: ["docker-entrypoint.sh"],
      user: "100:1000",
    },
    {
      name: `docker.io/hashicorp/vault-k8s:${tags.injector}`,
      files: { "/bin/vault-k8s": binary("vault-k8s") },
      entrypoint: ["/bin/vault-k8s"],
      user: "100:1000",
    },
    {
      name: STOREFRONT_IMAGE,
      files: {
        [NODE]: process.execPath,
        "/app/orders": path.join(project, "examples/orders"),
        "/node_modules/@leasehold/pg/package.json": path.join(project, "clients/node/package.json"),
        "/node_modules/@leasehold/pg/dist": path.join(project, "clients/node/dist"),
        ...modules,
      },
      entrypoint: [NODE],
    },
    {
      name: APPLICATION_IMAGE,
      files: { [NODE]: process.execPath, "/app": path.join(project, "e2e/apps"), ...modules },
      entrypoint: [NODE],
    },
  ];
}

/** Tags that the chart's values name. */
export interface VaultImageTags {
  readonly vault: string;
  readonly injector: string;
}

/** A package and all that it depends on, as the checkout has them installed. */
function packages(
  nodeModules: string,
  name: string,
  found: Record<string, string> = {},
): Record<string, string> {
  if (found[`/node_modules/${name}`] !== undefined) return found;
  found[`/node_modules/${name}`] = path.join(nodeModules, name);
  const text = fs.readFileSync(path.join(nodeModules, name, "package.json"), "utf8");
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
  for (const dependency of Object.keys(dependencies)) packages(nodeModules, dependency, found);
  return found;
}
