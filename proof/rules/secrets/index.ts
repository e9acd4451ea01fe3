import { configMap } from "./config-map";
import { dataSource } from "./data-source";
import { genericEndpoint } from "./generic-endpoint";
import { kubernetesSecret } from "./kubernetes-secret";
import { literal } from "./literal";
import { loggedInClear } from "./logged-in-clear";
import { output } from "./output";
import { passwordInState } from "./password-in-state";
import { remoteState } from "./remote-state";
import { staticDatabasePassword } from "./static-database-password";
import { variableNotEphemeral } from "./variable-not-ephemeral";
import type { Rule } from "../rule";

/** The rules about secrets. */
export const secretsRules: readonly Rule[] = [
  configMap,
  dataSource,
  genericEndpoint,
  kubernetesSecret,
  literal,
  loggedInClear,
  output,
  passwordInState,
  remoteState,
  staticDatabasePassword,
  variableNotEphemeral,
];
