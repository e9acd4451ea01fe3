import { configurationProblems } from "../../lib/environment/problems";
import { formatProblems } from "../../lib/core";
import type { PeopleDeclaration } from "../../lib/people";
import { environmentWith, synthesizeAside } from "../support/environment";
import { fixers, support, withPeople } from "../support/people";
import { twoClustersWith } from "../support/two-clusters";

const refusals = (people: readonly PeopleDeclaration[]) =>
  formatProblems(configurationProblems([environmentWith({ people })])).join("\n");
const [entry] = support.access as [PeopleDeclaration["access"][0]];
const granting = (...grants: PeopleDeclaration["access"][0]["grants"]) => [{ ...entry, grants }];

test("everything that is wrong is told at once", () => {
  const wrong: PeopleDeclaration = {
    name: "Support",
    login: { kind: "userpass", mount: "auth/userpass", users: ["Ada", "bob", "bob"] },
    access: [
      ...granting({ tables: ["orders"], privileges: ["SELECT", "DELETE"] }),
      { database: "shop", grants: [{ functions: ["close(integer)"], privileges: ["EXECUTE"] }] },
      { database: "warehouse", grants: [{ database: ["TEMPORARY"] }], connectionLimit: 50 },
    ],
    credentials: 0,
    ttl: "2h",
  };
  const told = refusals([wrong]);
  for (const each of [
    /'name' must be 1 to 30 lower-case letters.*"Support"/,
    /'login\.mount' must be the auth method's path without 'auth\/'/,
    /'login\.users\[0\]' must be a user's name as Vault keeps it: lower-case.*"Ada"/,
    /'login\.users' must name each user once, got "bob"/,
    /'access' must name each database once, got "shop"/,
    /'access\[0\]\.grants\[0\]' must be SELECT alone: people read, unless 'writes' says why.*\["DELETE"\]/,
    /'access\[1\]\.grants\[0\]' must be SELECT alone.*\["EXECUTE"\]/,
    /'access\[2\]\.grants\[0\]' must be SELECT alone.*\["TEMPORARY"\]/,
    /'access\[2\]\.database' must be one of the environment's databases \(shop\), got "warehouse"/,
    /'access\[2\]\.connectionLimit' must be a whole number from 1 to 20, got 50/,
    /'credentials' must be a whole number from 1 to 1000, got 0/,
    /'ttl' must be from "5m" to "1h".*"2h"/,
  ])
    expect(told).toMatch(each);
});

test.each<[string, Partial<PeopleDeclaration>, RegExp]>([
  ["a reason for nothing", { writes: { reason: "they might need it once" } }, /'writes' must be left out/],
  [
    "a reason that is none",
    {
      access: granting({ tables: ["orders"], privileges: ["INSERT"] }),
      writes: { reason: "because" },
    },
    /'writes\.reason' must say in at least ten characters/,
  ],
  [
    "nobody",
    { login: { kind: "userpass", mount: "userpass", users: [] } },
    /'login\.users' must name at least one/,
  ],
  [
    "a pattern of groups",
    { login: { kind: "oidc", mount: "oidc", group: "shop-*" } },
    /'login\.group' must be the name of one group/,
  ],
  [
    "the method of the pods",
    { login: { kind: "oidc", mount: "kubernetes", group: "a" } },
    /pods log in at this one/,
  ],
  ["no database", { access: [] }, /'access' must name at least one database/],
  ["a lease of a second", { ttl: "1s" }, /'ttl' must be from "5m"/],
  [
    "the name of a service",
    { name: "orders" },
    /'people' must have names that no other people and no service have, got "orders"/,
  ],
])("refuses %s", (_, changes, message) => {
  expect(refusals([{ ...support, ...changes }])).toMatch(message);
});

test("neither an owner nor a stream of changes can be said", () => {
  const owner = {
    ...support,
    access: [{ database: "shop", owner: { role: "shop_owner", reason: "a migration" } }],
  };
  expect(refusals([owner as unknown as PeopleDeclaration])).toMatch(/access\[0\]\.owner/);
});

test("one group of an identity provider is of one declaration, also over environments of one Vault", () => {
  expect(refusals([support, { ...support, name: "sales" }])).toMatch(
    /'login\.group' must be declared once for a Vault.*"shop-support"/,
  );
  // A user may be among several.
  expect(refusals([fixers, { ...fixers, name: "more-fixers" }])).toBe("");
  const other = { ...withPeople, name: "other", people: [fixers] };
  expect(formatProblems(configurationProblems([withPeople, other])).join("\n")).toMatch(
    /'login\.users' must be declared once for a Vault/,
  );
});

test("what is rendered for a group that reads", async () => {
  const { json, findings } = await synthesizeAside([environmentWith({ people: [support] })]);
  expect(findings).toEqual([]);
  const { data, resource } = json("production-people") as ReturnType<typeof json> & { data: object };
  expect(data).toEqual({ vault_auth_backend: { Users_oidc_Method_E37C8E0E: { path: "oidc" } } });
  expect(resource).toEqual({
    vault_database_secret_backend_role: {
      support_shop_5CA5C72E: {
        backend: "database",
        db_name: "shop",
        name: "support-shop",
        default_ttl: 3600,
        max_ttl: 3600,
        creation_statements: [
          `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' CONNECTION LIMIT 2 IN ROLE "support-shop";`,
        ],
        revocation_statements: expect.any(Array),
      },
    },
    vault_policy: {
      support_Policy_4F4DAADD: {
        name: "production-support",
        policy: '{"path":{"database/creds/support-shop":{"capabilities":["read"]}}}',
      },
    },
    vault_identity_group: {
      support_Group_82D7825C: {
        name: "production-support",
        type: "external",
        policies: ["${vault_policy.support_Policy_4F4DAADD.name}"],
        metadata: { "leasehold-credentials": "4", "leasehold-login": "oidc/shop-support" },
      },
    },
    vault_identity_group_alias: {
      support_GroupAlias_9073AD79: {
        name: "shop-support",
        mount_accessor: "${data.vault_auth_backend.Users_oidc_Method_E37C8E0E.accessor}",
        canonical_id: "${vault_identity_group.support_Group_82D7825C.id}",
      },
    },
  });
});

test("users of userpass are entities, each once, in the groups that they are in", async () => {
  const { json } = await synthesizeAside([
    environmentWith({ people: [fixers, { ...fixers, name: "closers" }] }),
  ]);
  const { resource = {} } = json("production-people");
  const named = (type: string) => Object.values(resource[type] ?? {}).map(({ name }) => name);
  expect(named("vault_identity_entity")).toEqual(["production-userpass-ada", "production-userpass-grace.h"]);
  expect(named("vault_identity_entity_alias")).toEqual(["ada", "grace.h"]);
  for (const group of Object.values(resource["vault_identity_group"] ?? {}))
    expect(group).toMatchObject({
      type: "internal",
      metadata: {
        "leasehold-credentials": "2",
        "leasehold-writes": "orders that stay open after a refund are closed by hand",
      },
      member_entity_ids: Object.keys(resource["vault_identity_entity"] ?? {}).map(
        (name) => `\${vault_identity_entity.${name}.id}`,
      ),
    });
});

test("beside their stack, people change the roles that the connection allows and the SQL", async () => {
  const { files: before } = await synthesizeAside([environmentWith({})]);
  const { files: after } = await synthesizeAside([withPeople]);
  const isCompared = (file: string) => !/^report|^\.leasehold|manifest\.json$/.test(file);
  const changed = Object.keys(after).filter((file) => isCompared(file) && before[file] !== after[file]);
  expect(changed.sort()).toEqual([
    "bootstrap/production/shop.sql",
    "stacks/production-people/cdk.tf.json",
    "stacks/production-platform/cdk.tf.json",
  ]);
  const lines = (text = "") => text.split("\n").map((line) => line.replace(/,$/, ""));
  const platform = "stacks/production-platform/cdk.tf.json";
  const already = new Set(lines(before[platform]));
  expect(
    lines(after[platform])
      .filter((line) => !already.has(line))
      .map((line) => line.trim())
      .sort(),
  ).toEqual(['"fixers-shop"', '"support-shop"']);
});

test("in several clusters their stack is there once, and counts once", async () => {
  const { stacks, findings } = await synthesizeAside([twoClustersWith({ people: [support, fixers] })]);
  expect(findings).toEqual([]);
  expect(stacks.map(({ stack }) => stack).filter((each) => each.endsWith("-people"))).toEqual([
    "production-people",
  ]);
});

test("their credentials are in the budget of the server", async () => {
  const many: PeopleDeclaration = { ...support, credentials: 200 };
  const environment = environmentWith({ people: [many] });
  await expect(synthesizeAside([environment])).rejects.toThrow(
    /"production-support" 200 people's × 2.*max_connections/s,
  );
});
