import type { Environment } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { synthesizeAside, type Output } from "../support/environment";
import { inVaultNamespace } from "../support/vault-namespace";

type Vault = Extract<Environment["vault"], { mode: "external" }>;
const vault = inVaultNamespace.vault as Vault;
const withVault = (changes: Partial<Vault>): Environment => ({
  ...inVaultNamespace,
  vault: { ...vault, ...changes },
});

let output: Output;
beforeAll(async () => {
  output = await synthesizeAside([inVaultNamespace]);
});

test("every stack writes to the namespace, and logs in where the pipeline's method is", () => {
  expect(output.findings).toEqual([]);
  for (const stack of ["production-platform", "production", "production-people"])
    expect(output.json(stack).provider["vault"]).toEqual([
      {
        address: "https://vault.acme.internal:8200",
        namespace: "admin/shop",
        auth_login_jwt: [{ mount: "jwt-ci", role: "leasehold", namespace: "admin" }],
      },
    ]);
});

test.each<[string, string, object]>([
  ["root", "of the root namespace", { use_root_namespace: true }],
  ["ci", "of a namespace", { namespace: "ci" }],
])("a login in %s is one %s", async (namespace, _, rendered) => {
  const login = { kind: "kubernetes", mount: "kubernetes-ci", role: "leasehold", namespace } as const;
  const { json } = await synthesizeAside([withVault({ terraform: { login } })]);
  expect(json("production").provider["vault"]?.[0]).toMatchObject({
    auth_login: [{ path: "auth/kubernetes-ci/login", ...rendered }],
  });
});

test("the agent of each pod logs in there, and revokes there", () => {
  const { resource } = output.json("production");
  const pods = Object.values(resource?.["kubernetes_deployment_v1"] ?? {}) as {
    spec: { template: { metadata: { annotations: Record<string, string> } } };
  }[];
  expect(pods.length).toBeGreaterThan(0);
  for (const { spec } of pods) {
    const { annotations } = spec.template.metadata;
    expect(annotations["vault.hashicorp.com/namespace"]).toBe("admin/shop");
    expect(JSON.parse(annotations["vault.hashicorp.com/agent-init-json-patch"] ?? "")).toContainEqual({
      op: "add",
      path: "/env/-",
      value: { name: "VAULT_NAMESPACE", value: "admin/shop" },
    });
  }
});

describe("what is of the root namespace alone", () => {
  const refused = (changes: Partial<Vault>) => configurationProblems([withVault(changes)]);
  test("is refused, all of it at once", () => {
    expect(refused({ audit: [{ kind: "stdout" }], rateLimits: { login: 20 } })).toEqual([
      {
        path: "production",
        property: "vault.audit",
        must: "be left to whoever owns Vault: from inside of a namespace it cannot be written",
        got: [{ kind: "stdout" }],
        fix: "write vault.audit: []",
      },
      {
        path: "production",
        property: "vault.rateLimits",
        must: "be left to whoever owns Vault: from inside of a namespace it cannot be written",
        got: { login: 20 },
        fix: 'leave it out, and have it set for "admin/shop/auth/…" and "admin/shop/…" from the root namespace',
      },
    ]);
  });
  test("is not asked about where there is no namespace", () => {
    expect(refused({ namespace: undefined, audit: [{ kind: "stdout" }], rateLimits: { login: 20 } })).toEqual(
      [],
    );
  });
});

test.each(["", "/admin", "admin/", "admin//shop", "a b", "root", "admin/sys", "auth"])(
  "%j is no namespace",
  (namespace) => {
    expect(configurationProblems([withVault({ namespace })])).toEqual([
      expect.objectContaining({
        path: "production-vault/Vault",
        property: "namespace",
        must: expect.stringContaining("be a namespace of Vault, from the root"),
        got: namespace,
      }),
    ]);
  },
);

describe("two environments on one server of Vault", () => {
  const other = (namespace: string | undefined): Environment => ({
    ...withVault({ namespace }),
    name: "staging",
    cluster: { ...inVaultNamespace.cluster, connection: { kind: "kubeconfig", context: "staging" } },
    databases: inVaultNamespace.databases.map((each) => ({ ...each, host: "pg.staging.acme.internal" })),
  });
  const properties = (namespace: string | undefined) => [
    ...new Set(configurationProblems([inVaultNamespace, other(namespace)]).map(({ property }) => property)),
  ];

  test("may have the same paths in namespaces of their own", () => {
    expect(properties("admin/staging")).toEqual([]);
    expect(properties(undefined)).toEqual([]);
  });
  test("are refused in one", () => {
    expect(properties("admin/shop")).toEqual(["vault.mountPath", "vault.authPath", "login.group"]);
  });
  test("still share a server of PostgreSQL", () => {
    const onOneServer = [inVaultNamespace, other("admin/staging")].map((each) => ({
      ...each,
      databases: each.databases.map((database) => ({ ...database, host: "pg" })),
    }));
    expect(configurationProblems(onOneServer).map(({ property }) => property)).toContain("username");
  });
});
