import { WITHHELD, type Problem } from "../../core";
import { SECRET_FIX } from "../../core/shape";

/** What is wrong with a secret that stands where a setting of that name has its value. */
export function secretProblem(name: string): Problem {
  const must = `hold no secret, as one would expect of ${name}`;
  return { property: "", must, got: WITHHELD, fix: SECRET_FIX };
}
