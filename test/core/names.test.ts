import {
  authPathProblems,
  certificateProblems,
  hostProblems,
  identifierProblems,
  imageProblems,
  labelProblems,
  urlProblems,
  vaultPathProblems,
  type Problem,
} from "../../lib/core";
import { vaultCa, postgresCa } from "../../template/project/stacks/certificates";

const sha = `sha256:${"0".repeat(64)}`;

type Check = (property: string, value: string) => Problem[];

const cases: [string, Check, string[], string[]][] = [
  [
    "a label",
    labelProblems,
    ["orders", "a", "a-1", "a".repeat(63)],
    ["", "Orders", "1a", "a-", "a.b", "a_b", "a".repeat(64)],
  ],
  ["an auth path", authPathProblems, ["kubernetes", "a/b"], ["auth/kubernetes", "", "/a"]],
  [
    "a Vault path",
    vaultPathProblems,
    ["database", "kubernetes/eu-1", "a.b"],
    ["", "/a", "a/", "a//b", "-a", "a b"],
  ],
  [
    "an identifier",
    identifierProblems,
    ["orders", "select", 'a"b', "Ä".repeat(31)],
    ["", "a\nb", "{{name}}", "Ä".repeat(32)],
  ],
  [
    "a host",
    hostProblems,
    ["pg", "pg.acme.internal", "10.0.0.1", "::1", "2001:db8::1"],
    ["", "pg:5432", "https://pg", "a b", "-a"],
  ],
  [
    "an image",
    imageProblems,
    [
      "orders:1",
      "ghcr.io/acme/orders:1.4.2",
      "localhost:5000/a:b",
      `ghcr.io/acme/orders@${sha}`,
      `orders:1@${sha}`,
    ],
    ["", "orders", "orders:latest", "localhost:5000/orders", "orders@sha256:12", "orders: 1", "or ders:1"],
  ],
  [
    "a URL",
    (property, value) => urlProblems(property, value, ["https"]),
    ["https://vault:8200", "https://vault.acme.internal/base"],
    [
      "",
      "vault:8200",
      "http://vault",
      "https://u:p@vault",
      "https://vault/",
      "https://vault?a=b",
      "https://vault/#a",
    ],
  ],
  [
    "a certificate",
    certificateProblems,
    [vaultCa, vaultCa + postgresCa],
    [
      "",
      "MIIB",
      vaultCa.replace("MIIB", "AAAA"),
      `${vaultCa}-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n`,
    ],
  ],
];

describe.each(cases)("%s", (_, problems, right, wrong) => {
  test.each(right)("may be %j", (value) => expect(problems("it", value)).toEqual([]));

  test.each(wrong)("may not be %j", (value) => {
    expect(problems("it", value)).toEqual([
      {
        property: "it",
        must: expect.stringMatching(/^(be|name) /),
        got: value,
        fix: expect.stringMatching(/./),
      },
    ]);
  });
});

test.each([
  "a:b:c",
  "http://x/y:1",
  "ghcr.io//orders:1",
  "ghcr.io/Acme/orders:1",
  "ghcr.io/acme/orders:1:2",
  "user:pw@ghcr.io/acme/orders:1",
  "orders:1@sha256:abc",
  "-a/b:1",
  `${"a".repeat(256)}:1`,
])("%j is no reference to an image", (image) => expect(imageProblems("it", image)).toHaveLength(1));

test("no name is one that every object has", () => {
  expect(labelProblems("it", "constructor")).toMatchObject([
    { must: "be no name that every JavaScript object has" },
  ]);
});
