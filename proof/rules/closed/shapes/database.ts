import { resource } from "../resource";
import {
  block,
  list,
  only,
  optional,
  record,
  text,
  textLike,
  textThat,
  whole,
  type Shape,
  some,
} from "../shape";
import { certificate, fromVariable, vaultName, vaultPath } from "./common";
import { usernameObjection } from "./username-template";

/** A mount of the database secrets engine. */
export const mount: Shape = resource({
  type: only("database"),
  path: vaultPath,
  description: text,
  default_lease_ttl_seconds: whole(1),
  max_lease_ttl_seconds: whole(1),
  // The name ties a session of PostgreSQL to the pod that asked for it; any other key of it is the password.
  audit_non_hmac_response_keys: list(only("username")),
});

const URL_PARAMETERS =
  "be postgresql://{{username}}:{{password}}@HOST:PORT/DATABASE?sslmode=MODE, and where several hosts stand in it " +
  "target_session_attrs=read-write behind: other parameters decide which server takes the statements, and as whom";

const SERVER = String.raw`(\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}`;
const TARGET = String.raw`\/[^\s/?#&]+\?sslmode=(verify-full|require|disable)`;
const URL = new RegExp(
  String.raw`^postgresql:\/\/\{\{username\}\}:\{\{password\}\}@(${SERVER}${TARGET}|${SERVER}(,${SERVER})+${TARGET}&target_session_attrs=read-write)$`,
);

/** A connection to PostgreSQL (Vault, API documentation of the plugin). */
export const connection: Shape = resource({
  backend: vaultPath,
  name: vaultName,
  // Empty where no service has a credential yet.
  allowed_roles: some(vaultName),
  verify_connection: only(true),
  postgresql: block({
    connection_url: textLike(URL, URL_PARAMETERS),
    username: text,
    username_template: textThat(usernameObjection),
    password_wo: fromVariable,
    // With 0 the provider never sends the password.
    password_wo_version: whole(1),
    // A password in clear would reach the server's log.
    password_authentication: only("scram-sha-256"),
    // One lock per connection: more sessions wait, and take the server's.
    max_open_connections: whole(1, 100),
    tls_ca: optional(certificate),
  }),
});

const statements = list(text);

/** A dynamic role; what its statements do is read by other rules. */
export const databaseRole: Shape = resource({
  backend: vaultPath,
  db_name: vaultName,
  name: vaultName,
  default_ttl: whole(1),
  max_ttl: whole(1),
  creation_statements: statements,
  revocation_statements: statements,
  renew_statements: optional(statements),
  credential_type: optional(only("password")),
  credential_config: optional(record(text).refine((value) => Object.keys(value as object).length === 0)),
});
