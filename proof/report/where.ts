import { asObject, asText, helmValue, isUnknown, known, type AccessGraph, type Known } from "../access";
import { runsServer, vaultReleases } from "../rules/vault/releases";
import { notKnown, said, type Said } from "./answer";
import type { EnvironmentReport } from "./model";
import { textOf } from "./words";

/** Which Vault and which cluster a configuration is about, as its providers, its pods and its charts say it. */
export function whereOf(graph: AccessGraph): Pick<EnvironmentReport, "vault" | "cluster"> {
  return { vault: vaultOf(graph), cluster: clusterOf(graph) };
}

function vaultOf(graph: AccessGraph): Said {
  const provided = providersOf(graph, "vault").map(({ body }) => asText(body.address));
  const announced = graph.workloads.map(({ pod }) => pod.injection?.address);
  const releases = vaultReleases(graph);
  const external = releases
    .filter((release) => !runsServer(release))
    .flatMap((release) => [
      helmValue(release, "global.externalVaultAddr"),
      helmValue(release, "injector.externalVaultAddr"),
    ])
    .map(asText);
  const installed = releases
    .filter(runsServer)
    .map(({ origin, chart }) => `${textOf(chart)} as ${origin.address}`);
  const addresses = texts([...provided, ...announced, ...external]);
  if (addresses.length > 0) return said(addresses.join(", "), "");
  return installed.length > 0
    ? notKnown(
        `it is installed here (${installed.join(", ")}), and its address is the variable VAULT_ADDR of whoever applies`,
      )
    : notKnown("no provider, no pod and no chart that was read says its address");
}

function clusterOf(graph: AccessGraph): Said {
  const blocks = [
    ...providersOf(graph, "kubernetes").map(({ body }) => body),
    ...providersOf(graph, "helm").map(({ body }) => asObject(body.kubernetes)),
  ];
  const named = texts(blocks.map((body) => asText(body.config_context) ?? asText(body.host)));
  const reviewed = texts(graph.authConfigurations.map(({ host }) => host));
  if (named.length > 0)
    return said(named.map((each) => (each.includes("://") ? each : `context ${each}`)).join(", "), "");
  if (reviewed.length > 0) return said(reviewed.map((each) => `${each}, as Vault calls it`).join(", "), "");
  return notKnown("no provider and no auth method that was read says where it is");
}

function providersOf({ terraform }: AccessGraph, name: string) {
  return terraform.providers.filter((each) => each.name === name);
}

/** Each once; an expression where only an apply knows it. */
function texts(values: readonly Known<string>[]): string[] {
  const found = values.flatMap((each) => (isUnknown(each) ? each.expression : (known(each) ?? [])));
  return [...new Set(found.filter((each) => each !== ""))];
}
