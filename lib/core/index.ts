export * from "./duration";
export * from "./endpoints";
export * from "./grouping";
export * from "./names";
export * from "./protection";
export * from "./problem";
export { holdsSecret, isSecretSetting, looksSecret } from "./secrets";
export * from "./validation";
