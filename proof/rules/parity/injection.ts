import type { Rule } from "../rule";
import { show } from "../words";
import { EXAMPLE } from "./example";
import { pairs, serviceOf } from "./services";

export const injection: Rule = {
  id: "parity/injection",
  severity: "error",
  title: "agent that runs otherwise than in the environment before",
  why: "How the agent starts and stops decides when the file is there and when the user is dropped; staging proves it for its own mode only.",
  example: {
    language: "yaml",
    before: { from: 'agent-pre-populate: "false"', to: 'agent-pre-populate: "true"' },
    text: EXAMPLE,
  },
  *check(graph, { limits, predecessor }) {
    if (limits.parity === "any" || predecessor === undefined) return;
    for (const [chain, before] of pairs(graph, predecessor.graph)) {
      const here = chain.workload.pod.injection?.mode;
      const there = before.workload.pod.injection?.mode;
      if (here === there) continue;
      yield {
        at: chain.workload.origin,
        message: `the agent of ${show(serviceOf(chain.workload))} runs as ${show(here)} here and as ${show(there)} in ${predecessor.name}`,
        fix: `choose one mode for both, or change it in ${predecessor.name} first`,
      };
    }
  },
};
