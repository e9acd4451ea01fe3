import { asBoolean, helmValue, known, type AccessGraph, type HelmRelease } from "../../access";

/** The releases of Vault's chart. */
export function vaultReleases({ helmReleases }: AccessGraph): HelmRelease[] {
  return helmReleases.filter(({ chart }) => /(^|\/)vault$/.test(known(chart) ?? ""));
}

/** Whether a release runs a server, and not the injector alone. */
export function runsServer(release: HelmRelease): boolean {
  const isExternal =
    typeof helmValue(release, "global.externalVaultAddr") === "string" ||
    typeof helmValue(release, "injector.externalVaultAddr") === "string";
  return !isExternal && asBoolean(helmValue(release, "server.enabled")) !== false;
}

/** Whether a release runs the injector. */
export function runsInjector(release: HelmRelease): boolean {
  return asBoolean(helmValue(release, "injector.enabled")) !== false;
}
