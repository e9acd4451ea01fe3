import { helmValue, known, type AccessGraph, type HelmRelease } from "../../../access";
import type { Violation } from "../../rule";
import { show } from "../../words";
import { placeOf } from "./place";

/**
 * A method asks nobody before it is configured. Where Vault runs elsewhere an operator may have written the
 * configuration, with a token that Terraform does not know.
 */
export function* configured({
  authMethods,
  authConfigurations,
  helmReleases,
}: AccessGraph): Iterable<Violation> {
  if (!helmReleases.some(installsServer)) return;
  const done = new Set(authConfigurations.map(({ origin, authPath }) => placeOf(origin, authPath)));
  for (const { origin: at, path } of authMethods) {
    if (done.has(placeOf(at, path))) continue;
    yield {
      at,
      message: `the method at ${show(path)} has no configuration: every login answers "could not load backend configuration"`,
      fix: "add a vault_kubernetes_auth_backend_config, or say in a waiver who writes it",
    };
  }
}

/** Not the injector alone, of a Vault that runs elsewhere. */
function installsServer(release: HelmRelease): boolean {
  const elsewhere = ["injector.externalVaultAddr", "global.externalVaultAddr"];
  return (
    /(^|\/)vault$/.test(String(known(release.chart))) &&
    helmValue(release, "server.enabled") !== false &&
    elsewhere.every((each) => helmValue(release, each) === undefined)
  );
}
