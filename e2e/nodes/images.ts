import { binary } from "../doctor/binaries";
import { NODE, nodePackages, ordersImage } from "../images/applications";
import type { ImageOptions } from "../images/archive";
import { projectDirectory } from "../support/project-directory";

/** The sandbox of every pod. */
export const PAUSE_IMAGE = "bench.local/pause:1";
/** The example of examples/orders, with leasehold's own pool. */
export const STOREFRONT_IMAGE = "bench.local/storefront:1";
/** A script of e2e/apps. */
export const APPLICATION_IMAGE = "bench.local/application:1";

/** The chart's own entry point does more: here it is who starts what the chart asks for. */
const VAULT_ENTRYPOINT = '#!/bin/sh\nexec "$@"\n';

/** Of every pod's sandbox. */
const PAUSE: ImageOptions = { name: PAUSE_IMAGE, files: {}, entrypoint: ["/bin/sleep", "2147483647"] };

/** What the chart asks for, with its own tags. */
export function chartImages(tags: VaultImageTags): ImageOptions[] {
  return [
    PAUSE,
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
  ];
}

/** The bench's own applications. */
export function applicationImages(): ImageOptions[] {
  return [
    ordersImage(STOREFRONT_IMAGE),
    {
      name: APPLICATION_IMAGE,
      files: { [NODE]: process.execPath, "/app": projectDirectory("e2e/apps"), ...nodePackages("pg") },
      entrypoint: [NODE],
    },
  ];
}

/** Tags that the chart's values name. */
export interface VaultImageTags {
  readonly vault: string;
  readonly injector: string;
}
