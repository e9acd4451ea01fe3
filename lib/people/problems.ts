import {
  authPathProblems,
  durationProblems,
  integerProblems,
  isDuration,
  labelProblems,
  reasonProblems,
  repeated,
  seconds,
  within,
  type Problem,
} from "../core";
import { databaseRoleNameProblems, grantProblems, privilegesIn, type Grant } from "../postgres";
import {
  PEOPLE_CONNECTIONS,
  PEOPLE_TTL,
  type PeopleAccess,
  type PeopleLogin,
  type PeopleProps,
} from "./declaration";

/** A credential that ends before somebody has typed a query is asked for again and again. */
const SHORTEST = "5m";

/** What Vault takes as a value of metadata. */
const LONGEST_REASON = 512;

/** Everything that is wrong with the declaration of some people. */
export function peopleProblems(props: PeopleProps): Problem[] {
  const { name, login, access, credentials, ttl, platform } = props;
  return [
    ...labelProblems("name", name, 30),
    ...within("login", loginProblems(login, platform.vault.authPath)),
    ...accessProblems(access),
    ...access.flatMap((entry, index) => within(`access[${index}]`, entryProblems(entry, props))),
    ...integerProblems("credentials", credentials, 1, 1000),
    ...(ttl === undefined ? [] : ttlProblems(ttl)),
    ...writingProblems(props),
  ];
}

function loginProblems(login: PeopleLogin, podsPath: string): Problem[] {
  const { mount } = login;
  return [
    ...authPathProblems("mount", mount),
    ...(mount === podsPath
      ? [
          {
            property: "mount",
            must: "be an auth method for people: pods log in at this one",
            got: mount,
            fix: 'name the method that people log in at, such as "oidc"',
          },
        ]
      : []),
    ...(login.kind === "oidc" ? groupProblems(login.group) : usersProblems(login.users)),
  ];
}

function groupProblems(group: string): Problem[] {
  if (group !== "" && group.trim() === group && group.length <= 256 && !/[\u0000-\u001f\u007f*]/.test(group))
    return [];
  const must =
    "be the name of one group, as the claim has it: at most 256 characters, no '*', no spaces at its ends";
  return [{ property: "group", must, got: group, fix: "name the group of the identity provider" }];
}

/** Vault's userpass keeps names in lower case, and an alias of another spelling is nobody's. */
function usersProblems(users: readonly string[]): Problem[] {
  return [
    ...(users.length > 0
      ? []
      : [{ property: "users", must: "name at least one user", got: users, fix: "name who it is for" }]),
    ...repeated(users).map((user) => ({
      property: "users",
      must: "name each user once",
      got: user,
      fix: "leave one of them",
    })),
    ...users.flatMap((user, index) =>
      /^[a-z0-9_]([a-z0-9_.-]{0,126}[a-z0-9_])?$/.test(user)
        ? []
        : [
            {
              property: `users[${index}]`,
              must: "be a user's name as Vault keeps it: lower-case letters, digits, '_', '-' and '.'",
              got: user,
              fix: 'write it like "ada.lovelace"',
            },
          ],
    ),
  ];
}

function accessProblems(access: readonly PeopleAccess[]): Problem[] {
  return [
    ...(access.length > 0
      ? []
      : [
          {
            property: "access",
            must: "name at least one database",
            got: access,
            fix: "declare what they may touch, or take them out",
          },
        ]),
    ...repeated(access.map(({ database }) => database)).map((database) => ({
      property: "access",
      must: "name each database once",
      got: database,
      fix: "put all grants of the database into one entry",
    })),
  ];
}

function entryProblems(
  { database, grants, strategy = "group", connectionLimit = PEOPLE_CONNECTIONS }: PeopleAccess,
  { name, platform }: PeopleProps,
): Problem[] {
  const known = platform.databases.find((each) => each.name === database);
  return [
    ...(known
      ? databaseRoleNameProblems("database", name, database)
      : [
          {
            property: "database",
            must: `be one of the environment's databases (${platform.databases.map((each) => each.name).join(", ") || "it has none"})`,
            got: database,
            fix: "correct the name, or add the database to the environment",
          },
        ]),
    ...grantProblems("grants", grants, strategy, known?.schema ?? "public"),
    ...integerProblems("connectionLimit", connectionLimit, 1, 20),
  ];
}

function ttlProblems(ttl: string): Problem[] {
  const problems = durationProblems("ttl", ttl);
  if (problems.length > 0 || !isDuration(ttl)) return problems;
  if (seconds(ttl) >= seconds(SHORTEST) && seconds(ttl) <= seconds(PEOPLE_TTL)) return [];
  return [
    {
      property: "ttl",
      must: `be from "${SHORTEST}" to "${PEOPLE_TTL}": what people hold is copied, and ends by itself`,
      got: ttl,
      fix: "choose one between, for the next credential is one command away",
    },
  ];
}

/** A change by hand needs a reason, and a reason a change. */
function writingProblems({ access, writes }: PeopleProps): Problem[] {
  const writing = access.flatMap(({ grants }, entry) =>
    grants.flatMap((grant, index) => {
      const more = writingPrivileges(grant);
      return more.length === 0 ? [] : [{ property: `access[${entry}].grants[${index}]`, got: more }];
    }),
  );
  if (writes === undefined)
    return writing.map((each) => ({
      ...each,
      must: "be SELECT alone: people read, unless 'writes' says why they do more",
      fix: "take it out, or write writes: { reason }",
    }));
  return [
    ...reasonProblems("writes.reason", writes.reason),
    ...(Buffer.byteLength(writes.reason) <= LONGEST_REASON && !/[\u0000-\u001f]/.test(writes.reason)
      ? []
      : [
          {
            property: "writes.reason",
            must: `be one line of at most ${LONGEST_REASON} bytes, which Vault keeps with the group`,
            got: writes.reason,
            fix: "shorten it",
          },
        ]),
    ...(writing.length > 0
      ? []
      : [
          {
            property: "writes",
            must: "be left out where every grant is SELECT",
            got: writes.reason,
            fix: "take it out, or grant what it is about",
          },
        ]),
  ];
}

/** What of a grant does more than read: what a function does nobody sees in its EXECUTE. */
function writingPrivileges(grant: Grant): string[] {
  return privilegesIn(grant).filter((each) => each !== "SELECT");
}
