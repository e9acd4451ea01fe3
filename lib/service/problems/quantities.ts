import type { Problem } from "../../core";

/** An amount of memory. */
export const MEMORY = /^[1-9]\d*(Ki|Mi|Gi|k|M|G)$/;
/** An amount of storage, of which there may be more. */
export const STORAGE = /^[1-9]\d*(Ki|Mi|Gi|Ti|k|M|G|T)$/;

/** What is wrong with an amount of something. */
export function quantityProblems(
  property: string,
  value: string,
  pattern: RegExp,
  example: string,
): Problem[] {
  if (pattern.test(value)) return [];
  return [
    { property, must: "be an amount as Kubernetes writes it", got: value, fix: `write it like ${example}` },
  ];
}
