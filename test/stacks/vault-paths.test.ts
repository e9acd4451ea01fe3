import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { authPathProblems, namespacePathProblems, vaultPathProblems, type Problem } from "../../lib/core";
import type { DeclaredEnvironment } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { render } from "../../lib/synth/render";
import { environments } from "../../template/project/stacks";
import { maximal } from "../support/maximal";
import { anyEnvironment } from "../support/rules-environments";
import type { StackJson } from "../support/environment";

/** Since 2.0 Vault refuses a path that is not as it would write it itself: `a//b`, `a/./b`, `/a`. */
const isCanonical = (text: string): boolean =>
  text !== "" &&
  path.posix.normalize(`/${text}`) === `/${text}` &&
  /^[!-~]+$/.test(text) &&
  !/[%?#\\]/.test(text) &&
  !text.endsWith("/");

type Body = Readonly<Record<string, unknown>>;

/** The paths at which the provider asks for a resource, and those that it writes down in Vault, as the JSON has them. */
const PATHS_OF: Readonly<Record<string, (body: Body) => unknown[]>> = {
  vault_audit: ({ type, path = type }) => [`sys/audit/${path}`],
  vault_auth_backend: ({ path }) => [`sys/auth/${path}`],
  vault_database_secret_backend_connection: ({ backend, name }) => [`${backend}/config/${name}`],
  vault_database_secret_backend_role: ({ backend, name }) => [
    `${backend}/roles/${name}`,
    `${backend}/creds/${name}`,
  ],
  vault_generic_endpoint: ({ path }) => [path],
  vault_identity_entity: ({ name }) => [`identity/entity/name/${name}`],
  vault_identity_entity_alias: () => ["identity/entity-alias"],
  vault_identity_group: ({ name }) => [`identity/group/name/${name}`],
  vault_identity_group_alias: () => ["identity/group-alias"],
  vault_kubernetes_auth_backend_config: ({ backend }) => [`auth/${backend}/config`],
  vault_kubernetes_auth_backend_role: ({ backend, role_name }) => [`auth/${backend}/role/${role_name}`],
  vault_mount: ({ path }) => [`sys/mounts/${path}`, `sys/mounts/${path}/tune`],
  vault_policy: ({ name, policy }) => [
    `sys/policies/acl/${name}`,
    ...Object.keys((JSON.parse(String(policy)) as { path: object }).path),
  ],
  vault_quota_config: () => ["sys/quotas/config"],
  vault_quota_rate_limit: ({ name, path }) => [`sys/quotas/rate-limit/${name}`, path],
};

/** What agents, the injector, Vault's own seal and Terraform's login are told, by the key under which it stands. */
const PATHS_IN_TEXTS = [
  /"vault\.hashicorp\.com\/agent-inject-secret-[^"]*": ?"([^"]*)"/g,
  /"vault\.hashicorp\.com\/auth-path": ?"([^"]*)"/g,
  /\bsecret \\+"([^"\\]*)\\+"/g,
  /\bauthPath: (?:\\")?([^\\\s"]*)/g,
  /\bmount_path\s+= \\+"([^"\\]*)\\+"/g,
];

function pathsOf(stack: StackJson): string[] {
  const resources = Object.entries(stack.resource ?? {});
  const written = (text: unknown): string =>
    String(text).replace(/\$\{(\w+)\.(\w+)\.(\w+)\}/g, (_, type: string, name: string, argument: string) =>
      String(stack.resource?.[type]?.[name]?.[argument]),
    );
  const asked = resources
    .filter(([type]) => type.startsWith("vault_"))
    .flatMap(([type, bodies]) => {
      const paths = PATHS_OF[type];
      if (paths === undefined) throw new Error(`${type} is rendered, and its paths are not looked at`);
      return Object.values(bodies).flatMap((body) => paths(body).map(written));
    });
  const text = JSON.stringify(stack);
  const told = PATHS_IN_TEXTS.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, found]) => found ?? ""),
  );
  const logins = (stack.provider?.["vault"] ?? []).flatMap(
    (body) => (body as { auth_login?: { path: string }[] }).auth_login?.map((each) => each.path) ?? [],
  );
  return [...asked, ...told, ...logins];
}

function rendered(all: readonly DeclaredEnvironment[]): StackJson[] {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-paths-"));
  try {
    return render(all, directory).map(
      ({ file }) => JSON.parse(fs.readFileSync(path.join(directory, file), "utf8")) as StackJson,
    );
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

/** Paths as somebody may write them, most of them wrong in one place. */
const anyPath = fc
  .array(
    fc.constantFrom("a", "eu-1", "a.b", "a..b", ".", "..", "", "-", "%2e", "a b", "ä", "A_1", "a*", "*"),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((segments) => segments.join("/"));

test.each<[string, (property: string, value: string) => Problem[]]>([
  ["a mount", vaultPathProblems],
  ["an auth method", authPathProblems],
  ["a namespace", namespacePathProblems],
])("the path of %s that is taken is canonical, and some are", (_, problems) => {
  let taken = 0;
  fc.assert(
    fc.property(anyPath, (text) => {
      if (problems("path", text).length > 0) return;
      taken += 1;
      expect({ text, canonical: isCanonical(text) }).toEqual({ text, canonical: true });
    }),
    { numRuns: 2_000 },
  );
  expect(taken).toBeGreaterThan(50);
});

test("what is refused here is what Vault refuses", () => {
  const others = ["", "/a", "a/", "a//b", "a/./b", "a/../b", "..", "a b", "a%2fb", "a?b", "ä"];
  expect(others.filter(isCanonical)).toEqual([]);
  expect(
    ["database/creds/orders-shop", "auth/kubernetes/eu-1/login", "database/creds/*"].filter(isCanonical),
  ).toHaveLength(3);
});

test("every path that is rendered of every key of a declaration, and of the template, is canonical", () => {
  const everyKey = rendered(maximal);
  for (const stacks of [everyKey, rendered(environments)]) {
    const paths = stacks.flatMap(pathsOf);
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter((each) => !isCanonical(each))).toEqual([]);
  }
  // Nothing of the two lists is looked for in vain.
  const kinds = new Set(everyKey.flatMap(({ resource = {} }) => Object.keys(resource)));
  expect(Object.keys(PATHS_OF).filter((type) => !kinds.has(type))).toEqual([]);
  const text = everyKey.map((each) => JSON.stringify(each)).join("\n");
  expect(PATHS_IN_TEXTS.filter((pattern) => text.match(pattern) === null)).toEqual([]);
});

test("every path of any environment that is taken is canonical, whatever its mounts are called", () => {
  fc.assert(
    fc.property(anyEnvironment, anyPath, anyPath, (environment, mountPath, authPath) => {
      const declared = { ...environment, vault: { ...environment.vault, mountPath, authPath } };
      fc.pre(configurationProblems([declared]).length === 0);
      expect(
        rendered([declared])
          .flatMap(pathsOf)
          .filter((each) => !isCanonical(each)),
      ).toEqual([]);
    }),
    { numRuns: 10 },
  );
});
