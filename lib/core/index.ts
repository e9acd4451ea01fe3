export * from "./duration";
export * from "./names";
export * from "./protection";
export * from "./problem";
export { holdsSecret, isSecretSetting, looksSecret } from "./secrets";
export * from "./validation";
