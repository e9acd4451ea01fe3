import { allRules } from "../all";
import type { Rule } from "../rule";
import { contract } from "./contract";
import { executed } from "./executed";
import { installation } from "./installation";
import { disagreement } from "./joins/disagreement";
import { missing } from "./joins/missing";
import { order } from "./joins/order";
import { overReach } from "./joins/over-reach";
import { twice } from "./joins/twice";
import { unused } from "./joins/unused";
import { kubernetesSchema } from "./kubernetes/kubernetes-schema";
import { people } from "./people";
import { notUnderstood } from "./not-understood";
import { podProofs } from "./pod";
import { statement } from "./statements";
import { template } from "./template";

/**
 * What leasehold's own synth is held to beside all other rules: a world in which everything is understood, used and
 * there. What somebody else wrote is not, and `lint` does not ask it.
 */
const closedRules: readonly Rule[] = [
  notUnderstood,
  missing,
  unused,
  overReach,
  disagreement,
  twice,
  order,
  statement,
  executed,
  people,
  ...podProofs,
  kubernetesSchema,
  template,
  contract,
  installation,
];

/** Those of every configuration, and those of leasehold's own. */
export const everyRule: readonly Rule[] = [...allRules, ...closedRules];
