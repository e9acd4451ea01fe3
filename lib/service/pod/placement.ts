import type { PodOptions, Toleration } from "../declaration/pod";
import type { PodSpec, TolerationSpec } from "./types";

/** On which nodes pods may run, and who goes first. */
export function placement({
  nodeSelector,
  tolerations,
  priorityClassName,
}: PodOptions): Pick<PodSpec, "nodeSelector" | "tolerations" | "priorityClassName"> {
  return {
    ...(nodeSelector && { nodeSelector }),
    ...(tolerations && { tolerations: tolerations.map(tolerated) }),
    ...(priorityClassName !== undefined && { priorityClassName }),
  };
}

function tolerated({ key, value, effect }: Toleration): TolerationSpec {
  return {
    key,
    ...(value === undefined ? { operator: "Exists" } : { operator: "Equal", value }),
    ...(effect && { effect }),
  };
}
