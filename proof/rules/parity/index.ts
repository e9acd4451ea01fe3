import { format } from "./format";
import { grants } from "./grants";
import { injection } from "./injection";
import { missing } from "./missing";
import type { Rule } from "../rule";

/** The rules about parity. */
export const parityRules: readonly Rule[] = [format, grants, injection, missing];
