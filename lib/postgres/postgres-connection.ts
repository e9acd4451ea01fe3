import { Construct } from "constructs";
import {
  canonicalHost,
  hostProblems,
  integerProblems,
  labelProblems,
  preventDestroy,
  protectionProblems,
  repeated,
  type Problem,
  type Protection,
} from "../core";
import { DatabaseSecretBackendConnection, GenericEndpoint, TerraformVariable } from "../core/terraform";
import { assertProps } from "../core/props";
import { connectionUrl, tlsProblems, type PostgresTls, type ServerAddress } from "./connection-url";
import { catalogNameProblems } from "./name-problems";
import { roleNameProblems } from "./role-name";
import { connectionSchema } from "./schema";
import type { SecretsEngine } from "./secrets-engine";

export interface PostgresConnectionProps {
  /** The mount that the connection belongs to. */
  readonly engine: SecretsEngine;
  /** Name of the connection: lower-case letters, digits and hyphens. */
  readonly name: string;
  /**
   * Host name or IP address of the server, as Vault reaches it. Connections know by it, in any spelling, that
   * they go to one server; of two names that DNS leads to one address nobody knows it.
   */
  readonly host: string;
  /**
   * Port of the server.
   * @default 5432
   * @protects nothing: it is PostgreSQL's own
   */
  readonly port?: number;
  /**
   * The other servers of a group that fails over, such as Patroni's: Vault asks `host` and then these, and takes the one
   * that accepts writes. Pods need one name that leads there: services choose an endpoint.
   * @default - there is one server
   * @protects nothing: whether another server is the same database nobody knows from here
   */
  readonly failover?: readonly ServerAddress[];
  /** Name of the database in PostgreSQL. */
  readonly database: string;
  /**
   * Vault's login, which no other connection may share: Vault rotates its password.
   * @default "vault_admin"
   * @protects from a superuser or an owner as Vault's login
   */
  readonly username?: string;
  /** Encryption of Vault's sessions. */
  readonly tls: PostgresTls;
  /** The database roles that may use the connection, each by its whole name. */
  readonly allowedRoles: readonly string[];
  /**
   * How many sessions Vault keeps in one connection; one lock per connection makes more than a few useless.
   * @default 4
   * @protects from a server whose connections are used up by Vault
   */
  readonly maxOpenConnections?: number;
  /**
   * Raise it after the DBA has set the login's password anew, so that Terraform sends it once more.
   * @default 1
   * @protects from a password that is sent again, and undoes Vault's rotation
   */
  readonly passwordVersion?: number;
  /**
   * Raise it to have Vault rotate the login's password once more.
   * @default 1
   * @protects from a first password that stays: Vault rotates it once in the apply that sets it
   */
  readonly rotation?: number;
  /** Whether Terraform may destroy the connection, without which no lease can be revoked. */
  readonly protection: Protection;
}

/** Vault's connection to one database, by a login whose password only Vault knows. */
export class PostgresConnection extends Construct {
  /** Name of the connection. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: PostgresConnectionProps) {
    assertProps(scope, id, props, connectionSchema, propsProblems, { engine: "needed" });
    super(scope, id);
    this.name = props.name;
    const connection = this.addConnection(props);
    this.addRotation(connection, props);
  }

  private addConnection(props: PostgresConnectionProps): DatabaseSecretBackendConnection {
    const { engine, name, host, port, failover = [], database, tls, allowedRoles, protection } = props;
    const { username = "vault_admin", maxOpenConnections = 4, passwordVersion = 1 } = props;
    return new DatabaseSecretBackendConnection(this, "Resource", {
      backend: engine.path,
      name,
      allowedRoles: [...allowedRoles],
      verifyConnection: true,
      postgresql: {
        connectionUrl: connectionUrl({ servers: [{ host, port }, ...failover], database, tls }),
        tlsCa: tls.mode === "verify-full" ? tls.caCertificate : undefined,
        username,
        usernameTemplate: USERNAME_TEMPLATE,
        passwordWo: this.addPassword(name).stringValue,
        passwordWoVersion: passwordVersion,
        // Vault sends hashes; a password in clear would reach the server's log.
        passwordAuthentication: "scram-sha-256",
        maxOpenConnections,
      },
      lifecycle: { preventDestroy: preventDestroy(protection) },
    });
  }

  /** Ephemeral, so that neither plan nor state knows it; empty, because only the first apply needs it. */
  private addPassword(name: string): TerraformVariable {
    const password = new TerraformVariable(this, "Password", {
      type: "string",
      description: `First password of Vault's login to ${name}; needed when the connection is created or replaced`,
      default: "",
      sensitive: true,
    });
    password.overrideLogicalId(`${name.replaceAll("-", "_")}_password`);
    password.addOverride("ephemeral", true);
    return password;
  }

  /** Once after creation and after each replacement; by the revision also when asked to, never at an edit. */
  private addRotation(connection: DatabaseSecretBackendConnection, props: PostgresConnectionProps): void {
    const { engine, name, rotation = 1 } = props;
    new GenericEndpoint(this, "Rotation", {
      path: `${engine.path}/rotate-root/${name}`,
      dataJson: JSON.stringify({ rev: String(rotation) }),
      disableRead: true,
      disableDelete: true,
      // The path names the connection, but only the connection's existence makes it one.
      dependsOn: [connection],
      // CDKTF renders a construct as `type.name` in `${}`, which Terraform refuses here.
      lifecycle: {
        replaceTriggeredBy: [`${connection.terraformResourceType}.${connection.friendlyUniqueId}.id`],
      },
    });
  }
}

/**
 * Vault's default begins with eight characters of the token's display name, which is `kubernet` for
 * every pod. This one names the role and fits the 63 bytes of PostgreSQL with all of its random part.
 */
const USERNAME_TEMPLATE =
  '{{ printf "v-%s-%s-%s" (.RoleName | truncate 29) (random 20) (unix_time) | truncate 63 }}';

function propsProblems(props: PostgresConnectionProps): Problem[] {
  return [...connectionProblems(props), ...protectionProblems("protection", props.protection)];
}

/** Everything that is wrong with a connection, as far as it is known before its mount exists. */
export function connectionProblems(props: Omit<PostgresConnectionProps, "engine" | "protection">): Problem[] {
  const { name, host, port = 5432, database, username = "vault_admin", tls, allowedRoles } = props;
  const { maxOpenConnections = 4, passwordVersion = 1, rotation = 1 } = props;
  return [
    ...labelProblems("name", name),
    ...hostProblems("host", host),
    ...failoverProblems(props),
    ...integerProblems("port", port, 1, 65_535),
    ...catalogNameProblems("database", database, "database"),
    ...catalogNameProblems("username", username, "role"),
    ...tlsProblems("tls", tls),
    ...allowedRoles.flatMap((role, index) => roleNameProblems(`allowedRoles[${index}]`, role)),
    ...integerProblems("maxOpenConnections", maxOpenConnections, 1, 100),
    ...integerProblems("passwordVersion", passwordVersion, 1, 1_000_000),
    ...integerProblems("rotation", rotation, 1, 1_000_000),
  ];
}

function failoverProblems({
  host,
  port = 5432,
  failover = [],
}: Pick<PostgresConnectionProps, "host" | "port" | "failover">): Problem[] {
  const servers = [{ host, port }, ...failover].map(
    (each) => `${canonicalHost(each.host)}:${each.port ?? 5432}`,
  );
  return [
    ...failover.flatMap((each, index) => [
      ...hostProblems(`failover[${index}].host`, each.host),
      ...integerProblems(`failover[${index}].port`, each.port ?? 5432, 1, 65_535),
    ]),
    ...repeated(servers).map((server) => ({
      property: "failover",
      must: "name each server once, and none that 'host' is",
      got: server,
      fix: "take one of the two out",
    })),
  ];
}
