import fc from "fast-check";
import { capabilitiesAt, isWildcard, matches, policyRules, type PolicyRule } from "../../proof/access/policy";

const rule = (path: string, ...capabilities: string[]): PolicyRule =>
  policyRules({ path: { [path]: { capabilities } } })[0] as PolicyRule;

test.each<[string, string, boolean]>([
  // exact
  ["secret/foo", "secret/foo", true],
  ["secret/foo", "secret/foo/bar", false],
  ["secret/foo", "secret/fo", false],
  // a `*` at the end is a prefix, not a pattern of names
  ["secret/bar/*", "secret/bar/zip", true],
  ["secret/bar/*", "secret/bar/zip/zap", true],
  ["secret/bar/*", "secret/bars/zip", false],
  ["secret/bar/*", "secret/bar", false],
  ["secret/zip-*", "secret/zip-zap", true],
  ["secret/zip-*", "secret/zip-zap/zong", true],
  ["secret/zip-*", "secret/zip", false],
  ["*", "sys/mounts", true],
  // a `*` elsewhere is a letter
  ["secret/*/teamb", "secret/foo/teamb", false],
  ["secret/*/teamb", "secret/*/teamb", true],
  // a `+` is one segment
  ["secret/+/teamb", "secret/foo/teamb", true],
  ["secret/+/teamb", "secret/bar/teamb", true],
  ["secret/+/teamb", "secret/foo/bar/teamb", false],
  ["secret/+/teamb", "secret/teamb", false],
  ["secret/fo+", "secret/foo", false],
  ["+", "secret", true],
  ["+", "secret/foo", false],
  ["database/+/orders", "database/creds/orders", true],
  // both
  ["+/creds/*", "database/creds/orders", true],
  ["+/creds/*", "acme/database/creds/orders", false],
  ["database/+/or*", "database/creds/orders", true],
  ["database/+/or*", "database/creds/orders/more", true],
  ["database/+/or*", "database/creds/billing", false],
])("the path %s for %s: %s", (pattern, path, expected) => expect(matches(pattern, path)).toBe(expected));

test.each<[string, PolicyRule[], string, string[]]>([
  ["nothing matches", [rule("secret/foo", "read")], "secret/bar", []],
  [
    "the exact path decides alone, though it gives less",
    [rule("secret/*", "create", "read", "update"), rule("secret/restricted", "create")],
    "secret/restricted",
    ["create"],
  ],
  [
    "a denied path below an open one",
    [rule("secret/*", "read"), rule("secret/super-secret", "deny")],
    "secret/super-secret",
    ["deny"],
  ],
  [
    "the longer prefix decides",
    [rule("secret/*", "read"), rule("secret/foo/*", "deny")],
    "secret/foo/bar",
    ["deny"],
  ],
  [
    "the same path of several policies adds up",
    [rule("secret/foo", "read"), rule("secret/foo", "update")],
    "secret/foo",
    ["read", "update"],
  ],
  [
    "deny on the same path takes everything away",
    [rule("secret/foo", "read"), rule("secret/foo", "deny")],
    "secret/foo",
    ["deny"],
  ],
  [
    "deny on a less specific path takes nothing away",
    [rule("secret/*", "deny"), rule("secret/foo", "read")],
    "secret/foo",
    ["read"],
  ],
  [
    "a wildcard that comes later is more specific",
    [rule("secret/+/bar", "read"), rule("secret/foo/+", "update")],
    "secret/foo/bar",
    ["update"],
  ],
  [
    "at the same place a path without * at its end is more specific",
    [rule("secret/*", "read"), rule("secret/+", "update")],
    "secret/foo",
    ["update"],
  ],
  [
    "fewer + are more specific",
    [rule("secret/+/+/zap", "read"), rule("secret/+/bar/zap", "update")],
    "secret/foo/bar/zap",
    ["update"],
  ],
])("%s", (_, rules, path, expected) => {
  expect([...capabilitiesAt(rules, path)].sort()).toEqual(expected);
  expect([...capabilitiesAt([...rules].reverse(), path)].sort()).toEqual(expected);
});

test("a policy in JSON, as one block or as several, and the older shorthand", () => {
  const capabilities = ["read"];
  expect(policyRules({ path: { "/a": { capabilities } } })).toEqual([
    { path: "a", capabilities: new Set(["read"]) },
  ]);
  expect(policyRules({ path: [{ a: [{ capabilities }] }, { b: { policy: "deny" } }] })).toEqual([
    { path: "a", capabilities: new Set(["read"]) },
    { path: "b", capabilities: new Set(["deny"]) },
  ]);
  expect(policyRules({ path: { a: { policy: "read" } } })[0]?.capabilities).toEqual(
    new Set(["read", "list"]),
  );
  expect(policyRules({ path: { a: { capabilities: ["fly"] } } })[0]?.capabilities).toEqual(new Set());
  expect(() => policyRules(["path"])).toThrow("a policy is an object with the key path");
});

const segment = fc.stringMatching(/^[a-z]{1,3}$/);
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));

test("a path without wildcards matches itself alone", () => {
  fc.assert(fc.property(path, path, (a, b) => matches(a, b) === (a === b) && !isWildcard(a)));
});

test("a prefix matches what begins with it, and + any segment in its place", () => {
  fc.assert(
    fc.property(path, path, fc.nat(3), (a, b, index) => {
      const segments = a.split("/");
      const wild = segments.map((each, at) => (at === index % segments.length ? "+" : each)).join("/");
      return matches(`${a}/*`, `${a}/${b}`) && matches(wild, a) && isWildcard(wild) && isWildcard(`${a}*`);
    }),
  );
});
