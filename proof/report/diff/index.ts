export type { Change, Direction } from "./change";
export * from "./diff";
export type { PromiseVerdict } from "./promises";
export * from "./render";
