import type { Scenario } from "../../scenarios/scenario";
import type { NodesBench } from "../bench";
import { nodesFirstApply } from "./01-first-apply";
import { nodesKubelet } from "./02-kubelet";
import { nodesVaultFails } from "./03-vault-fails";
import { nodesPodsFail } from "./04-pods-fail";
import { nodesLongLived } from "./05-long-lived";
import { nodesFail } from "./06-nodes-fail";
import { nodesControlPlaneFails } from "./07-control-plane-fails";
import { nodesRestore } from "./08-restore";
import { nodesDestroy } from "./09-destroy";
import { nodesNetworkPolicy } from "./12-network-policy";
import { nodesClocks } from "./13-clocks";

/** In the order in which they run; the first one sets the others up, the last one takes it down. */
export const nodesScenarios: readonly Scenario<NodesBench>[] = [
  nodesFirstApply,
  nodesKubelet,
  nodesNetworkPolicy,
  nodesVaultFails,
  nodesClocks,
  nodesControlPlaneFails,
  // Late, for the token that it waits for is renewed after eight minutes; before all pods are replaced.
  nodesLongLived,
  nodesPodsFail,
  nodesFail,
  nodesRestore,
  nodesDestroy,
];
