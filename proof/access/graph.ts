import type { Autoscaler } from "./kubernetes/autoscaler";
import type { CredentialUse } from "./kubernetes/injection";
import type { HelmRelease } from "./helm";
import type { MadeSecret } from "./kubernetes/operators";
import type { ConfigMap, KubernetesSecret, ServiceAccount, Workload } from "./kubernetes/workload";
import type { NotJudged } from "./not-judged";
import type { Origin } from "./origin";
import type { PolicyRule } from "./policy";
import type { Bootstrap, RoleGrants, SqlRoles, StatementAnalysis } from "./sql";
import type { TerraformConfiguration } from "./terraform/configuration";
import type { Known } from "./value";

/** Everything that takes part in reaching a table, as one configuration says it. */
export interface AccessGraph {
  readonly workloads: readonly Workload[];
  readonly autoscalers: readonly Autoscaler[];
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly secrets: readonly KubernetesSecret[];
  /** Secrets that operators keep up to date. */
  readonly madeSecrets: readonly MadeSecret[];
  readonly configMaps: readonly ConfigMap[];
  readonly authMethods: readonly AuthMethod[];
  readonly authConfigurations: readonly AuthConfiguration[];
  readonly authRoles: readonly AuthRole[];
  readonly policies: readonly Policy[];
  readonly identityGroups: readonly IdentityGroup[];
  readonly identityGroupAliases: readonly IdentityAlias[];
  readonly identityEntities: readonly IdentityEntity[];
  readonly identityEntityAliases: readonly IdentityAlias[];
  readonly authAccessors: readonly AuthAccessor[];
  readonly mounts: readonly Mount[];
  readonly connections: readonly Connection[];
  /** Connections to other databases than PostgreSQL; nothing but their names is judged. */
  readonly foreignConnections: readonly Pick<Connection, "origin" | "mount" | "name">[];
  readonly databaseRoles: readonly DatabaseRole[];
  readonly staticRoles: readonly StaticRole[];
  readonly auditDevices: readonly AuditDevice[];
  readonly rateLimits: readonly RateLimit[];
  readonly helmReleases: readonly HelmRelease[];
  /** What SQL files give to PostgreSQL's roles, as it is written there. */
  readonly roleGrants: readonly RoleGrants[];
  /** What all statements of the SQL files come to: who holds what, is a member of whom, and owns what. */
  readonly sqlRoles: SqlRoles;
  /** Those of the SQL files that leasehold has written for a database. */
  readonly bootstraps: readonly Bootstrap[];
  /** One per credentials file that a pod asks for, resolved as far as the chain goes. */
  readonly chains: readonly Chain[];
  /** One per group of Vault's identities by which people read credentials. */
  readonly people: readonly People[];
  /** Values that the chain needs and that are not known before apply. */
  readonly unknowns: readonly UnknownValue[];
  /** What was seen and is judged by no rule. */
  readonly notJudged: readonly NotJudged[];
  /** Arguments of Vault's resources that no reader has read. A closed world finds them itself. */
  readonly unread: readonly NotJudged[];
  /** All resources, for rules that read arguments of any of them. */
  readonly terraform: TerraformConfiguration;
}

/** A graph before its nodes are joined. */
export type Nodes = Omit<AccessGraph, "chains" | "people" | "unknowns" | "notJudged" | "unread">;

/** The way of one pod to one database. What is missing on the way is absent. */
export interface Chain {
  readonly workload: Workload;
  readonly use: CredentialUse;
  readonly serviceAccount?: ServiceAccount;
  readonly authRole?: AuthRole;
  /** The policies that the auth role carries and that are there. */
  readonly policies: readonly Policy[];
  /** Whether these let the path be read; nothing where a policy is not known. */
  readonly allowed: boolean | undefined;
  readonly mount?: Mount;
  readonly databaseRole?: DatabaseRole;
  readonly connection?: Connection;
  /** What the SQL files give to the roles that the credential is a member of, and to those that these are. */
  readonly grants: readonly RoleGrants[];
}

/** The way of people to their databases. What is missing on the way is absent. */
export interface People {
  readonly group: IdentityGroup;
  readonly logins: readonly PeopleLogin[];
  /** The policies that the group carries and that are there. */
  readonly policies: readonly Policy[];
  /** The database roles that these open. */
  readonly accesses: readonly {
    readonly databaseRole: DatabaseRole;
    readonly connection: Connection | undefined;
  }[];
}

/** A name by which an auth method leads to people. */
export interface PeopleLogin {
  readonly kind: "group" | "user";
  readonly alias: IdentityAlias;
  readonly name: Known<string>;
  /** Path of the auth method, without `auth/`. */
  readonly mount: Known<string>;
}

/** A value that a rule would need. */
export interface UnknownValue {
  readonly at: Origin;
  /** Argument of the resource, such as `bound_service_account_names`. */
  readonly argument: string;
  /** What stands there. */
  readonly expression: string;
}

/** A mounted secrets engine for databases. */
export interface Mount {
  readonly origin: Origin;
  /** Without a slash at either end. */
  readonly path: Known<string>;
  /** In seconds; absent: the server's 768 h. */
  readonly defaultLeaseTtl: Known<number>;
  /** In seconds; absent: the server's 768 h. */
  readonly maxLeaseTtl: Known<number>;
  /** Keys of answers and requests whose values the audit log has as they are; absent: none. */
  readonly loggedInClear: Known<readonly Known<string>[]>;
  /** Whether Terraform refuses to destroy it. */
  readonly preventDestroy: boolean;
}

/** How Vault reaches a PostgreSQL. */
export interface Connection {
  readonly origin: Origin;
  /** Path of the mount. */
  readonly mount: Known<string>;
  readonly name: Known<string>;
  /** What people call the database: the name, or where several connections lead to one database that of the first. */
  readonly database: Known<string>;
  /** Names of roles, or globs; absent or empty: none. */
  readonly allowedRoles: Known<readonly Known<string>[]>;
  readonly url: Known<string>;
  readonly username: Known<string>;
  /** Which arguments give the login's password. */
  readonly passwordArguments: readonly ("password" | "password_wo" | "data" | "connection_url")[];
  readonly passwordVersion: Known<number>;
  readonly passwordAuthentication: Known<string>;
  /** `gcp_iam`: the login has no password, and the connector makes TLS; absent: a password. */
  readonly authType: Known<string>;
  readonly verifyConnection: Known<boolean>;
  /** Inline PEM. */
  readonly caCertificate: Known<string>;
  /** Connections that Vault itself opens; absent: the provider's 2. */
  readonly maxOpenConnections: Known<number>;
  readonly usernameTemplate: Known<string>;
  readonly preventDestroy: boolean;
  /** Whether something in the configuration rotates the login's password. */
  readonly rotated: boolean;
}

/** A dynamic role of the database secrets engine. */
export interface DatabaseRole {
  readonly origin: Origin;
  readonly mount: Known<string>;
  readonly name: Known<string>;
  /** Name of the connection. */
  readonly connection: Known<string>;
  /** What people call the database of the connection. */
  readonly database: Known<string>;
  /** In seconds; absent: the mount's. */
  readonly defaultTtl: Known<number>;
  /** In seconds; absent: the mount's. */
  readonly maxTtl: Known<number>;
  readonly creation: Known<readonly Known<string>[]>;
  readonly revocation: Known<readonly Known<string>[]>;
  readonly renewal: Known<readonly Known<string>[]>;
  /** Absent where a statement is not known. */
  readonly statements: StatementAnalysis | undefined;
}

/** A role whose user stays and whose password Vault changes. */
export interface StaticRole {
  readonly origin: Origin;
  readonly mount: Known<string>;
  readonly name: Known<string>;
  readonly connection: Known<string>;
  /** The user in PostgreSQL. */
  readonly username: Known<string>;
}

/** A mounted Kubernetes auth method. */
export interface AuthMethod {
  readonly origin: Origin;
  /** Without `auth/` and without a slash at either end. */
  readonly path: Known<string>;
  /** What people read about it. */
  readonly description: Known<string>;
}

/** How an auth method reaches its cluster. */
export interface AuthConfiguration {
  readonly origin: Origin;
  readonly authPath: Known<string>;
  readonly host: Known<string>;
  readonly caCertificate: Known<string>;
  /** Whether the token of a reviewer stands in the configuration. */
  readonly reviewerToken: boolean;
  readonly disableLocalCaJwt: Known<boolean>;
  readonly disableIssuerValidation: Known<boolean>;
}

/** Who may log in by a Kubernetes auth method, and with which policies. */
export interface AuthRole {
  readonly origin: Origin;
  readonly authPath: Known<string>;
  /** In lower case, as Vault keeps it. */
  readonly name: Known<string>;
  readonly serviceAccounts: Known<readonly Known<string>[]>;
  readonly namespaces: Known<readonly Known<string>[]>;
  readonly namespaceSelector: Known<string>;
  readonly audience: Known<string>;
  readonly policies: Known<readonly Known<string>[]>;
  /** In seconds. */
  readonly tokenTtl: Known<number>;
  /** In seconds. */
  readonly tokenMaxTtl: Known<number>;
  /** In seconds. */
  readonly tokenExplicitMaxTtl: Known<number>;
  /** In seconds. */
  readonly tokenPeriod: Known<number>;
  readonly tokenNoDefaultPolicy: Known<boolean>;
  readonly tokenType: Known<string>;
}

/** A group of Vault's identities. */
export interface IdentityGroup {
  readonly origin: Origin;
  readonly name: Known<string>;
  /** `external`: an auth method says who is in it; absent: `internal`. */
  readonly type: Known<string>;
  /** In lower case, as Vault keeps them. */
  readonly policies: Known<readonly Known<string>[]>;
  /** Ids of entities. */
  readonly members: Known<readonly Known<string>[]>;
  /** Ids of groups. */
  readonly memberGroups: Known<readonly Known<string>[]>;
  readonly metadata: Readonly<Record<string, Known<string>>>;
}

/** Somebody whom Vault knows, by whatever auth method. */
export interface IdentityEntity {
  readonly origin: Origin;
  readonly name: Known<string>;
  readonly policies: Known<readonly Known<string>[]>;
  readonly disabled: Known<boolean>;
}

/** By which name an auth method knows a group or an entity. */
export interface IdentityAlias {
  readonly origin: Origin;
  readonly name: Known<string>;
  /** Accessor of the auth method. */
  readonly accessor: Known<string>;
  /** Id of the group or the entity. */
  readonly of: Known<string>;
}

/** An auth method that is looked up. */
export interface AuthAccessor {
  readonly origin: Origin;
  /** Without `auth/` and without a slash at either end. */
  readonly path: Known<string>;
}

export interface Policy {
  readonly origin: Origin;
  readonly name: Known<string>;
  /** Nothing where the text is not known. */
  readonly rules: readonly PolicyRule[] | undefined;
}

export interface AuditDevice {
  readonly origin: Origin;
  readonly type: Known<string>;
  readonly options: Readonly<Record<string, Known<string>>>;
}

export interface RateLimit {
  readonly origin: Origin;
  readonly path: Known<string>;
  /** Requests per interval. */
  readonly rate: Known<number>;
  /** In seconds; absent: 1. */
  readonly interval: Known<number>;
}
