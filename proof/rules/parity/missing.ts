import type { Rule } from "../rule";
import { show } from "../words";
import { EXAMPLE } from "./example";
import { serviceOf } from "./services";

export const missing: Rule = {
  id: "parity/missing",
  severity: "error",
  title: "service that the environment before has not got",
  why: "What was never deployed there is proven by nobody.",
  example: {
    language: "yaml",
    before: { from: "name: orders, namespace: shop", to: "name: other, namespace: shop" },
    text: EXAMPLE,
  },
  *check(graph, { limits, predecessor }) {
    if (limits.parity === "any" || predecessor === undefined) return;
    const there = new Set(
      predecessor.graph.chains.map(({ workload, use }) => `${serviceOf(workload)} ${use.name}`),
    );
    for (const { workload, use } of graph.chains) {
      if (there.has(`${serviceOf(workload)} ${use.name}`)) continue;
      yield {
        at: workload.origin,
        message: `${show(serviceOf(workload))} with its access to ${show(use.name)} is not in ${predecessor.name}`,
        fix: `deploy it to ${predecessor.name} first`,
      };
    }
  },
};
