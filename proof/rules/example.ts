import { readGraph, type AccessGraph } from "../access";
import type { Context } from "./context";
import { judge } from "./judge";
import type { Finding } from "./finding";
import { limits } from "./limits";
import type { Rule } from "./rule";

/** What a rule says about its own example, held to the strict limits. */
export async function judgeExample(rule: Rule, text = rule.example.text): Promise<Finding[]> {
  const { before, maxConnections, witness, executed, today = "" } = rule.example;
  const graph = await graphOf(rule, text);
  const names = graph.connections.map(({ name }) => String(name));
  const context: Context = {
    limits: limits.strict,
    capacities: new Map(maxConnections === undefined ? [] : names.map((name) => [name, { maxConnections }])),
    ...(witness && { witness: { name: "the last synth", stages: new Map(Object.entries(witness)) } }),
    ...(executed &&
      text.includes(executed.of) && {
        executed: {
          problems: graph.databaseRoles.map(({ origin: at }) => ({ at, problem: executed.problem })),
          isWhole: true,
        },
      }),
    ...(before && {
      predecessor: {
        name: "staging",
        graph: await graphOf(rule, rule.example.text.replace(before.from, before.to)),
      },
    }),
  };
  return judge(graph, { rules: [rule], context, waivers: [], waiversFile: "", today });
}

async function graphOf({ id, example }: Rule, text: string): Promise<AccessGraph> {
  const isHcl = example.language === "hcl";
  const file = { file: isHcl ? "main.tf" : "workload.yaml", text };
  const roots = isHcl ? [{ directory: ".", files: [file] }] : [];
  const manifests = isHcl ? [] : [file];
  const { graph, failures } = await readGraph({ terraform: { roots, plans: [] }, manifests, sql: [] });
  const [unread] = failures;
  if (unread !== undefined) throw new Error(`the example of ${id} cannot be read: ${unread.message}`);
  return graph;
}
