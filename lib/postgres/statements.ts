import {
  isColumnGrant,
  isDatabaseGrant,
  isFunctionGrant,
  isOwnerGrant,
  isSequenceGrant,
  isTableGrant,
  privilegesIn,
  type ColumnGrant,
  type CredentialStrategy,
  type FunctionGrant,
  type Grant,
  type Replication,
  type SequenceGrant,
  type TableGrant,
} from "./grants";
import { doBlock, quoteIdentifier, quoteLiteral, quoteQualified } from "./identifiers";
import { SEQUENCES_OF_TABLES } from "./sequences";
import { quoteSignature, readSignature } from "./signatures";

export interface CredentialStatementsProps {
  /** Where the privileges live. */
  readonly strategy: CredentialStrategy;
  /** The group role that a credential of the strategy `group` is a member of. */
  readonly roleName: string;
  /** Schema of the grants that name none. */
  readonly schema: string;
  /** What a credential of the strategy `direct` gets; `group` leaves it to the bootstrap SQL. */
  readonly grants: readonly Grant[];
  /**
   * Name of the role that a credential acts as, instead of holding grants of its own.
   * @default - none
   */
  readonly owner?: string;
  /**
   * What a credential streams, by an attribute that Vault's login needs as well.
   * @default - nothing
   */
  readonly replication?: Replication;
  /** How many sessions one credential may have at a time. */
  readonly connectionLimit: number;
}

/** What makes a credential and what takes it away, made for each other. */
export interface CredentialStatements {
  readonly creation: string[];
  readonly revocation: string[];
}

/**
 * The statements of a database role, as Vault's templates. Each element is one statement, because
 * Vault splits elements at `;`, and runs each list in one transaction. Vault retries a revocation, so
 * it has to succeed where it has succeeded before.
 */
export function credentialStatements(props: CredentialStatementsProps): CredentialStatements {
  return props.strategy === "direct" ? directStatements(props) : groupStatements(props);
}

const CREATE_ROLE = `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`;
const DROP_ROLE = `DROP ROLE IF EXISTS "{{name}}";`;

/** Memberships go with the role: beside its sessions there is nothing to undo before it is dropped. */
function groupStatements(props: CredentialStatementsProps): CredentialStatements {
  const creation = [createMember(props)];
  if (props.owner !== undefined)
    creation.push(`ALTER ROLE "{{name}}" SET role TO ${quoteLiteral(props.owner)};`);
  return { creation, revocation: endMember() };
}

function createMember({ roleName, connectionLimit, replication }: CredentialStatementsProps): string {
  const attribute = replication === undefined ? "" : " REPLICATION";
  return `${CREATE_ROLE}${attribute} CONNECTION LIMIT ${connectionLimit} IN ROLE ${quoteIdentifier(roleName)};`;
}

/**
 * A session that has become the group or the owner (SET ROLE) stays it after its user is dropped, and one that logs
 * in between the last look and the commit would: so the user may no longer log in, and that is committed, before its
 * sessions are ended. Vault sends the statements in one transaction; the second one ends it and begins another.
 */
function endMember(): string[] {
  return [
    ifRoleExists('    ALTER ROLE "{{name}}" NOLOGIN;'),
    "COMMIT; BEGIN;",
    ifRoleExists(`${WAIT_FOR_LOGINS}${endSessionsAs("pg_signal_backend")}`),
    DROP_ROLE,
  ];
}

/**
 * Vault revokes by the statements that its role has now, and the credential may be older than these.
 * So the revocation asks the catalogs what the credential holds and does not repeat the grants.
 */
function directStatements(props: CredentialStatementsProps): CredentialStatements {
  const grants = props.grants
    .filter((grant): grant is ExplicitGrant => !isOwnerGrant(grant) && !isDatabaseGrant(grant))
    .map((grant) => ({ ...grant, schema: grant.schema ?? props.schema }));
  const schemas = [...new Set(grants.map(({ schema }) => schema))];
  const numbered = grants
    .filter((grant): grant is QualifiedGrant & (TableGrant | ColumnGrant) => isTableGrant(grant))
    .filter((grant) => privilegesIn(grant).includes("INSERT"));
  return {
    creation: [
      `${CREATE_ROLE} CONNECTION LIMIT ${props.connectionLimit};`,
      ...schemas.map((schema) => `GRANT USAGE ON SCHEMA ${quoteIdentifier(schema)} TO "{{name}}";`),
      ...grants.map(grantStatement),
      ...(numbered.length > 0
        ? [grantSequences(numbered.flatMap(({ schema, tables }) => qualified(schema, tables)))]
        : []),
    ],
    revocation: [ifRoleExists(`${ACT_FOR_CREDENTIAL}${endSessionsAs('"{{name}}"')}${REVOKE_ALL}`), DROP_ROLE],
  };
}

type ExplicitGrant = TableGrant | ColumnGrant | SequenceGrant | FunctionGrant;
type QualifiedGrant = ExplicitGrant & { readonly schema: string };

function qualified(schema: string, names: readonly string[]): string[] {
  return names.map((name) => quoteQualified(schema, name));
}

function grantStatement(grant: QualifiedGrant): string {
  const columns = isColumnGrant(grant) ? ` (${grant.columns.map(quoteIdentifier).join(", ")})` : "";
  const privileges = grant.privileges.map((privilege) => `${privilege}${columns}`).join(", ");
  return `GRANT ${privileges} ON ${objectsOf(grant)} TO "{{name}}";`;
}

function objectsOf(grant: QualifiedGrant): string {
  const { schema } = grant;
  if (isSequenceGrant(grant)) return `SEQUENCE ${qualified(schema, grant.sequences).join(", ")}`;
  if (isFunctionGrant(grant))
    return `ROUTINE ${grant.functions.map((each) => routine(each, schema)).join(", ")}`;
  return `TABLE ${qualified(schema, grant.tables).join(", ")}`;
}

/** A function or a procedure; which it is, nobody has to say. */
function routine(written: string, schema: string): string {
  const signature = readSignature(written, schema);
  if (signature === undefined) throw new Error(`${written} is no function with the types of its arguments`);
  return quoteSignature(schema, signature);
}

function grantSequences(tables: readonly string[]): string {
  const tableIds = tables.map((table) => `${quoteLiteral(table)}::pg_catalog.regclass`);
  return doBlock(`DECLARE
  number_source pg_catalog.regclass;
BEGIN
  FOR number_source IN
    SELECT used.sequence_id FROM (
    ${SEQUENCES_OF_TABLES}
    ) AS used WHERE used.table_id IN (${tableIds.join(", ")})
  LOOP
    EXECUTE pg_catalog.format('GRANT USAGE ON SEQUENCE %s TO "{{name}}"', number_source);
  END LOOP;`);
}

function ifRoleExists(body: string): string {
  return doBlock(`BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{{name}}') THEN
${body}
  END IF;`);
}

/**
 * Waits for those who were logging in when the login was refused. A backend asks whether its user may log in some
 * moments before it shows whose it is: it holds a transaction by then, and neither user nor database (InitPostgres
 * in postinit.c, 15 to 18). The work between takes milliseconds; somebody who only hesitates with a password is asked
 * after that, and waited for no longer than a second.
 */
const WAIT_FOR_LOGINS = `    DECLARE
      starting CONSTANT integer[] := ARRAY(SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'virtualxid');
    BEGIN
      FOR attempt IN 1..100 LOOP
        EXIT WHEN NOT EXISTS (
          SELECT FROM pg_catalog.pg_locks AS held LEFT JOIN pg_catalog.pg_stat_activity AS shown USING (pid)
          WHERE held.locktype = 'virtualxid' AND held.pid = ANY (starting) AND held.pid <> pg_catalog.pg_backend_pid()
            AND shown.usesysid IS NULL AND shown.datid IS NULL);
        PERFORM pg_catalog.pg_sleep(0.01), pg_catalog.pg_stat_clear_snapshot();
      END LOOP;
    END;
`;

/**
 * Ends the credential's sessions and waits up to five seconds until they are gone: a session that is
 * still dying may own temporary tables, and the owner of anything cannot be dropped. SET ROLE makes
 * the membership work for a login that inherits nothing.
 */
function endSessionsAs(role: string): string {
  return `    SET LOCAL ROLE ${role};
    FOR attempt IN 1..500 LOOP
      PERFORM pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = '{{name}}';
      EXIT WHEN NOT FOUND;
      PERFORM pg_catalog.pg_sleep(0.01), pg_catalog.pg_stat_clear_snapshot();
    END LOOP;
    RESET ROLE;`;
}

/** Without bootstrap SQL nobody has made Vault's login a member of pg_signal_backend. */
const ACT_FOR_CREDENTIAL = `    GRANT "{{name}}" TO CURRENT_USER;
`;

/** Privilege by privilege: REVOKE ALL fails where Vault's login may not hand on all of them. */
const REVOKE_ALL = `
    DECLARE
      revoke_statement text;
      credential CONSTANT pg_catalog.regrole := '"{{name}}"';
    BEGIN
      FOR revoke_statement IN
        SELECT pg_catalog.format('REVOKE %s ON %s %s FROM %s', privilege_type,
          CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, pg_class.oid::pg_catalog.regclass, credential)
        FROM pg_catalog.pg_class, pg_catalog.aclexplode(relacl) WHERE grantee = credential
        UNION ALL
        SELECT pg_catalog.format('REVOKE %s (%I) ON TABLE %s FROM %s', privilege_type,
          attname, attrelid::pg_catalog.regclass, credential)
        FROM pg_catalog.pg_attribute, pg_catalog.aclexplode(attacl) WHERE grantee = credential AND NOT attisdropped
        UNION ALL
        SELECT pg_catalog.format('REVOKE %s ON SCHEMA %I FROM %s', privilege_type, nspname, credential)
        FROM pg_catalog.pg_namespace, pg_catalog.aclexplode(nspacl) WHERE grantee = credential
        UNION ALL
        SELECT pg_catalog.format('REVOKE %s ON ROUTINE %s FROM %s', privilege_type, pg_proc.oid::pg_catalog.regprocedure, credential)
        FROM pg_catalog.pg_proc, pg_catalog.aclexplode(proacl) WHERE grantee = credential
      LOOP
        EXECUTE revoke_statement;
      END LOOP;
    END;`;
