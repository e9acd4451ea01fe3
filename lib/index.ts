/** The public surface. */
export * from "./auth";
export * from "./core";
export type * from "./environment/cluster";
export type * from "./environment/environment";
export { relaxed, strict, type Guardrails } from "./environment/guardrails";
export type * from "./environment/guarantees";
export type * from "./environment/state-backend";
export type { Waiver } from "@leasehold/proof/rules";
export type { PeopleAccess, PeopleDeclaration, PeopleLogin } from "./people";
export * from "./postgres";
export * from "./service";
export { defineEnvironment } from "./stacks";
export { synthesize, type Synthesis } from "./synth/synthesize";
export * from "./vault";
