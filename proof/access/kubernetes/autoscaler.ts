import type { Origin } from "../origin";
import { asNumber, asObject, asText } from "../read";
import { isUnknown, type Known } from "../value";
import type { Manifest } from "./manifest";
import type { Workload } from "./workload";

/** What sets the number of pods of a workload. */
export interface Autoscaler {
  readonly origin: Origin;
  readonly namespace: Known<string>;
  /** Kind and name of the workload. */
  readonly target: { readonly kind: Known<string>; readonly name: Known<string> };
  /** Absent: 1. */
  readonly min: Known<number>;
  readonly max: Known<number>;
}

/** The autoscaler that a manifest describes, if it is one. */
export function readAutoscaler({ kind, origin, namespace, body }: Manifest): Autoscaler | undefined {
  if (kind !== "HorizontalPodAutoscaler") return undefined;
  const spec = asObject(body.spec);
  const target = asObject(spec.scaleTargetRef);
  return {
    origin,
    namespace,
    target: { kind: asText(target.kind), name: asText(target.name) },
    min: asNumber(spec.minReplicas) ?? 1,
    max: asNumber(spec.maxReplicas),
  };
}

/** Whether an autoscaler is of a workload. */
export function scales({ namespace, target }: Autoscaler, workload: Workload): boolean {
  return (
    target.kind === workload.kind &&
    typeof target.name === "string" &&
    target.name === workload.name &&
    namespace === workload.namespace
  );
}

/** The most pods of a workload that is scaled; of a number beside it the higher one. */
export function mostReplicas(
  workload: Workload,
  written: Known<number>,
  autoscalers: readonly Autoscaler[],
): Known<number> {
  const maxima = autoscalers.filter((each) => scales(each, workload)).map(({ max }) => max);
  if (maxima.length === 0) return written;
  const unknown = [...maxima, written].find(isUnknown);
  if (unknown !== undefined) return unknown;
  return Math.max(...[...maxima, written].filter((each) => typeof each === "number"));
}
