import { allRules } from "../all";
import type { Rule } from "../rule";
import { notUnderstood } from "./not-understood";
import { podProofs } from "./pod";

/**
 * What leasehold's own synth is held to beside all other rules: a world in which everything is understood, used and
 * there. What somebody else wrote is not, and `lint` does not ask it.
 */
export const closedRules: readonly Rule[] = [notUnderstood, ...podProofs];

/** Those of every configuration, and those of leasehold's own. */
export const everyRule: readonly Rule[] = [...allRules, ...closedRules];
