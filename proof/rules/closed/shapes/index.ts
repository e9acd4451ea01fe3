import type { Shape } from "../shape";
import { authBackend, authConfiguration, authRole } from "./auth";
import { connection, databaseRole, mount } from "./database";
import {
  authAccessor,
  identityEntity,
  identityEntityAlias,
  identityGroup,
  identityGroupAlias,
} from "./identity";
import { helmRelease } from "./helm";
import { KUBERNETES } from "./kubernetes";
import { audit, policy, quotaConfig, rateLimit, rotation } from "./server";

/** What the proof understands, by the type of the resource. */
export const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ["helm_release", helmRelease],
  ...KUBERNETES,
  ["vault_audit", audit],
  ["vault_auth_backend", authBackend],
  ["vault_database_secret_backend_connection", connection],
  ["vault_database_secret_backend_role", databaseRole],
  ["vault_generic_endpoint", rotation],
  ["vault_identity_entity", identityEntity],
  ["vault_identity_entity_alias", identityEntityAlias],
  ["vault_identity_group", identityGroup],
  ["vault_identity_group_alias", identityGroupAlias],
  ["vault_kubernetes_auth_backend_config", authConfiguration],
  ["vault_kubernetes_auth_backend_role", authRole],
  ["vault_mount", mount],
  ["vault_policy", policy],
  ["vault_quota_config", quotaConfig],
  ["vault_quota_rate_limit", rateLimit],
]);

/** What is understood of what is there already, and is looked up. */
export const DATA: ReadonlyMap<string, Shape> = new Map([["vault_auth_backend", authAccessor]]);

export { NOT_PLAIN } from "../resource";
export { contractShape } from "../contract-shape";
export { chartValues } from "./chart-values";
export { serverConfig } from "./server-config";
export { askedVariable, ephemeralVariable, keptVariable, PROVIDERS, settings } from "./terraform";
