export * from "./duration";
export * from "./endpoints";
export * from "./grouping";
export * from "./names";
export * from "./protection";
export * from "./problem";
export {
  hideSecrets,
  holdsSecret,
  isSecretName,
  isSecretSetting,
  isWrittenDown,
  looksSecret,
  secretKind,
  type SecretKind,
} from "./secrets";
export * from "./validation";
