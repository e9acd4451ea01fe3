import { asBoolean, helmValue, known, type AccessGraph, type HelmRelease, type Value } from "../../access";

/** The releases of Vault's chart. */
export function vaultReleases({ helmReleases }: AccessGraph): HelmRelease[] {
  return helmReleases.filter(({ chart }) => /(^|\/)vault$/.test(known(chart) ?? ""));
}

/** Whether a release runs a server, and not the injector alone. */
export function runsServer(release: HelmRelease): boolean {
  return externalAddress(release) === undefined && isEnabled(release, "server");
}

/** Whether a release runs the injector. */
export function runsInjector(release: HelmRelease): boolean {
  return isEnabled(release, "injector");
}

/** `-`, the chart's default, is what the whole release says. */
function isEnabled(release: HelmRelease, part: string): boolean {
  const own = asBoolean(helmValue(release, `${part}.enabled`));
  return (own ?? asBoolean(helmValue(release, "global.enabled"))) !== false;
}

/** The Vault that the injector of a release serves, where it is not the release's own. */
export function externalAddress(release: HelmRelease): string | undefined {
  const addresses = ["injector.externalVaultAddr", "global.externalVaultAddr"].map((path) =>
    helmValue(release, path),
  );
  return addresses.find((each): each is string => typeof each === "string" && each !== "");
}

/** The webhook's selector of namespaces; the older key counts where the newer one is empty. */
export function namespaceSelector(release: HelmRelease): Value | undefined {
  const newer = helmValue(release, "injector.webhook.namespaceSelector");
  const isEmpty = newer === undefined || JSON.stringify(newer) === "{}" || newer === "";
  return isEmpty ? helmValue(release, "injector.namespaceSelector") : newer;
}
