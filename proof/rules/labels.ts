import { asObject, asText, isUnknown, known, ownValue, type AccessGraph, type Workload } from "../access";
import type { Labels } from "./selector";

/** Kubernetes gives each namespace its name as a label. */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** The labels of a namespace: its name in any case, the others where the configuration makes it. */
export function namespaceLabels({ terraform }: AccessGraph, namespace: string): Labels {
  const made = terraform.resources.find(
    ({ mode, type, body }) =>
      mode === "managed" &&
      /^kubernetes_namespace(_v1)?$/.test(type) &&
      known(asText(asObject(body.metadata).name)) === namespace,
  );
  const labels = made === undefined ? undefined : asObject(asObject(made.body.metadata).labels);
  return (key) => {
    if (key === NAME_LABEL) return namespace;
    if (labels === undefined) return undefined;
    const label = asText(ownValue(labels, key));
    return isUnknown(label) ? undefined : (label ?? null);
  };
}

/** The labels of a workload's pods; what a patch does not say may stand in what it is laid upon. */
export function podLabels({ pod }: Workload): Labels {
  const isPatch = pod.containers.length > 0 && pod.containers.every(({ image }) => image === undefined);
  return (key) => {
    const label = ownValue(pod.labels, key);
    if (isUnknown(label)) return undefined;
    return label ?? (isPatch ? undefined : null);
  };
}
