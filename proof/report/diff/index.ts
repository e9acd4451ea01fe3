export type { Change, Direction } from "./change";
export * from "./diff";
export * from "./render";
