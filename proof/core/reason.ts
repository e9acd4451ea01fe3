import type { Problem } from "./problem";
import { holdsSecret } from "./secrets";

/** Text that says why an unsafe choice was made; it is printed in reports. */
export function reasonProblems(property: string, reason: string | undefined): Problem[] {
  if (typeof reason === "string" && holdsSecret(reason)) {
    return [{ property, must: "hold no secret", got: reason, fix: "say it without the value itself" }];
  }
  if (typeof reason === "string" && reason.trim().length >= 10) return [];
  return [
    {
      property,
      must: "say in at least ten characters why the unsafe choice is right here",
      got: reason,
      fix: "write the reason down, or take the safe choice",
    },
  ];
}
