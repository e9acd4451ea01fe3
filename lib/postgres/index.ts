export { renderBootstrapSql } from "./bootstrap";
export type { BootstrapInput, BootstrapRole, Pooler, PostgresVersion } from "./bootstrap-input";
export type { PostgresTls } from "./connection-url";
export { DynamicRole, dynamicRoleProblems } from "./dynamic-role";
export type { DynamicRoleProps } from "./dynamic-role";
export { actingProblems, grantProblems } from "./grant-problems";
export type {
  ColumnGrant,
  ColumnPrivilege,
  CredentialStrategy,
  DatabaseGrant,
  DatabasePrivilege,
  FunctionGrant,
  FunctionPrivilege,
  Grant,
  LiteralNames,
  Owner,
  OwnerGrant,
  Replication,
  SequenceGrant,
  SequencePrivilege,
  TableGrant,
  TablePrivilege,
} from "./grants";
export {
  isColumnGrant,
  isDatabaseGrant,
  isFunctionGrant,
  isOwnerGrant,
  isSequenceGrant,
  isTableGrant,
  privilegesIn,
} from "./grants";
export { quoteIdentifier, quoteLiteral } from "./identifiers";
export { catalogNameProblems, schemaNameProblems } from "./name-problems";
export { connectionOf, connectionsOf, MOST_CONNECTIONS } from "./connections";
export type { DatabaseConnection } from "./connections";
export { connectionProblems, PostgresConnection } from "./postgres-connection";
export type { PostgresConnectionProps } from "./postgres-connection";
export { replicationProblems } from "./replication-problems";
export { retirementSteps } from "./retirement";
export type { RetirementInput, RetirementStep } from "./retirement";
export { databaseRoleName, databaseRoleNameProblems } from "./role-name";
export { SecretsEngine, secretsEngineProblems } from "./secrets-engine";
export type { SecretsEngineProps } from "./secrets-engine";
export { credentialStatements } from "./statements";
export type { CredentialStatements, CredentialStatementsProps } from "./statements";
export { ttlProblems } from "./ttl";
export type { CredentialTtl } from "./ttl";
export { renderVerificationSql, VERIFICATION_KINDS } from "./verification";
export type { VerificationKind } from "./verification";
export * from "./schema";
