export { ContractError, databaseContract } from "./contract";
export type { Contract, CredentialsFormat, DatabaseContract, DatabaseOfService, SslMode } from "./contract";
export { CredentialsError, readCredentials } from "./credentials-file";
export type { Credentials, CredentialsParser } from "./credentials-file";
export { CredentialsWatch } from "./credentials-watch";
export type { CredentialsSource, Generation } from "./credentials-watch";
export { Pool } from "./pool";
export type { Drained, Health, RotatingPoolConfig } from "./pool";
export type { Hooks, Overstay, Rotation, RotationStatus } from "./rotation";
