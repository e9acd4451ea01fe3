import { Testing } from "cdktf";
import fc from "fast-check";
import {
  KubernetesAuth,
  kubernetesAuthProblems,
  KubernetesAuthRole,
  kubernetesAuthRoleProblems,
  type KubernetesAuthProps,
  type KubernetesAuthRoleProps,
} from "../../lib/auth";
import { formatProblem, seconds, type Duration, type Problem } from "../../lib/core";
import { Policy } from "../../lib/core/terraform";
import { caCertificate, emptyStack, only, resourcesOf } from "../support/service-fixtures";

const method: KubernetesAuthProps = {
  path: "kubernetes",
  kubernetesHost: "https://kubernetes.default.svc",
  defaultLeaseTtl: "1h",
  maxLeaseTtl: "24h",
  reviewer: { kind: "vault-service-account" },
};

const outside: KubernetesAuthProps = {
  ...method,
  path: "kubernetes/production",
  kubernetesHost: "https://api.acme.internal:6443",
  caCertificate,
  reviewer: { kind: "reviewer-jwt", source: { kind: "out-of-band" } },
};

const inState: KubernetesAuthProps = {
  ...outside,
  reviewer: {
    kind: "reviewer-jwt",
    source: { kind: "terraform-state", reason: "the state is encrypted and read by CI only" },
  },
};

const role: KubernetesAuthRoleProps = {
  authPath: "kubernetes",
  name: "orders",
  serviceAccount: "orders",
  namespace: "shop",
  audience: "vault",
  policies: ["production-orders"],
  tokenPeriod: "1h",
};

const messages = (problems: readonly Problem[]) =>
  problems.map((problem) => formatProblem({ ...problem, path: "p" }));

/** What a reader of the provider's state gets back for a TTL: Go's own spelling, without zeros at its end. */
function inSeconds(goDuration: string): number {
  const [, hours, minutes, rest] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(goDuration) ?? [];
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(rest ?? 0);
}

describe("KubernetesAuth", () => {
  const define = (props: KubernetesAuthProps) =>
    resourcesOf((stack) => void new KubernetesAuth(stack, "KubernetesAuth", props));

  test("defines the method with every key of its tuning", () => {
    expect(only(define(method), "vault_auth_backend")).toEqual({
      type: "kubernetes",
      path: "kubernetes",
      tune: [
        {
          default_lease_ttl: "1h",
          max_lease_ttl: "24h",
          token_type: "default-service",
          listing_visibility: "hidden",
          allowed_response_headers: [],
          audit_non_hmac_request_keys: [],
          audit_non_hmac_response_keys: [],
          passthrough_request_headers: [],
        },
      ],
    });
  });

  test("takes a description, whose text Terraform does not read", () => {
    const resources = define({ ...method, description: "pods of ${cluster}" });
    expect(only(resources, "vault_auth_backend")["description"]).toBe("pods of $${cluster}");
  });

  test.each<[Duration, string]>([
    ["45s", "45s"],
    ["90s", "1m30s"],
    ["15m", "15m"],
    ["90m", "1h30m"],
    ["3601s", "1h0m1s"],
    ["30d", "720h"],
  ])("spells a TTL of %s as the provider reads it back: %s", (ttl, spelling) => {
    const [tune] = only(define({ ...method, defaultLeaseTtl: ttl, maxLeaseTtl: ttl }), "vault_auth_backend")[
      "tune"
    ] as [object];
    expect(tune).toMatchObject({ default_lease_ttl: spelling, max_lease_ttl: spelling });
  });

  test("loses no second of any TTL", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_764_800 }), (total) => {
        const [tune] = only(
          define({ ...method, defaultLeaseTtl: "1s", maxLeaseTtl: `${total}s` }),
          "vault_auth_backend",
        )["tune"] as [{ max_lease_ttl: string }];
        expect(inSeconds(tune.max_lease_ttl)).toBe(total);
      }),
      { numRuns: 50 },
    );
  });

  test("lets a Vault in the cluster review with its own ServiceAccount, so that nothing is secret", () => {
    const resources = define(method);
    const [id] = Object.keys(resources["vault_auth_backend"] ?? {});
    expect(only(resources, "vault_kubernetes_auth_backend_config")).toEqual({
      backend: `\${vault_auth_backend.${id}.path}`,
      kubernetes_host: "https://kubernetes.default.svc",
      disable_local_ca_jwt: false,
      disable_iss_validation: true,
    });
  });

  test("gives it the CA of the API server if there is one", () => {
    const config = only(define({ ...method, caCertificate }), "vault_kubernetes_auth_backend_config");
    expect(config).toMatchObject({ kubernetes_ca_cert: caCertificate, disable_local_ca_jwt: false });
  });

  test("defines no configuration where an operator writes it: the next apply would erase the JWT", () => {
    const resources = define(outside);
    expect(Object.keys(resources)).toEqual(["vault_auth_backend"]);
    expect(only(resources, "vault_auth_backend")["path"]).toBe("kubernetes/production");
  });

  test("takes the JWT from a sensitive variable where the state may hold it", () => {
    const stack = emptyStack();
    new KubernetesAuth(stack, "KubernetesAuth", inState);
    const { resource, variable } = JSON.parse(Testing.synth(stack, true)) as {
      resource: ReturnType<typeof resourcesOf>;
      variable: object;
    };
    expect(variable).toEqual({
      reviewer_jwt: {
        type: "string",
        sensitive: true,
        description:
          "Token of the ServiceAccount that reviews logins at auth/kubernetes/production; it is kept in the state",
      },
    });
    expect(only(resource, "vault_kubernetes_auth_backend_config")).toMatchObject({
      kubernetes_host: "https://api.acme.internal:6443",
      kubernetes_ca_cert: caCertificate,
      token_reviewer_jwt: "${var.reviewer_jwt}",
      disable_local_ca_jwt: true,
      disable_iss_validation: true,
    });
  });

  test("keeps its logical ids: another one would end every login", () => {
    const resources = define(method);
    expect(Object.keys(resources["vault_auth_backend"] ?? {})).toEqual(["KubernetesAuth_726A530A"]);
    expect(Object.keys(resources["vault_kubernetes_auth_backend_config"] ?? {})).toEqual([
      "KubernetesAuth_Configuration_20C0A783",
    ]);
  });

  test("offers the method to those that must wait for it, and its path as a reference", () => {
    const resources = resourcesOf((stack) => {
      const auth = new KubernetesAuth(stack, "KubernetesAuth", method);
      new Policy(stack, "Policy", { name: auth.path, policy: "{}", dependsOn: [auth.resource] });
    });
    expect(only(resources, "vault_policy")).toEqual({
      name: "${vault_auth_backend.KubernetesAuth_726A530A.path}",
      policy: "{}",
      depends_on: ["vault_auth_backend.KubernetesAuth_726A530A"],
    });
  });

  test("refuses all that is wrong at once, before anything is defined", () => {
    const stack = emptyStack();
    const wrong = {
      ...inState,
      path: "auth/kubernetes",
      kubernetesHost: "http://api",
      caCertificate: undefined,
      defaultLeaseTtl: "2h",
      maxLeaseTtl: "1h",
      reviewer: { kind: "reviewer-jwt", source: { kind: "terraform-state", reason: "so" } },
    } as const satisfies KubernetesAuthProps;
    expect(() => new KubernetesAuth(stack, "KubernetesAuth", wrong)).toThrow(
      [
        "the configuration has 5 problems:",
        "  [production/KubernetesAuth] 'path' must be the auth method's path without 'auth/' before it, got \"auth/kubernetes\"; write \"kubernetes\"",
        '  [production/KubernetesAuth] \'kubernetesHost\' must be a URL with https, without credentials, query, fragment or a slash at the end, got "http://api"; write it like "https://vault.acme.internal:8200"',
        "  [production/KubernetesAuth] 'defaultLeaseTtl' must be at most 'maxLeaseTtl' (\"1h\"), got \"2h\"; shorten it, or lengthen the other",
        "  [production/KubernetesAuth] 'reviewer.source.reason' must say in at least ten characters why the unsafe choice is right here, got \"so\"; write the reason down, or take the safe choice",
        "  [production/KubernetesAuth] 'caCertificate' must be the API server's CA where the reviewer is a JWT: outside the cluster Vault has no other way to know it, got nothing; paste the cluster's CA certificate (kubectl config view --raw shows it in base64)",
      ].join("\n"),
    );
    expect(stack.node.tryFindChild("KubernetesAuth")).toBeUndefined();
  });

  test.each<[string, Partial<KubernetesAuthProps>, string]>([
    ["a path with a slash at its end", { path: "kubernetes/" }, "path"],
    ["a CA that is none", { caCertificate: "CERTIFICATE" }, "caCertificate"],
    ["no default", { defaultLeaseTtl: "1 hour" as Duration }, "defaultLeaseTtl"],
    ["no maximum", { maxLeaseTtl: "0s" }, "maxLeaseTtl"],
  ])("refuses %s", (_, wrong, property) => {
    expect(kubernetesAuthProblems({ ...method, ...wrong }).map((problem) => problem.property)).toEqual([
      property,
    ]);
  });

  test("finds nothing wrong with any of the reviewers", () => {
    expect([method, outside, inState].flatMap((props) => kubernetesAuthProblems(props))).toEqual([]);
  });
});

describe("KubernetesAuthRole", () => {
  const define = (props: KubernetesAuthRoleProps) =>
    only(
      resourcesOf((stack) => void new KubernetesAuthRole(stack, "AuthRole", props)),
      "vault_kubernetes_auth_backend_role",
    );

  test("binds one ServiceAccount of one namespace and one audience, and leaves the default policy in place", () => {
    expect(define(role)).toEqual({
      backend: "kubernetes",
      role_name: "orders",
      bound_service_account_names: ["orders"],
      bound_service_account_namespaces: ["shop"],
      audience: "vault",
      alias_name_source: "serviceaccount_uid",
      token_policies: ["production-orders"],
      token_period: 3600,
    });
  });

  test("refuses all that is wrong at once", () => {
    const wrong: KubernetesAuthRoleProps = {
      authPath: "auth/kubernetes",
      name: "Orders",
      serviceAccount: "*",
      namespace: "prod-*",
      audience: "",
      policies: [],
      tokenPeriod: "soon" as Duration,
    };
    expect(messages(kubernetesAuthRoleProblems(wrong))).toEqual([
      "[p] 'authPath' must be the auth method's path without 'auth/' before it, got \"auth/kubernetes\"; write \"kubernetes\"",
      "[p] 'name' must be lower-case letters, digits, '_', '-' and '.', with neither '-' nor '.' at either end: Vault stores it in lower case, got \"Orders\"; rename it",
      "[p] 'serviceAccount' must be one exact name: lower-case letters, digits, '-' and '.', no wildcard, got \"*\"; name the one that may log in; others get a role of their own",
      "[p] 'namespace' must be one exact name: lower-case letters, digits, '-' and '.', no wildcard, got \"prod-*\"; name the one that may log in; others get a role of their own",
      '[p] \'audience\' must be the audience of the pods\' tokens: letters, digits and . _ : / -, got ""; name it after Vault, such as "vault"',
      "[p] 'policies' must name at least one policy, each once, got []; name the policy that reads the service's credentials",
      '[p] \'tokenPeriod\' must be a duration of more than nothing: a whole number and one of s, m, h, d, such as "15m" or "1h", got "soon"; write it as "90s", "15m", "1h" or "7d"',
    ]);
    const stack = emptyStack();
    expect(() => new KubernetesAuthRole(stack, "AuthRole", wrong)).toThrow(
      "the configuration has 7 problems:",
    );
    expect(stack.node.tryFindChild("AuthRole")).toBeUndefined();
  });

  test("refuses policies that Vault spells otherwise, and the one that allows everything", () => {
    expect(messages(kubernetesAuthRoleProblems({ ...role, policies: ["A", "root", "b", "b"] }))).toEqual([
      '[p] \'policies\' must name at least one policy, each once, got ["A","root","b","b"]; name the policy that reads the service\'s credentials',
      "[p] 'policies[0]' must be lower-case letters, digits, '_', '-' and '.', with neither '-' nor '.' at either end: Vault stores it in lower case, got \"A\"; rename it",
      "[p] 'policies[1]' must not be the policy that allows everything, got \"root\"; name a policy that allows what the service needs",
    ]);
  });

  test("never binds a pattern", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("*", "?", "["), fc.string(), (before, glob, after) => {
        const name = `${before}${glob}${after}`;
        const properties = (props: KubernetesAuthRoleProps) =>
          kubernetesAuthRoleProblems(props).map((problem) => problem.property);
        expect(properties({ ...role, serviceAccount: name })).toEqual(["serviceAccount"]);
        expect(properties({ ...role, namespace: name })).toEqual(["namespace"]);
      }),
    );
  });

  test("renders the period in seconds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.constantFrom("s", "m", "h"), (amount, unit) => {
        const tokenPeriod = `${amount}${unit}` as Duration;
        expect(define({ ...role, tokenPeriod })["token_period"]).toBe(seconds(tokenPeriod));
      }),
      { numRuns: 20 },
    );
  });
});
