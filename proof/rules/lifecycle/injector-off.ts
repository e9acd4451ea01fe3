import { DEPLOYMENT_ANNOTATIONS, DEPLOYMENT_END, DEPLOYMENT_METADATA } from "../example-parts";
import type { Rule } from "../rule";
import { runsInjector, vaultReleases } from "../vault/releases";
import { folded } from "../words";
import { injected } from "./pods";

export const injectorOff: Rule = {
  id: "lifecycle/injector-off",
  severity: "error",
  title: "annotated pods beside an injector that is switched off",
  why: "Without the webhook annotations are text: pods start without an agent, and wait for a file that nobody writes. Without a release of Vault's chart in the configuration nobody knows. (vault-helm, injector.enabled)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name    = "vault"
  chart   = "vault"
  version = "0.34.1"
  values  = ["injector: { enabled: false }"]
}

${DEPLOYMENT_METADATA}
    replicas = 2
${DEPLOYMENT_ANNOTATIONS}
${DEPLOYMENT_END}`,
  },
  *check(graph) {
    const releases = vaultReleases(graph);
    const [first] = releases;
    const pods = injected(graph);
    if (first === undefined || pods.length === 0) return;
    if (releases.some((release) => release.incomplete || runsInjector(release))) return;
    const addresses = pods.map(({ origin }) => origin.address);
    yield {
      at: first.origin,
      message: `injector.enabled is false, and ${folded(addresses)} ask for an agent`,
      evidence: addresses,
      fix: "set injector.enabled: true, or waive this with the reason where another injector serves the cluster",
    };
  },
};
