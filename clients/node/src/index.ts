export type { Ca } from "./ca-file";
export { ContractError, databaseContract } from "./contract";
export type {
  Contract,
  CredentialsFormat,
  DatabaseContract,
  DatabaseOfService,
  Endpoint,
  SslMode,
} from "./contract";
export { CredentialsError, readCredentials } from "./credentials-file";
export type { Credentials, CredentialsParser } from "./credentials-file";
export { CredentialsWatch } from "./credentials-watch";
export type { CredentialsSource, Generation } from "./credentials-watch";
export type { Listening, NotificationHandler } from "./listening";
export { handlers } from "./handlers";
export type { Asked, Handler, Handlers } from "./handlers";
export type { Logger } from "./logged";
export { observe, prometheusText } from "./metrics";
export type { Measured, Meter, Metric, MetricValue, Observable } from "./metrics";
export { Pool } from "./pool";
export type { ConnectOptions, Drained, Health } from "./pool";
export type { RotatingPoolConfig } from "./options";
export type { Hooks, Overstay, Rotation, RotationStatus } from "./rotation";
