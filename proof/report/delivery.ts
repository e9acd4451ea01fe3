import { isUnknown, known, shownNotJudged, type AccessGraph, type Workload } from "../access";
import { addressLeadsToVault } from "../rules/lifecycle/address-elsewhere";
import { networkLetsIn } from "../rules/lifecycle/network-policy-cuts-off";
import type { Injected } from "../rules/lifecycle/pods";
import { webhookLooksAt } from "../rules/lifecycle/webhook-passes-over";
import { runsInjector, runsServer, vaultReleases } from "../rules/vault/releases";
import { listed } from "../rules/words";
import { NO, notKnown, YES, type Answer } from "./answer";
import { textOf } from "./words";

/** What has to be so for an agent to come into the pods and to reach Vault. */
export interface DeliveryStep {
  /** What is asked, to be read after `whether`. */
  readonly question: string;
  readonly answer: Answer;
  /** Why not, where it is not so. */
  readonly refusal: string;
}

/**
 * Whether the pods get an agent that reaches Vault: by the webhook, the address and the network policy. It decides
 * nothing of what their ServiceAccount may read, with which a pod can log in by itself.
 */
export function deliveryOf(graph: AccessGraph, workload: Workload): DeliveryStep[] {
  return [webhook(graph, workload), address(graph, workload as Injected), network(graph, workload)];
}

/** All steps as one answer. */
export function deliveredBy(steps: readonly DeliveryStep[]): Answer {
  if (steps.some(({ answer }) => answer.value === "no")) return NO;
  const doubts = steps.flatMap(({ answer }) => (answer.value === "not-known" ? [answer.reason] : []));
  return doubts.length === 0 ? YES : notKnown([...new Set(doubts)].join("; "));
}

const NO_RELEASE = "no release of Vault's chart was read";
const NO_SERVER = "Vault is installed elsewhere, and its network policy was not read";
const VALUES = "that depends on values or labels which only an apply or the cluster knows";

/** What no rule has judged. */
export function notLookedAt(graph: AccessGraph): string[] {
  const releases = vaultReleases(graph);
  return [
    ...(releases.length === 0 ? [`which pods the injector's webhook looks at: ${NO_RELEASE}`] : []),
    ...(releases.some(runsServer) ? [] : [`whom Vault's network lets in: ${NO_SERVER}`]),
    ...graph.notJudged.map(shownNotJudged),
  ];
}

function webhook(graph: AccessGraph, workload: Workload): DeliveryStep {
  const releases = vaultReleases(graph);
  const isOff = releases.length > 0 && !releases.some((each) => each.incomplete || runsInjector(each));
  const { answer, leftOutBy } = webhookLooksAt(graph, workload);
  return {
    question: "the injector's webhook looks at its pods",
    answer: answered(
      isOff ? false : answer,
      releases.length === 0 ? `${NO_RELEASE}, whose webhook has selectors` : VALUES,
    ),
    refusal: isOff
      ? "injector.enabled is false, so no agent comes into its pods"
      : `${leftOutBy} leaves them out`,
  };
}

function address(graph: AccessGraph, workload: Injected): DeliveryStep {
  const written = workload.pod.injection.address;
  const shown = textOf(written);
  const reason = isUnknown(written)
    ? `${shown} is known only at apply`
    : shown === null
      ? `neither its pods nor a chart that was read says where Vault is`
      : `where ${shown} leads does not stand in what was read`;
  return {
    question: "its agents reach this Vault",
    answer: answered(addressLeadsToVault(graph, workload), reason),
    refusal: `at ${shown} is no Service of Vault's release`,
  };
}

function network(graph: AccessGraph, workload: Workload): DeliveryStep {
  const servers = vaultReleases(graph).filter(runsServer);
  const reason =
    servers.length === 0
      ? NO_SERVER
      : servers.length > 1
        ? `which Vault they go to is not known: ${listed(servers.map(({ origin }) => origin.address))}`
        : VALUES;
  return {
    question: "Vault's network policy lets its pods in",
    answer: answered(networkLetsIn(graph, workload), reason),
    refusal: `server.networkPolicy has no ingress for pods in ${known(workload.namespace) ?? "their namespace"}`,
  };
}

function answered(answer: boolean | undefined, otherwise: string): Answer {
  if (answer === undefined) return notKnown(otherwise);
  return answer ? YES : NO;
}
