import { applyPatch, type Operation } from "rfc6902";
import type { PatchOperation } from "../../../access";
import type { Agent } from "./agent";

/** What a patch makes of an agent, or why the webhook denies the pod. */
export type Patched = { readonly agent: Agent } | { readonly denied: string };

/** Applies a patch as the webhook does: an operation that does not fit denies the pod. */
export function patched(agent: Agent, patch: readonly PatchOperation[]): Patched {
  const result = JSON.parse(JSON.stringify(agent)) as Agent;
  for (const [index, operation] of patch.entries()) {
    const why = applied(result, operation);
    if (why !== undefined)
      return { denied: `operation ${index + 1} (${told(operation)}) does not apply: ${why}` };
  }
  return { agent: result };
}

function applied(agent: Agent, operation: PatchOperation): string | undefined {
  if (operation.op !== "remove" && operation.value === undefined) return "it has no value";
  try {
    const [error] = applyPatch(agent, [operation as Operation]);
    return error?.message;
  } catch (error) {
    return (error as Error).message;
  }
}

function told({ op, path }: PatchOperation): string {
  return [op, path].map(String).join(" ");
}
