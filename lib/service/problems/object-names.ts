import type { Problem } from "../../core";

/** What is wrong with the name of an object that somebody else has made, or that goes by another rule than ours. */
export function objectNameProblems(property: string, name: string): Problem[] {
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) && name.length <= 253) return [];
  const must = "be the name of a Kubernetes object: 1 to 253 lower-case letters, digits, hyphens and dots";
  return [{ property, must, got: name, fix: "write the object's name, as kubectl shows it" }];
}
