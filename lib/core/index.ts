export * from "./duration";
export * from "./grouping";
export * from "./names";
export * from "./protection";
export * from "./validation";
