import { binary } from "../doctor/binaries";
import { psql } from "../doctor/psql";
import { python } from "../doctor/python";
import { projectDirectory } from "../support/project-directory";
import { analyticsImage, NODE, nodePackages, ordersImage } from "./applications";
import type { ImageOptions } from "./archive";

/** The sandbox of every pod. */
export const PAUSE_IMAGE = "bench.local/pause:1";
/** A script of e2e/apps. */
export const APPLICATION_IMAGE = "bench.local/application:1";
/** The example of examples/orders, with leasehold's own pool. */
export const STOREFRONT_IMAGE = "bench.local/storefront:1";
/** The example of examples/analytics, with leasehold's client. */
export const REVENUE_IMAGE = "bench.local/revenue:1";
/** A shell and psql. */
export const CHECK_IMAGE = "bench.local/psql:1";
/** The agent, where no chart says its name. */
export const AGENT_IMAGE = "bench.local/vault:1";

export function pauseImage(): ImageOptions {
  return { name: PAUSE_IMAGE, files: {}, entrypoint: ["/bin/sleep", "2147483647"] };
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

/** What pods ask for beside Vault's chart: the agent, and what of the others this machine can run. */
export function imagesBesideChart(): ImageOptions[] {
  const [check, found] = [psql(), python()];
  return [
    pauseImage(),
    ...applicationImages(),
    { name: AGENT_IMAGE, files: { "/bin/vault": binary("vault") }, entrypoint: ["/bin/vault"] },
    ...(check === undefined
      ? []
      : [{ name: CHECK_IMAGE, files: { "/usr/bin/psql": check }, entrypoint: ["/bin/sh"] }]),
    ...(found === undefined ? [] : [analyticsImage(REVENUE_IMAGE, found.executable)]),
  ];
}
