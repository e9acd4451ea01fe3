import { auditDevices } from "./audit-devices";
import { auditFirst } from "./audit-first";
import { chartTypo } from "./chart-typo";
import { chartUnpinned } from "./chart-unpinned";
import { devMode } from "./dev-mode";
import { fewReplicas } from "./few-replicas";
import { injectorReplicas } from "./injector-replicas";
import { networkPolicy } from "./network-policy";
import { oneReplica } from "./one-replica";
import { openToEverybody } from "./open-to-everybody";
import { publishesNotReady } from "./publishes-not-ready";
import { webhookBlocksCluster } from "./webhook-blocks-cluster";
import { webhookLetsPodsThrough } from "./webhook-lets-pods-through";
import type { Rule } from "../rule";

/** The rules about vault. */
export const vaultRules: readonly Rule[] = [
  auditDevices,
  auditFirst,
  chartTypo,
  chartUnpinned,
  devMode,
  fewReplicas,
  injectorReplicas,
  networkPolicy,
  oneReplica,
  openToEverybody,
  publishesNotReady,
  webhookBlocksCluster,
  webhookLetsPodsThrough,
];
