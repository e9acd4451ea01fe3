import fc from "fast-check";
import { canonicalHost, scopeOfHost } from "../../lib/core";

test.each<[string, string[]]>([
  ["pg.acme.internal", ["pg.acme.internal", "PG.Acme.Internal", "pg.acme.internal."]],
  ["10.0.0.1", ["10.0.0.1", "10.1", "0x0a.0.0.1", "167772161", "::ffff:10.0.0.1", "[::ffff:a00:1]"]],
  ["fd00::1", ["fd00::1", "[fd00::1]", "FD00:0:0:0:0:0:0:1", "fd00:0000::0001"]],
  [
    "localhost",
    ["localhost", "LOCALHOST.", "127.0.0.1", "127.1", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"],
  ],
  ["pg.db.svc", ["pg.db.svc", "pg.db.svc.cluster.local", "pg.db.svc.cluster.local."]],
])("%s is one host in all its spellings", (canonical, spellings) => {
  expect(spellings.map(canonicalHost)).toEqual(spellings.map(() => canonical));
});

test("what only looks alike is not one host", () => {
  const hosts = [
    "pg.acme.internal",
    "pg2.acme.internal",
    "pg.acme.internal.eu",
    "127.0.0.2",
    "10.0.0.1",
    "fd00::2",
  ];
  expect(new Set(hosts.map(canonicalHost)).size).toBe(hosts.length);
});

test("a canonical host stays what it is", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), (host) => {
      expect(canonicalHost(canonicalHost(host))).toBe(canonicalHost(host));
      expect(canonicalHost(`${host.toUpperCase()}`)).toBe(canonicalHost(host));
    }),
  );
});

test.each([
  ["localhost", "machine"],
  ["pg", "cluster"],
  ["pg.db.svc", "cluster"],
  ["pg.acme.internal", "everywhere"],
  ["10.0.0.1", "everywhere"],
  ["fd00::1", "everywhere"],
])("%s means the same: %s", (host, scope) => expect(scopeOfHost(host)).toBe(scope));
