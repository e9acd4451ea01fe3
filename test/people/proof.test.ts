import { fixers, support, withPeople } from "../support/people";
import { RenderedEnvironments, type Spoilt } from "../support/rules-mutations";

const rendered = new RenderedEnvironments([withPeople]);
const STACK = "production-people";
type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** A resource of the people's stack, by a part of its address. */
const of = (spoilt: Spoilt, type: string, part: string, change: (body: Json) => void) =>
  spoilt.change(STACK, (json: Json) => {
    const [name] = Object.keys(json.resource[type]).filter((each) => each.includes(part));
    change(json.resource[type][name!]);
    return json;
  });
const policy = (paths: Json) => JSON.stringify({ path: paths });
const READ = { capabilities: ["read"] };

test("nothing is found in what is rendered", async () => {
  expect(await rendered.rulesAfter(withPeople, () => {})).toEqual([]);
});

test.each<[string, string, (spoilt: Spoilt) => void]>([
  [
    "a policy that reads a service's credentials too",
    "proof/people",
    (spoilt) =>
      of(spoilt, "vault_policy", "support", (body) => {
        body.policy = policy({ "database/creds/support-shop": READ, "database/creds/orders-shop": READ });
      }),
  ],
  [
    "a policy that reads the credentials of other people",
    "proof/people",
    (spoilt) =>
      of(spoilt, "vault_policy", "support", (body) => {
        body.policy = policy({ "database/creds/support-shop": READ, "database/creds/fixers-shop": READ });
      }),
  ],
  [
    "a policy that reads all",
    "proof/over-reach",
    (spoilt) =>
      of(spoilt, "vault_policy", "support", (body) => (body.policy = policy({ "database/creds/*": READ }))),
  ],
  [
    "a policy that reads what is no credential",
    "proof/over-reach",
    (spoilt) =>
      of(spoilt, "vault_policy", "support", (body) => {
        body.policy = policy({ "database/creds/support-shop": READ, "secret/data/root": READ });
      }),
  ],
  [
    "a group with a second policy",
    "proof/not-understood",
    (spoilt) => of(spoilt, "vault_identity_group", "support", (body) => body.policies.push("admin")),
  ],
  [
    "a group with the policy of others",
    "proof/people",
    (spoilt) =>
      of(spoilt, "vault_identity_group", "support", (body) => (body.policies = ["production-fixers"])),
  ],
  [
    "a group with a policy that nobody writes",
    "proof/missing",
    (spoilt) => of(spoilt, "vault_identity_group", "support", (body) => (body.policies = ["root-like"])),
  ],
  [
    "a group with a member of somebody's",
    "proof/not-understood",
    (spoilt) => of(spoilt, "vault_identity_group", "fixers", (body) => body.member_entity_ids.push("0b1c")),
  ],
  [
    "a group with groups in it",
    "proof/not-understood",
    (spoilt) => of(spoilt, "vault_identity_group", "fixers", (body) => (body.member_group_ids = ["0b1c"])),
  ],
  [
    "a group that others may fill",
    "proof/not-understood",
    (spoilt) =>
      of(spoilt, "vault_identity_group", "fixers", (body) => (body.external_member_entity_ids = true)),
  ],
  [
    "other metadata",
    "proof/not-understood",
    (spoilt) => of(spoilt, "vault_identity_group", "fixers", (body) => (body.metadata.team = "shop")),
  ],
  [
    "an entity with a policy of its own",
    "proof/not-understood",
    (spoilt) => of(spoilt, "vault_identity_entity", "ada", (body) => (body.policies = ["production-fixers"])),
  ],
  [
    "an entity of another name than its user's",
    "proof/people",
    (spoilt) => of(spoilt, "vault_identity_entity", "ada", (body) => (body.name = "production-bob")),
  ],
  ["a group without an alias", "proof/unused", (spoilt) => spoilt.drop("vault_identity_group_alias")],
  [
    "an alias that leads to other people",
    "proof/unused",
    (spoilt) =>
      spoilt.change(STACK, (json: Json) => {
        const [alias] = Object.values<Json>(json.resource.vault_identity_group_alias);
        const [group] = Object.keys(json.resource.vault_identity_group).filter((each) => /fixers/.test(each));
        alias!.canonical_id = `\${vault_identity_group.${group}.id}`;
        return json;
      }),
  ],
  [
    "an alias at another auth method",
    "proof/unused",
    (spoilt) =>
      spoilt.change(STACK, (json: Json) => {
        const [alias] = Object.values<Json>(json.resource.vault_identity_group_alias);
        const [other] = Object.keys(json.data.vault_auth_backend).filter((each) => /userpass/.test(each));
        alias!.mount_accessor = `\${data.vault_auth_backend.${other}.accessor}`;
        return json;
      }),
  ],
  [
    "an alias of another group than was said",
    "proof/people",
    (spoilt) => of(spoilt, "vault_identity_group_alias", "", (body) => (body.name = "everybody")),
  ],
  [
    "an accessor that is written out",
    "proof/not-understood",
    (spoilt) =>
      of(spoilt, "vault_identity_group_alias", "", (body) => (body.mount_accessor = "auth_oidc_1234")),
  ],
  [
    "people who log in where pods do",
    "proof/people",
    (spoilt) =>
      spoilt.change(STACK, (json: Json) => {
        const [first] = Object.values<Json>(json.data.vault_auth_backend);
        first!.path = "kubernetes";
        return json;
      }),
  ],
  [
    "an entity in no group",
    "proof/unused",
    (spoilt) => of(spoilt, "vault_identity_group", "fixers", (body) => body.member_entity_ids.pop()),
  ],
  [
    "a credential of more than an hour",
    "proof/people",
    (spoilt) =>
      of(spoilt, "vault_database_secret_backend_role", "support", (body) => {
        body.default_ttl = 7200;
        body.max_ttl = 7200;
      }),
  ],
  [
    "a credential that is renewed",
    "proof/people",
    (spoilt) =>
      of(spoilt, "vault_database_secret_backend_role", "support", (body) => (body.default_ttl = 600)),
  ],
  [
    "a write without its reason",
    "proof/people",
    (spoilt) =>
      of(spoilt, "vault_identity_group", "fixers", (body) => delete body.metadata["leasehold-writes"]),
  ],
  [
    "a reason without a write",
    "proof/people",
    (spoilt) =>
      of(spoilt, "vault_identity_group", "support", (body) => {
        body.metadata["leasehold-writes"] = "they might need it once";
      }),
  ],
  [
    "a group role that writes, in the SQL",
    "proof/people",
    (spoilt) => {
      const file = "bootstrap/production/shop.sql";
      spoilt.files[file] = spoilt.files[file]!.replace(
        "('support-shop', 'public', ARRAY['orders'], NULL, ARRAY['SELECT'])",
        "('support-shop', 'public', ARRAY['orders'], NULL, ARRAY['SELECT', 'DELETE'])",
      );
    },
  ],
  [
    "a role that nobody reads",
    "proof/unused",
    (spoilt) =>
      spoilt.change(STACK, (json: Json) => {
        const roles = json.resource.vault_database_secret_backend_role;
        roles.more = { ...Object.values<Json>(roles)[0], name: "more-shop" };
        return json;
      }),
  ],
  [
    "one alias twice",
    "proof/twice",
    (spoilt) =>
      spoilt.change(STACK, (json: Json) => {
        const aliases = json.resource.vault_identity_group_alias;
        aliases.more = { ...Object.values<Json>(aliases)[0] };
        return json;
      }),
  ],
])(
  "%s is %s",
  async (_, rule, spoil) => {
    expect(await rendered.rulesAfter(withPeople, spoil)).toContain(rule);
  },
  60_000,
);

test("the people of the test write and read", () => {
  expect([support.writes, fixers.writes]).toEqual([undefined, expect.anything()]);
});
