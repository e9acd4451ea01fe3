import { effectivePrivileges, loadSqlParser, readGrants } from "../../../proof/access";

beforeAll(loadSqlParser);

const REPLICATION = expect.stringContaining("it has REPLICATION") as string;

/** Whether a session of `reader` has REPLICATION after some SQL: what it reads by it, and what is not known. */
function replicating(...statements: string[]) {
  const { roles, failures } = readGrants(`${statements.join(";\n")};`, "roles.sql");
  expect(failures).toEqual([]);
  const { privileges, unread } = effectivePrivileges(roles, "reader");
  return {
    reads: privileges.filter(({ by }) => by === "replication").map(({ verb, role }) => `${verb} as ${role}`),
    unread,
  };
}

test.each<[string, string[], string[]]>([
  ["created with it", ["CREATE ROLE reader REPLICATION"], ["SELECT as reader"]],
  ["given it later", ["CREATE ROLE reader", "ALTER ROLE reader REPLICATION"], ["SELECT as reader"]],
  ["renamed", ["CREATE ROLE former REPLICATION", "ALTER ROLE former RENAME TO reader"], ["SELECT as reader"]],
  [
    "a member who may become it",
    ["CREATE ROLE streams REPLICATION", "CREATE ROLE reader IN ROLE streams"],
    ["SELECT as streams"],
  ],
])("a role that is %s reads every table", (_, statements, reads) =>
  expect(replicating(...statements)).toEqual({ reads, unread: [REPLICATION] }),
);

test.each<[string, string[]]>([
  ["created without it", ["CREATE ROLE reader NOREPLICATION"]],
  ["taken it", ["CREATE ROLE reader REPLICATION", "ALTER ROLE reader NOREPLICATION"]],
  [
    "a member who may not become it: no attribute is inherited",
    [
      "CREATE ROLE streams REPLICATION",
      "CREATE ROLE reader",
      "GRANT streams TO reader WITH INHERIT TRUE, SET FALSE",
    ],
  ],
  ["dropped and made again", ["CREATE ROLE reader REPLICATION", "DROP ROLE reader", "CREATE ROLE reader"]],
])("a role that is %s does not", (_, statements) =>
  expect(replicating(...statements)).toEqual({ reads: [], unread: [] }),
);

test("of a role that has it under a condition nobody knows", () =>
  expect(
    replicating(
      "CREATE ROLE reader",
      "DO $$ BEGIN IF now() > '2000-01-01' THEN ALTER ROLE reader REPLICATION; END IF; END $$",
    ),
  ).toEqual({ reads: [], unread: [expect.stringContaining("reader may have REPLICATION")] }));
