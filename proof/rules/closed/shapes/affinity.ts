import { block, blocks, name, only, optional, some, whole, type Keys, type Shape } from "../shape";
import { key, label, labels } from "./metadata";

/** How many values an operator takes. */
type Values = "some" | "one" | "none";

const OF_LABELS: Readonly<Record<string, Values>> = {
  In: "some",
  NotIn: "some",
  Exists: "none",
  DoesNotExist: "none",
};
const OF_NODES: Readonly<Record<string, Values>> = { ...OF_LABELS, Gt: "one", Lt: "one" };
const OF_FIELDS: Readonly<Record<string, Values>> = { In: "one", NotIn: "one" };

function requirements(of: Shape, operators: Readonly<Record<string, Values>>): Shape {
  const written = blocks({
    key: of,
    operator: only(...Object.keys(operators)),
    values: optional(some(label)),
  });
  return written.superRefine((each, context) => {
    (each as readonly Readonly<Record<string, unknown>>[]).forEach(({ operator, values = [] }, index) => {
      const wanted = operators[String(operator)];
      const { length } = values as readonly unknown[];
      const fits = wanted === "some" ? length > 0 : length === (wanted === "one" ? 1 : 0);
      if (!fits)
        context.addIssue({
          code: "custom",
          path: [index, "values"],
          message:
            wanted === "none"
              ? `must not stand beside ${String(operator)}`
              : `must hold ${wanted === "one" ? "one value" : "a value"}`,
        });
    });
  });
}

const selector: Shape = block({
  match_labels: optional(labels),
  match_expressions: optional(requirements(key, OF_LABELS)),
});

const nodes: Keys = {
  match_expressions: optional(requirements(key, OF_NODES)),
  match_fields: optional(requirements(only("metadata.name"), OF_FIELDS)),
};

const pods: Keys = {
  topology_key: key,
  namespaces: optional(some(name)),
  label_selector: optional(selector),
  namespace_selector: optional(selector),
};

const weight = whole(1, 100);

const besidePods: Shape = block({
  required_during_scheduling_ignored_during_execution: optional(blocks(pods)),
  preferred_during_scheduling_ignored_during_execution: optional(
    blocks({ weight, pod_affinity_term: block(pods) }),
  ),
});

/** On which nodes pods are, and beside which others, as the API server takes it. (Kubernetes, core/validation, ValidateAffinity) */
export const affinity: Shape = block({
  node_affinity: optional(
    block({
      required_during_scheduling_ignored_during_execution: optional(
        block({ node_selector_term: blocks(nodes) }),
      ),
      preferred_during_scheduling_ignored_during_execution: optional(
        blocks({ weight, preference: block(nodes) }),
      ),
    }),
  ),
  pod_affinity: optional(besidePods),
  pod_anti_affinity: optional(besidePods),
});
