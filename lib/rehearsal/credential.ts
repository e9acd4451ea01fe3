import { splitByVault } from "@leasehold/proof/access";
import {
  quoteIdentifier,
  quoteLiteral,
  type BootstrapInput,
  type BootstrapRole,
  type CredentialStrategy,
} from "../postgres";
import { quoteQualified } from "../postgres/identifiers";
import { givenToNewTables, privilegesOf } from "./expected";
import { abilitiesOf } from "./facts";
import { asked, changed, run, without, type Act, type Subject } from "./rehearsal";
import { NOBODY, type SceneTable } from "./scene";

/** What Vault runs, element by element. */
export interface Statements {
  readonly creation: readonly string[];
  readonly renewal: readonly string[];
  readonly revocation: readonly string[];
}

/** What was declared of a database role, and what was rendered for it. */
export interface RehearsedRole extends BootstrapRole {
  readonly strategy: CredentialStrategy;
  /** @default - they are not known, and none of its credentials is made */
  readonly statements?: Statements;
  /**
   * The login of Vault's that makes its credentials.
   * @default - that of the first connection
   */
  readonly maker?: string;
}

const FIRST = "v-leasehold-first";
const SECOND = "v-leasehold-second";
const EXPIRATION = "2998-12-31 23:59:59";
const RENEWED = "2999-12-31 23:59:59";
/** Nobody logs in with it: the rehearsal's server opens no port. */
const PASSWORD = "rehearsal";

/** Where a credential lives: the login that makes it, the other roles, and what is there. */
export interface Stage {
  readonly input: BootstrapInput;
  readonly tables: readonly SceneTable[];
}

/** Makes two credentials, renews one, and takes them away in both orders, each twice: all must be as it was. */
export function lifeOf(role: RehearsedRole, stage: Stage): Act[] {
  const { of, create, revoke, renew } = statementsOf(role, stage);
  const made = (name: string) => factsOf(name, role, stage);
  const actions = role.owner === undefined ? [] : actingActs(role, stage);
  return [
    ...create(FIRST),
    ...create(SECOND),
    changed(of, "the creation", [...made(FIRST), ...made(SECOND)], []),
    abilities(role, stage),
    ...lookUps(role, stage),
    ...actions,
    ...renew(FIRST),
    changed(of, "the renewal", [loginOf(FIRST, role, RENEWED)], [loginOf(FIRST, role, EXPIRATION)]),
    ...revoke(SECOND),
    ...revoke(SECOND),
    changed(of, "the revocation", [], made(SECOND)),
    ...create(SECOND),
    ...revoke(FIRST),
    changed(
      of,
      "the revocation of the older credential",
      made(SECOND),
      [...made(FIRST), loginOf(FIRST, role, RENEWED)].filter(
        (fact) => fact !== loginOf(FIRST, role, EXPIRATION),
      ),
    ),
    ...revoke(SECOND),
    changed(of, "the last revocation", [], made(SECOND)),
    ...movedActs(role, stage),
  ];
}

/** What the first login has made is renewed and ended by the last one: when there are more connections, roles move on. */
function movedActs(role: RehearsedRole, stage: Stage): Act[] {
  const last = stage.input.furtherLogins?.at(-1);
  if (last === undefined) return [];
  const { of, create } = statementsOf({ ...role, maker: stage.input.login }, stage);
  const { renew, revoke } = statementsOf({ ...role, maker: last }, stage);
  return [...create(FIRST), ...renew(FIRST), ...revoke(FIRST), changed(of, "what has moved on", [], [])];
}

/** What a credential can do, where another role of the same statements has lived its whole life. */
export function abilitiesOnly(role: RehearsedRole, stage: Stage): Act[] {
  const { create, revoke } = statementsOf(role, stage);
  return [...create(FIRST), abilities(role, stage), ...lookUps(role, stage), ...revoke(FIRST)];
}

function statementsOf({ name: role, statements = NONE, maker }: RehearsedRole, { input }: Stage) {
  const { creation, renewal, revocation } = statements;
  const of: Subject = { kind: "role", name: role };
  const act = (title: string, texts: readonly string[], values: Record<string, string>) => [
    run(of, title, ["BEGIN", ...texts.map((text) => filled(text, values)), "COMMIT"], maker ?? input.login),
  ];
  const split = (texts: readonly string[], blocks: boolean) =>
    texts.flatMap((element) => splitByVault(element, { blocks }));
  const values = (name: string, expiration: string) => ({
    name,
    username: name,
    password: PASSWORD,
    expiration: `${expiration}+0000`,
  });
  const renewing = renewal.length > 0 ? renewal : [DEFAULT_RENEWAL];
  return {
    of,
    create: (name: string) => act("the creation", split(creation, true), values(name, EXPIRATION)),
    renew: (name: string) => act("the renewal", split(renewing, false), values(name, RENEWED)),
    revoke: (name: string) => act("the revocation", split(revocation, true), { name, username: name }),
  };
}

const NONE: Statements = { creation: [], renewal: [], revocation: [] };

/** What Vault does where a role has no renewal statements. (plugins/database/postgresql/postgresql.go) */
const DEFAULT_RENEWAL = `ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}';`;

/** Vault replaces, and quotes nothing. (dbutil.QueryHelper) */
function filled(text: string, values: Record<string, string>): string {
  return Object.entries(values).reduce(
    (done, [key, value]) => done.replaceAll(`{{${key}}}`, () => value),
    text,
  );
}

function loginOf(name: string, { replication }: RehearsedRole, expiration: string): string {
  const attributes = replication === undefined ? "LOGIN" : "LOGIN REPLICATION";
  return `role ${name}: ${attributes} CONNECTION LIMIT VALID UNTIL ${expiration}`;
}

/** What is so as long as a credential is there. */
function factsOf(name: string, role: RehearsedRole, { input, tables }: Stage): string[] {
  return [
    loginOf(name, role, EXPIRATION),
    `${role.maker ?? input.login} is a member of ${name}: ADMIN`,
    ...(role.strategy === "group"
      ? [`${name} is a member of ${role.name}: INHERIT SET`]
      : privilegesOf(role, tables, input).map((right) => `${name} may ${right}`)),
    ...(role.owner === undefined ? [] : [`settings of ${name}: {role=${role.owner.role}}`]),
  ];
}

/** What PostgreSQL says that a credential may, less what everybody may. */
function abilities(role: RehearsedRole, { input, tables }: Stage): Act {
  const of: Subject = { kind: "role", name: role.name };
  const ways = (way: string, names: readonly string[]) => names.map((name) => `${way} ${name}`);
  const group = role.strategy === "group" ? [role.name] : [];
  const declared = [
    `CONNECT ON DATABASE ${input.databaseName}`,
    ...privilegesOf(role, tables, input),
    ...(role.replication === undefined ? [] : ["have REPLICATION"]),
    ...ways("USAGE", group),
    ...ways("SET", [...group, ...(role.owner === undefined ? [] : [role.owner.role])]),
  ];
  const sql = `SELECT * FROM (${abilitiesOf(quoteLiteral(FIRST))}) AS own (ability)`;
  return asked(
    of,
    "a credential",
    `${sql} EXCEPT SELECT * FROM (${abilitiesOf(quoteLiteral(NOBODY))}) AS common (ability)`,
    ({ rows }) => {
      // What everybody may is no difference, whoever was promised it.
      const isCommon = (each: string) => COMMON.test(each);
      return [
        ...without(rows, declared).map((ability) => `may ${ability}, which nobody declared`),
        ...without(declared, rows)
          .filter((each) => !isCommon(each))
          .map((ability) => `may not ${ability}, which is declared`),
      ];
    },
  );
}

/** A pooler finds the verifier of its services' credentials, and of nobody else's. */
function lookUps({ name }: RehearsedRole, { input: { poolers = [] } }: Stage): Act[] {
  return poolers.map(({ login, roles }) => ({
    of: { kind: "bootstrap" },
    title: `the pooler ${login}`,
    step: {
      kind: "ask",
      as: login,
      sql: [
        `SELECT username FROM ${quoteQualified(`leasehold_${login}`, "user_lookup")}(${quoteLiteral(FIRST)}) WHERE password ~ '^SCRAM-SHA-256'`,
      ],
    },
    problems: ({ rows }) =>
      rows.length > 0 === roles.includes(name)
        ? []
        : [
            rows.length > 0
              ? `finds a user of ${name}, who does not go by it`
              : `does not find a user of ${name}`,
          ],
  }));
}

const COMMON = /^(USAGE ON SCHEMA public|CONNECT ON DATABASE .*)$/;

/** Creates and drops a table as the credential's owner, whose it must be. */
function actingActs({ name, owner }: RehearsedRole, { input }: Stage): Act[] {
  const of: Subject = { kind: "role", name };
  const acting = owner?.role ?? "";
  const table = quoteQualified(input.schema, MADE);
  const as = (statement: string) => [`SET ROLE ${quoteIdentifier(acting)}`, statement, "RESET ROLE"];
  const facts = [
    `TABLE ${input.schema}.${MADE} belongs to ${acting}`,
    ...givenToNewTables(input.roles, acting, input.schema, MADE),
  ];
  return [
    run(of, "the creation of a table by a credential", as(`CREATE TABLE ${table} (id integer)`), FIRST),
    changed(of, "the creation of a table by a credential", facts, []),
    run(of, "the removal of a table by a credential", as(`DROP TABLE ${table}`), FIRST),
    changed(of, "the removal of a table by a credential", [], facts),
  ];
}

const MADE = "leasehold made";
