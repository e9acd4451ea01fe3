import { checkSection } from "./bootstrap-check";
import { declarationSection } from "./bootstrap-declaration";
import { loginsOf, type BootstrapInput } from "./bootstrap-input";
import { groupsView, livingView } from "./bootstrap-ownership";
import { LOOKUPS, lookupChanges } from "./bootstrap-pooler";
import { powerCheck } from "./bootstrap-power";
import { privilegesSection, privilegeViews, publicSection } from "./bootstrap-privileges";
import { MEMBERSHIPS, ownershipSection, roleChanges, rolesSection } from "./bootstrap-roles";
import { block, createViews, section } from "./bootstrap-sql";
import { commentLine, quoteLiteral } from "./identifiers";

/**
 * The SQL that an administrator runs in a database once, and again after each change of grants: a superuser, or on a
 * managed server a role with CREATEROLE that owns the database, its schemas and the tables that are granted.
 */
export function renderBootstrapSql(props: BootstrapInput): string {
  return [
    header(props),
    guardSection(props),
    declarationSection(props),
    createViews(
      MEMBERSHIPS,
      groupsView(props),
      livingView(props),
      LOOKUPS,
      lookupChanges(props),
      roleChanges(props),
      ...privilegeViews(props),
    ),
    ownershipSection(props),
    powerCheck(props),
    rolesSection(props),
    privilegesSection(),
    publicSection(props),
    checkSection(props),
    "COMMIT;\n",
  ].join("\n\n");
}

/**
 * The search path is fixed because an administrator must not run functions that others have put in its way;
 * compiling the queries would take longer than they do.
 */
function header({ databaseName, ...input }: BootstrapInput): string {
  const logins = loginsOf(input);
  return [
    `What Vault needs in the database ${databaseName}: its login${logins.length > 1 ? "s" : ""} ${logins.join(", ")}, and a group role per service.`,
    "",
    "Run it connected to that database, once and again after each change of grants, as a superuser or as a",
    "role with CREATEROLE that owns the database, its schemas and the tables named below; whatever whoever",
    "runs it may not do is told before anything is done:",
    "  psql --set ON_ERROR_STOP=1 --file <this file> --dbname <that database>",
    "It is one transaction: afterwards everything below holds, or nothing has changed. It changes only",
    "what differs and prints each change, so that a second run changes nothing. It takes CONNECT from",
    "PUBLIC, unless somebody lives on that: whoever else uses this database needs a GRANT of their own, and",
    "is named in a warning. Roles of other environments are left as they are.",
  ]
    .map(commentLine)
    .concat(
      "BEGIN;",
      "SET LOCAL search_path = pg_catalog, pg_temp;",
      "SET LOCAL client_min_messages = notice;",
      "SET LOCAL jit = off;",
    )
    .join("\n");
}

function guardSection({ databaseName, postgresVersion }: BootstrapInput): string {
  const [versions, fits] =
    postgresVersion < 16 ? ["14 and 15", "BETWEEN 14 AND 15"] : ["16 and later", ">= 16"];
  return section(
    "1. The right place",
    [],
    block(`BEGIN
  IF NOT current_setting('server_version_num')::integer / 10000 ${fits} THEN
    RAISE EXCEPTION 'this script is for PostgreSQL ${versions}, and the server is %', current_setting('server_version')
      USING HINT = 'Set postgresVersion to that of the server and render it again: the same grant of a role means more there.';
  END IF;
  IF current_database() <> ${quoteLiteral(databaseName)} THEN
    RAISE EXCEPTION 'this script is for the database %, and this is %', ${quoteLiteral(databaseName)}, current_database();
  END IF;`),
  );
}
