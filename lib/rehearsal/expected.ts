import {
  isColumnGrant,
  isDatabaseGrant,
  isFunctionGrant,
  isOwnerGrant,
  isSequenceGrant,
  type BootstrapInput,
  type BootstrapRole,
} from "../postgres";
import { ADMINISTRATOR, signaturesOf, type SceneTable } from "./scene";

/** What a service may do with the objects that its grants are on, in the words of the facts. */
export function privilegesOf(
  { grants }: BootstrapRole,
  tables: readonly SceneTable[],
  { schema: defaultSchema, databaseName }: Pick<BootstrapInput, "schema" | "databaseName">,
): string[] {
  const held = grants.flatMap((grant) => {
    if (isDatabaseGrant(grant)) return grant.database.map((each) => `${each} ON DATABASE ${databaseName}`);
    const { schema = defaultSchema } = grant;
    const named = (objects: readonly string[]) => [
      `USAGE ON SCHEMA ${schema}`,
      ...objects.flatMap((object) => grant.privileges.map((privilege) => `${privilege} ON ${object}`)),
    ];
    if (isSequenceGrant(grant)) return named(grant.sequences.map((name) => `SEQUENCE ${schema}.${name}`));
    if (isFunctionGrant(grant))
      return named(signaturesOf(grant, schema).map(({ text }) => `FUNCTION ${schema}.${text}`));
    const meant = tables.filter(
      (table) =>
        table.schema === schema &&
        (isOwnerGrant(grant) ? table.owner === grant.allTablesOwnedBy : grant.tables.includes(table.name)),
    );
    const ways = isColumnGrant(grant) ? grant.columns.map((column) => ` (${column})`) : [""];
    return [
      `USAGE ON SCHEMA ${schema}`,
      ...meant.flatMap(({ name, sequence }) =>
        grant.privileges.flatMap((privilege) => [
          ...ways.map((way) => `${privilege}${way} ON TABLE ${schema}.${name}`),
          ...(privilege === "INSERT" ? [`USAGE ON SEQUENCE ${schema}.${sequence}`] : []),
        ]),
      ),
    ];
  });
  return [...new Set(held)];
}

/** What a role may do with what an owner creates later. */
function laterPrivilegesOf({ grants }: BootstrapRole, defaultSchema: string): string[] {
  return grants.filter(isOwnerGrant).flatMap(({ schema = defaultSchema, allTablesOwnedBy, privileges }) =>
    privileges.flatMap((privilege) => {
      const place = `that ${allTablesOwnedBy} creates in ${schema}`;
      return [
        `${privilege} ON TABLES ${place}`,
        ...(privilege === "INSERT" ? [`USAGE ON SEQUENCES ${place}`] : []),
      ];
    }),
  );
}

/** What is so after the bootstrap SQL, and was not before. */
export function gainedByBootstrap(input: BootstrapInput, tables: readonly SceneTable[]): string[] {
  const { environment, connection, databaseName: database, login, schema, roles } = input;
  const { furtherLogins = [], staticUsers = [], poolers = [] } = input;
  const logins = [login, ...furtherLogins];
  const mark = JSON.stringify({ environment, connection, database });
  const replicates = roles.some(({ replication }) => replication !== undefined);
  const gained = [
    ...logins.flatMap((each, index) => [
      `role ${each}: LOGIN CREATEROLE ${replicates ? "REPLICATION " : ""}NOINHERIT`,
      `comment on ${each}: leasehold: login of Vault ${mark}`,
      `settings of ${each}: {createrole_self_grant=}`,
      `${ADMINISTRATOR} is a member of ${each}: ADMIN`,
      `${each} is a member of pg_signal_backend: SET`,
      `${each} may CONNECT ON DATABASE ${database}`,
      // It ends what the one before has created, and neither inherits from it nor becomes it.
      ...(index === 0 ? [] : [`${each} is a member of ${logins[index - 1]}: `]),
    ]),
    ...staticUsers.flatMap((user) => ofEverybody(database).map((right) => `${user} may ${right}`)),
    ...poolers.flatMap((pooler) => [
      `role ${pooler.login}: LOGIN NOINHERIT`,
      `${ADMINISTRATOR} is a member of ${pooler.login}: ADMIN`,
      `${pooler.login} may CONNECT ON DATABASE ${database}`,
      `SCHEMA leasehold_${pooler.login} belongs to ${ADMINISTRATOR}`,
      `${pooler.login} may USAGE ON SCHEMA leasehold_${pooler.login}`,
      `FUNCTION leasehold_${pooler.login}.user_lookup(text) belongs to ${ADMINISTRATOR}`,
      `${pooler.login} may EXECUTE ON FUNCTION leasehold_${pooler.login}.user_lookup(text)`,
    ]),
    ...roles.flatMap((role) => [
      `role ${role.name}: NOLOGIN`,
      `comment on ${role.name}: leasehold: what one service may do ${mark}`,
      `${ADMINISTRATOR} is a member of ${role.name}: ADMIN`,
      ...logins.map((each) => `${each} is a member of ${role.name}: ADMIN`),
      `${role.name} may CONNECT ON DATABASE ${database}`,
      ...[...privilegesOf(role, tables, input), ...laterPrivilegesOf(role, schema)].map(
        (right) => `${role.name} may ${right}`,
      ),
      ...(role.owner === undefined
        ? []
        : [
            `${role.name} is a member of ${role.owner.role}: SET`,
            `${role.owner.role} may CREATE ON SCHEMA ${schema}`,
            ...(schema === "public" ? [] : [`${role.owner.role} may USAGE ON SCHEMA ${schema}`]),
          ]),
    ]),
  ];
  return [...new Set(gained)];
}

/** What it takes from everybody. */
export function lostByBootstrap({ databaseName }: BootstrapInput): string[] {
  return ofEverybody(databaseName).map((right) => `PUBLIC may ${right}`);
}

function ofEverybody(database: string): string[] {
  return [`CONNECT ON DATABASE ${database}`, "CREATE ON SCHEMA public"];
}

/** What each table is given that an owner creates in a schema. */
export function givenToNewTables(
  roles: readonly BootstrapRole[],
  owner: string,
  schema: string,
  table: string,
): string[] {
  const given = roles.flatMap(({ name, grants }) =>
    grants
      .filter(isOwnerGrant)
      .filter((grant) => grant.allTablesOwnedBy === owner && (grant.schema ?? schema) === schema)
      .flatMap(({ privileges }) =>
        privileges.map((privilege) => `${name} may ${privilege} ON TABLE ${schema}.${table}`),
      ),
  );
  return [...new Set(given)];
}
