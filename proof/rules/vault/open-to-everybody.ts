import { asList, asText, helmValue, type Known } from "../../access";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { runsServer, vaultReleases } from "./releases";

/** Where a release says how somebody becomes an administrator again who has lost every login. */
const ANNOTATION = "leasehold/break-glass";

export const openToEverybody: Rule = {
  id: "vault/open-to-everybody",
  severity: "error",
  title: "Vault that takes rekey, or generate-root without a reason, from everybody who reaches it",
  why: "Whoever reaches the port can begin an attempt, and cancel each that somebody else has begun. Since Vault 2.0 both ask for a token unless the configuration says otherwise. (Vault 2.0, enable_unauthenticated_access; CVE-2026-5807)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name    = "vault"
  chart   = "vault"
  version = "0.34.1"
  values  = [yamlencode({
    server = { ha = { enabled = true, raft = { enabled = true, config = "enable_unauthenticated_access = [\\"rekey\\"]" } } }
  })]
}`,
  },
  *check(graph, { limits }) {
    if (limits.vault === "any") return;
    for (const release of vaultReleases(graph)) {
      if (!runsServer(release)) continue;
      const isSaid = JSON.stringify(helmValue(release, "server.statefulSet.annotations") ?? "").includes(
        ANNOTATION,
      );
      const open = asList(release.serverConfig?.enable_unauthenticated_access).map((each) => asText(each));
      const unasked = open.filter((each) => each !== "generate-root" || !isSaid);
      if (unasked.length === 0) continue;
      yield {
        at: release.origin,
        message: `the servers take ${names(unasked)} from everybody who reaches them`,
        fix: `take it out of enable_unauthenticated_access; for generate-root alone, whose token does all else, the annotation ${ANNOTATION} of server.statefulSet may say why`,
      };
    }
  },
};

function names(open: readonly Known<string>[]): string {
  return listed(open.map(show));
}
