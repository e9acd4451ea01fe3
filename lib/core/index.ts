export * from "./duration";
export * from "./names";
export * from "./protection";
export * from "./validation";
