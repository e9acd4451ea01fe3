import { asList, asText, helmValue, known, type HelmRelease, type Known } from "../../access";
import type { Rule, Violation } from "../rule";
import { listed, show } from "../words";
import { runsServer, vaultReleases } from "./releases";

const ANNOTATION = "leasehold/break-glass";

export const noWayBack: Rule = {
  id: "vault/no-way-back",
  severity: "error",
  title: "Vault into which nobody gets back who has lost a login, or in which everybody may get into the way",
  why: "Since Vault 2.0 generate-root and rekey ask for a token: with the root token revoked and the pipeline's login lost nobody administers Vault any more. Where they ask for none, whoever reaches the port can cancel each attempt. (Vault 2.0, enable_unauthenticated_access; CVE-2026-5807)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name    = "vault"
  chart   = "vault"
  version = "0.34.1"
  values  = ["server: { ha: { enabled: true, replicas: 3 } }"]
}`,
  },
  *check(graph, { limits }) {
    if (limits.vault === "any") return;
    for (const release of vaultReleases(graph))
      if (runsServer(release) && !release.incomplete && asksForToken(release)) yield* waysBack(release);
  },
};

/** What the chart installs is 2.0; an image of before lets keys alone do. */
function asksForToken(release: HelmRelease): boolean {
  const tag = known(asText(helmValue(release, "server.image.tag"))) ?? "";
  return !/^v?1\./.test(tag) && helmValue(release, "server.dev.enabled") !== true;
}

function* waysBack(release: HelmRelease): Iterable<Violation> {
  const { origin: at, serverConfig } = release;
  // The chart takes annotations as a map, and as a text.
  const annotations = helmValue(release, "server.statefulSet.annotations");
  const isSaid = JSON.stringify(annotations ?? "").includes(ANNOTATION);
  const open = asList(serverConfig?.enable_unauthenticated_access).map((each) => asText(each));
  if (!isSaid)
    yield {
      at,
      message:
        open.length === 0
          ? "nothing says how somebody becomes an administrator again who has lost every login"
          : `the servers take ${names(open)} from everybody who reaches them, and nothing says why`,
      fix: `write the second login, or the reason for enable_unauthenticated_access = ["generate-root"], into the annotation ${ANNOTATION} of server.statefulSet`,
    };
  const more = open.filter((each) => each !== "generate-root");
  if (more.length > 0)
    yield {
      at,
      message: `the servers take ${names(more)} from everybody who reaches them`,
      fix: "leave generate-root alone in enable_unauthenticated_access: with the token that it makes all else can be done",
    };
}

function names(open: readonly Known<string>[]): string {
  return listed(open.map(show));
}
