export * from "./duration";
export * from "./endpoints";
export * from "./grouping";
export * from "./names";
export * from "./protection";
export * from "./validation";
