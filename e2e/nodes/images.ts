import { binary } from "../doctor/binaries";
import type { ImageOptions } from "../images/archive";
import { pauseImage } from "../images/bench";

/** The chart's own entry point does more: here it is who starts what the chart asks for. */
const VAULT_ENTRYPOINT = '#!/bin/sh\nexec "$@"\n';

/** What the chart asks for, with its own tags. */
export function chartImages(tags: VaultImageTags): ImageOptions[] {
  return [
    pauseImage(),
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

/** Tags that the chart's values name. */
export interface VaultImageTags {
  readonly vault: string;
  readonly injector: string;
}
