import { asBoolean, asNumber, asText, helmValue, known, type HelmRelease } from "../../access";
import { releaseNamespace } from "./releases";

/** Services of a release that lead to its servers. */
export interface VaultServices {
  readonly namespace: string;
  /** The port of each, by its name; the first one is what the injector uses. */
  readonly ports: ReadonlyMap<string, number>;
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
  const portAt = (path: string) => known(asNumber(helmValue(release, path))) ?? 8200;
  const port = portAt("server.service.port");
  const part = (suffix: string) =>
    isHa && isOn(`server.service.${suffix}.enabled`) ? [[`${name}-${suffix}`, port] as const] : [];
  // It has no address of its own: DNS gives those of the pods, and the port is theirs.
  const internal = [`${name}-internal`, portAt("server.service.targetPort")] as const;
  const ui = runsUi(release) ? [[`${name}-ui`, portAt("ui.externalPort")] as const] : [];
  return {
    namespace,
    ports: new Map([
      ...(isOpen ? [[name, port] as const, ...part("active"), ...part("standby"), internal] : []),
      ...ui,
    ]),
  };
}

/** Off, unless the values say `true`, or `-` with the whole chart. */
function runsUi(release: HelmRelease): boolean {
  const own = helmValue(release, "ui.enabled");
  return own === "-" ? asBoolean(helmValue(release, "global.enabled")) !== false : asBoolean(own) === true;
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
