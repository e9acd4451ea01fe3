import { Construct } from "constructs";
import { integerProblems, labelProblems, seconds, vaultPathProblems, type Problem } from "../core";
import { assertProps } from "../core/props";
import { DatabaseSecretBackendRole } from "../core/terraform";
import { actingProblems, defaultSchemaProblems, grantProblems } from "./grant-problems";
import type { CredentialStrategy, Grant, Owner, Replication } from "./grants";
import { replicationProblems } from "./replication-problems";
import { roleNameProblems } from "./role-name";
import { dynamicRoleSchema } from "./schema";
import { credentialStatements } from "./statements";
import { ttlProblems, type CredentialTtl } from "./ttl";

export interface DynamicRoleProps {
  /** Path of the database secrets engine. */
  readonly mountPath: string;
  /** Name of the connection that credentials are made by. */
  readonly connectionName: string;
  /** Name of the role, in Vault and as a group role in PostgreSQL. */
  readonly name: string;
  /** Schema of the grants that name none. */
  readonly schema: string;
  /** What a credential may touch. */
  readonly grants: readonly Grant[];
  /**
   * Role that a credential acts as, instead of holding grants.
   * @default - none
   * @protects from credentials that may read, change and drop all that a role owns
   */
  readonly owner?: Owner;
  /**
   * What a credential streams; the connection's login must have REPLICATION itself, and the server be of 16 or later.
   * @default - nothing
   * @protects from credentials that read every change of the server, whatever they are granted
   */
  readonly replication?: Replication;
  /**
   * Where the privileges live.
   * @default "group"
   * @protects from statements that take longer the more tables there are
   */
  readonly strategy?: CredentialStrategy;
  /** How long a credential lives. */
  readonly ttl: CredentialTtl;
  /**
   * How many sessions one credential may have at a time; a pool that is larger runs into it.
   * @default 20
   * @protects from one pod, or whoever has its credential, that uses up the server's connections
   */
  readonly connectionLimit?: number;
}

/** A role of the database secrets engine: whoever reads its path gets a credential of its own. */
export class DynamicRole extends Construct {
  /** Name of the role. */
  readonly name: string;
  /** The path to read a credential from, for policies and agents. */
  readonly credsPath: string;

  constructor(scope: Construct, id: string, props: DynamicRoleProps) {
    assertProps(scope, id, props, dynamicRoleSchema, dynamicRoleProblems);
    super(scope, id);
    const { mountPath, connectionName, name, schema, grants, owner, replication, ttl } = props;
    const { strategy = "group", connectionLimit = 20 } = props;
    const statements = credentialStatements({
      strategy,
      roleName: name,
      schema,
      grants,
      owner: owner?.role,
      ...(replication && { replication }),
      connectionLimit,
    });

    new DatabaseSecretBackendRole(this, "Resource", {
      backend: mountPath,
      dbName: connectionName,
      name,
      creationStatements: statements.creation,
      revocationStatements: statements.revocation,
      defaultTtl: seconds(ttl.default),
      maxTtl: seconds(ttl.max),
    });
    this.name = name;
    this.credsPath = `${mountPath}/creds/${name}`;
  }
}

/** Everything that is wrong with the props of a role. */
export function dynamicRoleProblems(props: DynamicRoleProps): Problem[] {
  const { mountPath, connectionName, name, schema, grants, owner, replication, ttl } = props;
  const { strategy = "group", connectionLimit = 20 } = props;
  return [
    ...vaultPathProblems("mountPath", mountPath),
    ...labelProblems("connectionName", connectionName),
    ...roleNameProblems("name", name),
    ...defaultSchemaProblems("schema", schema, strategy),
    ...(owner === undefined
      ? grantProblems("grants", grants, strategy, schema)
      : actingProblems("owner", owner, grants, strategy)),
    ...(replication === undefined ? [] : replicationProblems("replication", replication, strategy)),
    ...ttlProblems("ttl", ttl),
    ...integerProblems("connectionLimit", connectionLimit, 1, 1000),
  ];
}
