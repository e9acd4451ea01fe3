import { asBoolean, asNumber, asText, helmValue, known, type HelmRelease } from "../../access";
import { releaseNamespace } from "./releases";

/** Services of a release that lead to its servers. */
export interface VaultServices {
  readonly namespace: string;
  /** The first one is what the injector uses. */
  readonly names: readonly string[];
  readonly port: number;
}

/** What the chart names its Services; nothing where nobody knows (vault-helm 0.34.1, templates/_helpers.tpl). */
export function vaultServices(release: HelmRelease): VaultServices | undefined {
  const name = fullName(release);
  const isOn = (path: string) => asBoolean(helmValue(release, path)) !== false;
  const namespace = known(releaseNamespace(release));
  if (name === undefined || namespace === undefined || release.incomplete) return undefined;
  const isOpen = isOn("server.service.enabled");
  const isHa =
    asBoolean(helmValue(release, "server.ha.enabled")) === true &&
    asBoolean(helmValue(release, "server.dev.enabled")) !== true;
  const part = (suffix: string) =>
    isHa && isOn(`server.service.${suffix}.enabled`) ? [`${name}-${suffix}`] : [];
  const ui = asBoolean(helmValue(release, "ui.enabled")) === true ? [`${name}-ui`] : [];
  return {
    namespace,
    names: [...(isOpen ? [name, ...part("active"), ...part("standby"), `${name}-internal`] : []), ...ui],
    port: known(asNumber(helmValue(release, "server.service.port"))) ?? 8200,
  };
}

/** The release's name where that holds the chart's, and both otherwise. */
function fullName(release: HelmRelease): string | undefined {
  const text = (path: string) => known(asText(helmValue(release, path)));
  const override = text("fullnameOverride");
  const own = known(release.name);
  if (override) return shortened(override);
  if (own === undefined) return undefined;
  const chart = text("nameOverride") || "vault";
  return shortened(own.includes(chart) ? own : `${own}-${chart}`);
}

function shortened(name: string): string {
  return name.slice(0, 63).replace(/-$/, "");
}
