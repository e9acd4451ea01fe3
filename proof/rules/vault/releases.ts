import {
  asBoolean,
  asText,
  helmValue,
  known,
  type AccessGraph,
  type HelmRelease,
  type Known,
  type Value,
} from "../../access";

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
  const addresses = ["global.externalVaultAddr", "injector.externalVaultAddr"].map((path) =>
    helmValue(release, path),
  );
  return addresses.find((each): each is string => typeof each === "string" && each !== "");
}

/** One of the webhook's selectors, if it has one; the older key counts where the newer one is empty. */
export function webhookSelector(
  release: HelmRelease,
  name: "namespaceSelector" | "objectSelector",
): Value | undefined {
  const newer = helmValue(release, `injector.webhook.${name}`);
  // Where nothing is said the chart's own objectSelector counts, which leaves out the injector's pods alone.
  if (newer === undefined && name === "objectSelector") return undefined;
  return [newer, helmValue(release, `injector.${name}`)].find((each) => each !== undefined && !isEmpty(each));
}

/** What a template takes for nothing. */
function isEmpty(value: Value): boolean {
  return ["{}", "null", '""'].includes(JSON.stringify(value));
}

/** The namespace that the chart's objects are in. */
export function releaseNamespace(release: HelmRelease): Known<string> {
  const own = asText(helmValue(release, "global.namespace"));
  return own === undefined || own === "" ? (release.namespace ?? "default") : own;
}
