export type { Findings } from "./found";
export * from "./github";
export * from "./json";
export * from "./sarif";
export * from "./text";
