import { applyPatch, Pointer, type Operation } from "rfc6902";
import type { PodPatchOperation } from "../declaration/pod-patch";
import type { PodTemplate } from "./types";

/** A template after a patch, and the operations that did not apply. */
export interface PatchedTemplate {
  readonly template: PodTemplate;
  readonly failed: readonly { readonly index: number; readonly why: string }[];
}

/** Applies operations to a template; one that does not apply changes nothing, and those after it are tried. */
export function patchTemplate(
  template: PodTemplate,
  operations: readonly PodPatchOperation[],
): PatchedTemplate {
  const patched = JSON.parse(JSON.stringify(template)) as PodTemplate;
  const failed = operations.flatMap((operation, index) => {
    const why = objection(patched, operation) ?? applied(patched, operation);
    return why === undefined ? [] : [{ index, why }];
  });
  return { template: patched, failed };
}

function applied(template: PodTemplate, operation: PodPatchOperation): string | undefined {
  // What is put there must not change with a later operation.
  const own = JSON.parse(JSON.stringify(operation)) as Operation;
  const [error] = applyPatch(template, [own]);
  if (!error) return undefined;
  return error.name === "TestError" ? "something else is there" : "nothing is there";
}

/** What RFC 6902 asks of a place, and the library takes: an entry of a list is one by its number. */
function objection(template: PodTemplate, { op, path }: PodPatchOperation): string | undefined {
  const { parent, key } = Pointer.fromJSON(path).evaluate(template) as {
    readonly parent: unknown;
    readonly key: string;
  };
  if (typeof parent !== "object" || parent === null) return "what it would be in is not there";
  if (!Array.isArray(parent)) return undefined;
  if (op === "add" && key === "-") return undefined;
  const most = op === "add" ? parent.length : parent.length - 1;
  return /^(0|[1-9]\d*)$/.test(key) && Number(key) <= most
    ? undefined
    : `the list there has ${parent.length} ${parent.length === 1 ? "entry" : "entries"}, counted from 0`;
}
