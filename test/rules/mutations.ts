import { NotApplicable, type Spoilt } from "../support/rules-mutations";
import { AGENT_MUTATIONS } from "./agent-mutations";
import { POD_MUTATIONS } from "./pod-mutations";

/** What is done to what was rendered, and the rule that is there to catch it. */
export type Mutation = readonly [title: string, rule: string, spoil: (spoilt: Spoilt) => void];

const PREFIX = "vault.hashicorp.com/";
const ROLE = "vault_database_secret_backend_role";
const AUTH_ROLE = "vault_kubernetes_auth_backend_role";
const CONNECTION = "vault_database_secret_backend_connection";

function policyOf(
  spoilt: Spoilt,
  change: (path: Record<string, { capabilities: string[] }>) => object,
): void {
  const policy = spoilt.first("vault_policy");
  const { path } = JSON.parse(policy.policy) as { path: Record<string, { capabilities: string[] }> };
  policy.policy = JSON.stringify({ path: change(path) });
}

function widened(pattern: string): (spoilt: Spoilt) => void {
  return (spoilt) => policyOf(spoilt, () => ({ [pattern]: { capabilities: ["read"] } }));
}

function annotation(key: string, value: string): (spoilt: Spoilt) => void {
  return (spoilt) => void (spoilt.annotations()[PREFIX + key] = value);
}

/** Of the one file of the first Deployment. */
function fileAnnotation(key: string, value: string): (spoilt: Spoilt) => void {
  return (spoilt) => {
    const annotations = spoilt.annotations();
    const found = Object.keys(annotations).find((name) => name.startsWith(`${PREFIX}${key}-`));
    if (found === undefined) throw new NotApplicable(key);
    annotations[found] = value;
  };
}

function argument(type: string, name: string, value: unknown): (spoilt: Spoilt) => void {
  return (spoilt) => void (spoilt.first(type)[name] = value);
}

function creation(from: string | RegExp, to: string): (spoilt: Spoilt) => void {
  return (spoilt) => spoilt.statements("creation_statements", (text) => replaced(text, from, to));
}

function url(from: string | RegExp, to: string): (spoilt: Spoilt) => void {
  return (spoilt) => {
    const { postgresql } = spoilt.first(CONNECTION);
    postgresql.connection_url = replaced(postgresql.connection_url as string, from, to);
  };
}

function replaced(text: string, from: string | RegExp, to: string | (() => string)): string {
  const changed = text.replace(from, to as string);
  if (changed === text) throw new NotApplicable(`${String(from)} is not in it`);
  return changed;
}

function env(name: RegExp, value: string): (spoilt: Spoilt) => void {
  return (spoilt) => {
    const [container] = spoilt.pod().spec.container;
    const variable = container.env.find((each: { name: string }) => name.test(each.name));
    variable.value = value;
  };
}

function revocation(from: string, to: string): (spoilt: Spoilt) => void {
  return (spoilt) => {
    const role = spoilt.first(ROLE);
    const before = role.revocation_statements as string[];
    role.revocation_statements = before.map((text) => text.replaceAll(from, to));
    if (before.every((text) => !text.includes(from))) throw new NotApplicable(from);
  };
}

function postgresql(name: string, value: string): (spoilt: Spoilt) => void {
  return (spoilt) => void (spoilt.first(CONNECTION).postgresql[name] = value);
}

function alsoMay(pattern: string, capability: string): (spoilt: Spoilt) => void {
  return (spoilt) => policyOf(spoilt, (path) => ({ ...path, [pattern]: { capabilities: [capability] } }));
}

/** What somebody may add to a creation, and what of it is seen on no server but at run time. */
const ADDED_STATEMENTS: readonly (readonly [title: string, text: string])[] = [
  ["join without inheriting", 'GRANT "orders-shop" TO "{{name}}" WITH INHERIT FALSE;'],
  ["never end a login, later", `ALTER ROLE "{{name}}" VALID UNTIL 'infinity';`],
  ["take the password away", 'ALTER ROLE "{{name}}" PASSWORD NULL;'],
  ["take the login away", 'ALTER ROLE "{{name}}" NOLOGIN;'],
  ["grant to everybody", "GRANT SELECT ON payments TO PUBLIC;"],
  ["grant to another service", 'GRANT SELECT ON payments TO "billing-shop";'],
  ["hand privileges on", 'GRANT SELECT ON orders TO "{{name}}" WITH GRANT OPTION;'],
  ["make a function", "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';"],
  ["build a statement", `DO $$ BEGIN EXECUTE format('ALTER ROLE %I SUPERUSER', '{{name}}'); END $$`],
  ["make two roles", `CREATE ROLE "{{name}}" LOGIN;`],
  ["look elsewhere for tables", 'ALTER ROLE "{{name}}" SET search_path = attacker, public;'],
  ["read only", 'ALTER ROLE "{{name}}" SET default_transaction_read_only = on;'],
  ["become the group", 'SET ROLE "orders-shop";'],
  ["change what is to come", 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO "{{name}}";'],
  ["let credentials make tables", 'GRANT CREATE ON SCHEMA public TO "{{name}}";'],
];

const OTHER_CA = "-----BEGIN CERTIFICATE-----\nMIIBOTHER\n-----END CERTIFICATE-----\n";

/** One line per way to break a chain; the rule is the one that is meant for it. */
export const MUTATIONS: readonly Mutation[] = [
  ...AGENT_MUTATIONS,
  ...POD_MUTATIONS,
  ["drop a policy", "access/policy-missing", (s) => s.drop("vault_policy")],
  ["drop an auth role", "access/pod-login-refused", (s) => s.drop(AUTH_ROLE)],
  ["drop a database role", "access/policy-path-without-role", (s) => s.drop(ROLE)],
  ["rename a database role", "access/policy-path-without-role", argument(ROLE, "name", "renamed")],
  ["rename a policy", "access/policy-missing", argument("vault_policy", "name", "renamed")],
  ["rename an auth role", "access/pod-login-refused", argument(AUTH_ROLE, "role_name", "renamed")],
  ["leave a database role that nobody reads", "access/role-unreachable", widened("auth/token/lookup-self")],
  ["widen a path to all credentials", "access/policy-too-wide", widened("database/creds/*")],
  ["widen a path by a segment", "access/policy-too-wide", widened("database/creds/+")],
  ["widen a path to everything", "access/policy-too-wide", widened("*")],
  [
    "let a policy write credentials",
    "access/policy-writes-credentials",
    (s) =>
      policyOf(s, (path) =>
        Object.fromEntries(Object.keys(path).map((each) => [each, { capabilities: ["read", "update"] }])),
      ),
  ],
  [
    "let a policy edit policies",
    "access/policy-edits-itself",
    (s) => policyOf(s, (path) => ({ ...path, "sys/policies/acl/*": { capabilities: ["update"] } })),
  ],
  [
    "bind every ServiceAccount",
    "access/bound-wildcard",
    argument(AUTH_ROLE, "bound_service_account_names", ["*"]),
  ],
  [
    "bind namespaces by a glob",
    "access/bound-wildcard",
    argument(AUTH_ROLE, "bound_service_account_namespaces", ["s*"]),
  ],
  [
    "bind another ServiceAccount",
    "access/pod-login-refused",
    argument(AUTH_ROLE, "bound_service_account_names", ["other"]),
  ],
  [
    "bind another namespace",
    "access/pod-login-refused",
    argument(AUTH_ROLE, "bound_service_account_namespaces", ["other"]),
  ],
  [
    "bind the default ServiceAccount",
    "access/bound-default-service-account",
    argument(AUTH_ROLE, "bound_service_account_names", ["default"]),
  ],
  ["forget the audience", "access/no-audience", argument(AUTH_ROLE, "audience", undefined)],
  ["ask for another audience", "access/pod-login-refused", argument(AUTH_ROLE, "audience", "other")],
  [
    "run as another ServiceAccount",
    "access/pod-login-refused",
    (s) => void (s.pod().spec.service_account_name = "other"),
  ],
  ["log in as another role", "access/pod-login-refused", annotation("role", "other")],
  ["log in elsewhere", "access/pod-login-refused", annotation("auth-path", "auth/elsewhere")],
  [
    "read another path",
    "access/pod-path-refused",
    (s) => {
      fileAnnotation("agent-inject-secret", "database/creds/other")(s);
      fileAnnotation(
        "agent-inject-template",
        '{{ with secret "database/creds/other" }}{{ .Data | toJSON }}{{ end }}',
      )(s);
    },
  ],
  [
    "forget a role of the connection",
    "access/role-not-allowed",
    (s) => {
      const { name, db_name: own } = s.first(ROLE);
      for (const connection of s.all(CONNECTION))
        if (connection.name === own)
          connection.allowed_roles = connection.allowed_roles.filter((each: string) => each !== name);
    },
  ],
  ["allow every role", "access/allowed-roles-wildcard", argument(CONNECTION, "allowed_roles", ["*"])],
  [
    "allow a role that there is not",
    "access/allowed-role-missing",
    (s) => void s.first(CONNECTION).allowed_roles.push("gone"),
  ],
  [
    "lose the name of a role in a variable",
    "access/unknown",
    argument(AUTH_ROLE, "audience", "${var.audience}"),
  ],

  ["grant everything", "sql/all-privileges", creation(/$/, ' GRANT ALL PRIVILEGES ON orders TO "{{name}}";')],
  ["make superusers", "sql/dangerous-attribute", creation("WITH LOGIN", "WITH SUPERUSER LOGIN")],
  ["make roles that make roles", "sql/dangerous-attribute", creation("WITH LOGIN", "WITH CREATEROLE LOGIN")],
  [
    "put credentials into a powerful role",
    "sql/dangerous-membership",
    creation(/IN ROLE /, "IN ROLE pg_read_all_data, "),
  ],
  ["never end a login", "sql/no-valid-until", creation(" VALID UNTIL '{{expiration}}'", "")],
  ["forget the quotes of the name", "sql/placeholder", creation('"{{name}}"', "{{name}}")],
  ["fix the password", "sql/placeholder", creation("'{{password}}'", "'geheim'")],
  ["forget the revocation", "sql/no-revocation", argument(ROLE, "revocation_statements", [])],
  ["leave the role", "sql/revocation-leaves-role", (s) => void s.first(ROLE).revocation_statements.pop()],
  [
    "revoke only once",
    "sql/revocation-not-idempotent",
    (s) => s.statements("revocation_statements", (text) => text.replace("DROP ROLE IF EXISTS", "DROP ROLE")),
  ],
  [
    "write END as Vault does not read it",
    "sql/split-by-vault",
    (s) => s.statements("revocation_statements", (text) => text.replaceAll("END", "end")),
  ],
  ["misspell a statement", "sql/syntax", creation("CREATE ROLE", "CREAT ROLE")],
  [
    "grant all tables to each credential",
    "sql/all-tables-per-credential",
    creation(/$/, ' GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{{name}}";'),
  ],

  [
    "forget a TTL",
    "ttl/unset",
    (s) => {
      // What a role leaves open its mount decides.
      delete s.first(ROLE).default_ttl;
      delete s.first("vault_mount").default_lease_ttl_seconds;
    },
  ],
  [
    "default above maximum",
    "ttl/default-over-max",
    (s) => void (s.first(ROLE).default_ttl = s.first(ROLE).max_ttl + 1),
  ],
  ["lengthen a lease beyond the mount", "ttl/role-over-mount", argument(ROLE, "max_ttl", 40 * 86_400)],
  [
    "lengthen leases beyond the guardrail",
    "ttl/beyond-guardrail",
    (s) => {
      s.first("vault_mount").max_lease_ttl_seconds = 40 * 86_400;
      s.first(ROLE).max_ttl = 40 * 86_400;
    },
  ],
  [
    "end the token before the lease",
    "ttl/token-ends-before-lease",
    (s) => {
      const role = s.first(AUTH_ROLE);
      delete role.token_period;
      role.token_max_ttl = 60;
    },
  ],
  [
    "keep connections longer than the overlap",
    "ttl/overlap-shorter-than-pool",
    env(/_POOL_MAX_LIFETIME$/, "360000"),
  ],
  [
    "take the default policy away",
    "ttl/no-default-policy",
    argument(AUTH_ROLE, "token_no_default_policy", true),
  ],
  ["issue batch tokens", "ttl/batch-token", argument(AUTH_ROLE, "token_type", "batch")],

  [
    "kill before the drain ends",
    "lifecycle/drain-exceeds-grace",
    (s) => void (s.pod().spec.termination_grace_period_seconds = 5),
  ],
  ["turn the agent's cache on", "lifecycle/agent-cache", annotation("agent-cache-enable", "true")],
  [
    "let everybody read the file",
    "lifecycle/file-readable-by-others",
    fileAnnotation("agent-inject-perms", "0644"),
  ],
  ["run the agent as another user", "lifecycle/file-unreadable", annotation("agent-run-as-user", "100")],
  [
    "let the agent end before the application starts",
    "lifecycle/agent-restart",
    (s) => s.patch((operations) => operations.filter(({ path }) => path !== "/restartPolicy")),
  ],
  [
    "start before the file is there",
    "lifecycle/no-readiness-gate",
    (s) => s.patch((operations) => operations.filter(({ path }) => path !== "/startupProbe")),
  ],
  ["misspell an annotation", "lifecycle/unknown-annotation", annotation("agent-inject-conteiners", "orders")],
  ["write yes", "lifecycle/denied-value", annotation("agent-inject", "yes")],
  [
    "name a container that there is not",
    "lifecycle/container-names",
    annotation("agent-inject-containers", "gone"),
  ],
  [
    "annotate the Deployment",
    "lifecycle/annotations-on-workload",
    (s) => {
      const deployment = s.first("kubernetes_deployment_v1");
      deployment.metadata.annotations = s.annotations();
      deployment.spec.template.metadata.annotations = {};
    },
  ],
  [
    "revoke at another address",
    "lifecycle/address-mismatch",
    annotation("service", "https://vault.other.svc:8200"),
  ],

  ["verify nothing", "transport/ca-with-require", url("sslmode=verify-full", "sslmode=require")],
  ["turn TLS off", "transport/sslmode", url("sslmode=verify-full", "sslmode=disable")],
  [
    "reach Vault in plain text",
    "transport/vault-over-http",
    annotation("service", "http://vault.vault.svc:8200"),
  ],
  [
    "skip the check of Vault's certificate",
    "transport/tls-skip-verify",
    annotation("tls-skip-verify", "true"),
  ],
  [
    "install Vault without TLS",
    "transport/tls-disabled",
    (s) => s.values((text) => text.replace("tlsDisable: false", "tlsDisable: true")),
  ],

  [
    "give the password as an argument",
    "secrets/password-in-state",
    (s) => void (s.first(CONNECTION).postgresql.password = "${var.shop_password}"),
  ],
  [
    "hand a database password to the pod",
    "secrets/static-database-password",
    (s) =>
      void s.pod().spec.container[0].env.push({
        name: "PGPASSWORD",
        value_from: { secret_key_ref: { name: "orders-database", key: "password" } },
      }),
  ],
  [
    "write a Secret",
    "secrets/kubernetes-secret",
    (s) =>
      s.add("resource", "kubernetes_secret_v1", "orders", {
        metadata: { name: "orders" },
        data: { password: "geheim-7Zq9" },
      }),
  ],
  [
    "read a secret into state",
    "secrets/data-source",
    (s) => s.add("data", "vault_generic_secret", "shop", { path: "secret/shop" }),
  ],
  [
    "read another state",
    "secrets/remote-state",
    (s) =>
      s.add("data", "terraform_remote_state", "other", {
        backend: "local",
        config: { path: "other.tfstate" },
      }),
  ],

  ["forget the user in the URL", "connection/url-without-user", url("{{username}}:{{password}}@", "")],
  ["write the password into the URL", "connection/password-in-url", url("{{password}}", "geheim-7Zq9")],
  [
    "never verify the connection",
    "connection/verification-off",
    argument(CONNECTION, "verify_connection", false),
  ],
  [
    "never send the password",
    "connection/password-version-zero",
    (s) => void (s.first(CONNECTION).postgresql.password_wo_version = 0),
  ],
  [
    "never rotate the login",
    "connection/root-not-rotated",
    (s) => s.drop("vault_generic_endpoint", ({ path }) => String(path).includes("rotate-root")),
  ],
  [
    "share a login",
    "connection/two-on-one-login",
    (s) =>
      s.add("resource", CONNECTION, "second", { ...s.first(CONNECTION), name: "second", allowed_roles: [] }),
  ],

  [
    "ask for more connections than PostgreSQL has",
    "capacity/connections",
    (s) => void (s.first("kubernetes_deployment_v1").spec.replicas = "100000"),
  ],

  [
    "let more services into a stack than are planned in a while",
    "capacity/services-per-stack",
    (s) => {
      const type = "vault_kubernetes_auth_backend_role";
      const role = s.first(type);
      for (let more = 0; more <= 90; more++)
        s.add("resource", type, `more-${more}`, { ...role, role_name: `more-${more}` });
    },
  ],

  ["forget the audit devices", "vault/audit-devices", (s) => s.drop("vault_audit")],
  ["mount beside the audit devices", "vault/audit-first", argument("vault_mount", "depends_on", undefined)],
  [
    "add an auth method beside the audit devices",
    "vault/audit-first",
    (s) => s.add("resource", "vault_auth_backend", "second", { type: "approle", path: "second" }),
  ],
  [
    "forget the way back",
    "proof/installation",
    (s) =>
      s.values((text) =>
        replaced(text, /\n +annotations:\n +leasehold\/break-glass:[^]*?(?=\n +securityContext:)/, ""),
      ),
  ],
  [
    "let everybody begin to rekey",
    "vault/open-to-everybody",
    (s) =>
      s.values((text) =>
        replaced(
          text,
          'listener "tcp"',
          'enable_unauthenticated_access = ["rekey"]\n\n        listener "tcp"',
        ),
      ),
  ],
  [
    "run one Vault",
    "vault/one-replica",
    (s) => s.values((text) => text.replace(/replicas: 3(?=\n {4}disruption)/, "replicas: 1")),
  ],
  [
    "leave the services' namespaces out of the webhook",
    "lifecycle/webhook-passes-over",
    (s) => s.values((text) => replaced(text, 'operator: "NotIn"', 'operator: "In"')),
  ],
  [
    "switch the injector off",
    "lifecycle/injector-off",
    (s) => s.values((text) => replaced(text, "injector:\n", "injector:\n  enabled: false\n")),
  ],
  [
    "let one namespace reach Vault",
    "lifecycle/network-policy-cuts-off",
    (s) =>
      s.values((text) =>
        replaced(
          text,
          "namespaceSelector: {}",
          'namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "nobody" } }',
        ),
      ),
  ],
  [
    "install Vault in another namespace",
    "lifecycle/address-elsewhere",
    (s) => void (s.first("helm_release").namespace = "security"),
  ],
  [
    "run one injector",
    "vault/injector-replicas",
    (s) => s.values((text) => text.replace("injector:\n  replicas: 2", "injector:\n  replicas: 1")),
  ],
  [
    "replace both injectors at once",
    "proof/not-understood",
    (s) =>
      s.values((text) =>
        replaced(text, /type: "RollingUpdate"\n {4}rollingUpdate:\n.*\n.*\n/, 'type: "Recreate"\n'),
      ),
  ],
  [
    "block every pod of the cluster",
    "vault/webhook-blocks-cluster",
    (s) => s.values((text) => text.replace(/\n {4}namespaceSelector:[^]*?(?=\n {2}\w)/, "")),
  ],
  [
    "let pods through",
    "vault/webhook-lets-pods-through",
    (s) => s.values((text) => text.replace('failurePolicy: "Fail"', 'failurePolicy: "Ignore"')),
  ],
  [
    "open the network",
    "vault/network-policy",
    (s) =>
      s.values((text) =>
        text.replace(/networkPolicy:\n {4}enabled: true/, "networkPolicy:\n    enabled: false"),
      ),
  ],
  [
    "let addresses in and no namespace",
    "proof/disagreement",
    (s) => s.values((text) => text.replace("- namespaceSelector: {}", '- ipBlock: { cidr: "10.20.0.0/16" }')),
  ],
  [
    "open it to every address",
    "proof/not-understood",
    (s) => s.values((text) => text.replace("- namespaceSelector: {}", '- ipBlock: { cidr: "0.0.0.0/0" }')),
  ],
  [
    "let in a range that Kubernetes refuses",
    "proof/not-understood",
    (s) =>
      s.values((text) =>
        text.replace(/( *)- namespaceSelector: \{\}/, '$&\n$1- ipBlock: { cidr: "10.20.0.7/16" }'),
      ),
  ],

  [
    "grant more than staging has proven",
    "parity/grants",
    (s) =>
      s.sql((text) =>
        replaced(
          text,
          "ARRAY['SELECT', 'INSERT', 'UPDATE']",
          "ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']",
        ),
      ),
  ],
  ["write another format than staging", "parity/format", fileAnnotation("agent-inject-file", "other.json")],

  ["use a token once", "proof/not-understood", argument(AUTH_ROLE, "token_num_uses", 1)],
  [
    "name an alias that there is not",
    "proof/not-understood",
    argument(AUTH_ROLE, "alias_name_source", "pod_name"),
  ],
  [
    "let a second namespace log in",
    "proof/not-understood",
    (s) => void s.first(AUTH_ROLE).bound_service_account_namespaces.push("default"),
  ],
  ["never renew a token", "proof/not-understood", argument(AUTH_ROLE, "token_period", undefined)],
  ["keep a token for ten hours", "proof/disagreement", argument(AUTH_ROLE, "token_period", 36_000)],
  ["write a space behind the audience", "proof/not-understood", argument(AUTH_ROLE, "audience", "vault ")],
  [
    "make a role as often as a variable says",
    "proof/not-understood",
    argument(AUTH_ROLE, "count", "${var.n}"),
  ],
  [
    "hand a token out for ever",
    "proof/not-understood",
    (s) => s.add("resource", "vault_token", "orders", { policies: ["production-orders"], period: "768h" }),
  ],
  ["drop the auth method", "proof/missing", (s) => s.drop("vault_auth_backend")],
  ["mount the auth method elsewhere", "proof/missing", argument("vault_auth_backend", "path", "k8s")],
  [
    "check an issuer",
    "proof/not-understood",
    argument("vault_kubernetes_auth_backend_config", "disable_iss_validation", false),
  ],
  [
    "configure the auth method twice",
    "proof/twice",
    (s) =>
      s.add("resource", "vault_kubernetes_auth_backend_config", "second", {
        ...s.first("vault_kubernetes_auth_backend_config"),
        kubernetes_host: "https://api.other.internal:6443",
      }),
  ],
  [
    "log the pods' tokens",
    "proof/not-understood",
    (s) => void (s.first("vault_auth_backend").tune[0].audit_non_hmac_request_keys = ["jwt"]),
  ],
  [
    "end every token after an hour",
    "proof/disagreement",
    (s) => void (s.first("vault_auth_backend").tune[0].max_lease_ttl = "1s"),
  ],
  [
    "misspell a capability",
    "proof/over-reach",
    (s) =>
      policyOf(s, (path) =>
        Object.fromEntries(Object.keys(path).map((each) => [each, { capabilities: ["read", "wirte"] }])),
      ),
  ],
  ["read Vault's storage", "proof/over-reach", alsoMay("sys/raw/*", "read")],
  ["make tokens", "proof/over-reach", alsoMay("auth/token/create-orphan", "sudo")],
  ["revoke by prefix", "proof/over-reach", alsoMay("sys/leases/revoke-prefix/*", "update")],
  ["patch policies", "proof/over-reach", alsoMay("sys/policies/acl/*", "patch")],
  ["read another service's credentials", "proof/over-reach", alsoMay("database/creds/other", "read")],
  [
    "carry a second policy",
    "proof/unused",
    (s) => s.add("resource", "vault_policy", "second", { name: "second", policy: '{"path":{}}' }),
  ],
  ["issue keys", "proof/not-understood", argument(ROLE, "credential_type", "rsa_private_key")],
  ["write a role elsewhere", "proof/not-understood", argument(ROLE, "namespace", "team-a")],
  ["write a role by another provider", "proof/not-understood", argument(ROLE, "provider", "vault.other")],
  [
    "reset the password at each renewal",
    "proof/statement",
    argument(ROLE, "renew_statements", [
      `ALTER ROLE "{{name}}" PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
    ]),
  ],
  [
    "leave a role that no pod reads",
    "proof/unused",
    (s) => s.add("resource", ROLE, "second", { ...s.first(ROLE), name: "second" }),
  ],
  ["inherit nothing", "proof/statement", creation("WITH LOGIN", "WITH LOGIN NOINHERIT")],
  ["let nobody connect", "proof/statement", creation(/CONNECTION LIMIT \d+/, "CONNECTION LIMIT 0")],
  ["let a pool down", "proof/statement", creation(/CONNECTION LIMIT \d+/, "CONNECTION LIMIT 1")],
  [
    "let one credential use up the server",
    "proof/statement",
    creation(/CONNECTION LIMIT \d+/, "CONNECTION LIMIT 900"),
  ],
  ["join a group that there is not", "proof/missing", creation(/IN ROLE "[^"]*"/, 'IN ROLE "оrders"')],
  ["join no group", "proof/statement", creation(/ IN ROLE "[^"]*"/, "")],
  ["join in the old spelling", "proof/statement", creation(/IN ROLE "[^"]*"/, "IN GROUP pg_read_all_data")],
  ...ADDED_STATEMENTS.map(([title, text]): Mutation => [
    title,
    "proof/statement",
    (s) => void s.first(ROLE).creation_statements.push(text),
  ]),
  [
    "grant before there is a role",
    "proof/statement",
    (s) => void s.first(ROLE).creation_statements.unshift('GRANT SELECT ON orders TO "{{name}}";'),
  ],
  ["forget to refuse the login", "proof/statement", (s) => void s.first(ROLE).revocation_statements.shift()],
  ["forget to commit", "proof/statement", (s) => void s.first(ROLE).revocation_statements.splice(1, 1)],
  ["forget the sessions", "proof/statement", (s) => void s.first(ROLE).revocation_statements.splice(2, 1)],
  ["revoke backwards", "proof/statement", (s) => void s.first(ROLE).revocation_statements.reverse()],
  ["stay pg_signal_backend", "proof/statement", revocation("RESET ROLE;", "")],
  ["compare with a column", "proof/statement", revocation("usename = '{{name}}'", 'usename = "{{name}}"')],
  ["revoke only old names", "proof/statement", revocation("rolname = '{{name}}'", "rolname LIKE 'v-old%'")],
  [
    "take everything from the group",
    "proof/statement",
    (s) => void s.first(ROLE).revocation_statements.push('DROP OWNED BY "orders-shop";'),
  ],
  ["read from a standby", "proof/not-understood", url(/$/, "&target_session_attrs=read-only")],
  ["ask two hosts", "proof/not-understood", url(/:5432/, ":5432,other:5432")],
  ["trust another CA", "proof/disagreement", postgresql("tls_ca", OTHER_CA)],
  [
    "cut the random part off",
    "proof/not-understood",
    postgresql("username_template", '{{ printf "v-%s-%s" .RoleName (random 20) | truncate 63 }}'),
  ],
  [
    "name users by a function that there is not",
    "proof/not-understood",
    postgresql("username_template", '{{ printf "v-%s" (uuid) }}'),
  ],
  [
    "quote in a user's name",
    "proof/not-understood",
    postgresql("username_template", '{{ printf "v-\\"%s" (random 20) }}'),
  ],
  ["write the password down", "proof/not-understood", postgresql("password_wo", "geheim-7Zq9")],
  ["give half a certificate", "proof/not-understood", postgresql("tls_certificate", OTHER_CA)],
  ["log in as nobody", "proof/disagreement", postgresql("username", "vault_other")],
  [
    "rotate to a known password",
    "proof/not-understood",
    argument(CONNECTION, "root_rotation_statements", [`ALTER ROLE vault_admin PASSWORD 'geheim-7Zq9'`]),
  ],
  [
    "verify as a variable says",
    "proof/not-understood",
    argument(CONNECTION, "verify_connection", "${var.v}"),
  ],
  ["mount something else", "proof/not-understood", argument("vault_mount", "type", "kv")],
  ["mount nothing", "proof/missing", (s) => s.drop("vault_mount")],
  ["mount elsewhere", "proof/missing", argument("vault_mount", "path", "db")],
  [
    "log the password",
    "proof/not-understood",
    argument("vault_mount", "audit_non_hmac_response_keys", ["password"]),
  ],
  ["log in clear", "proof/not-understood", (s) => void (s.first("vault_audit").options.log_raw = "true")],
  [
    "make a device beside the other",
    "proof/order",
    (s) => s.all("vault_audit").forEach((each) => delete each.depends_on),
  ],
  ["limit to less than one", "proof/not-understood", argument("vault_quota_rate_limit", "rate", 0.5)],
  ["limit nothing", "proof/missing", argument("vault_quota_rate_limit", "path", "database/credentials/*")],
  [
    "leave what was proven as it is",
    "proof/not-understood",
    (s) => void (s.first(ROLE).lifecycle = { ignore_changes: ["creation_statements"] }),
  ],
  [
    "write to two Vaults",
    "proof/disagreement",
    (s) => s.root((json) => void (json.provider.vault[0].address = "https://vault.other.internal:8200")),
  ],
  [
    "write the key of the state down",
    "proof/not-understood",
    (s) =>
      s.root(
        (json) =>
          void (Object.values<object>(json.terraform.backend)[0] = Object.assign(
            Object.values<object>(json.terraform.backend)[0]!,
            { access_key: "AKIA" },
          )),
      ),
  ],
  [
    "run an old Terraform",
    "proof/not-understood",
    (s) => s.root((json) => void (json.terraform.required_version = ">= 1.5")),
  ],
  [
    "forget what has been made",
    "proof/not-understood",
    (s) => s.root((json) => void (json.removed = [{ from: "vault_mount.SecretsEngine_35F0C909" }])),
  ],
  [
    "have an action done",
    "proof/not-understood",
    (s) =>
      s.root((json) => void (json.action = { local_command: { tell: { config: { command: "tell" } } } })),
  ],
  ["forget the configuration", "proof/missing", (s) => s.drop("vault_kubernetes_auth_backend_config")],
  [
    "let a group become the owner",
    "proof/unused",
    (s) =>
      s.sql((text) =>
        replaced(
          text,
          "DO $leasehold$",
          () => "INSERT INTO leasehold_owner VALUES ('orders-shop', 'shop_owner');\nDO $leasehold$",
        ),
      ),
  ],
  [
    "grant what a query says",
    "proof/statement",
    (s) =>
      s.sql((text) =>
        replaced(
          text,
          "DO $leasehold$",
          () =>
            "INSERT INTO leasehold_grant SELECT role_name, 'public', ARRAY['secrets'], NULL, ARRAY['SELECT'] FROM leasehold_role;\nDO $leasehold$",
        ),
      ),
  ],
  [
    "commit half",
    "proof/statement",
    (s) => s.sql((text) => replaced(text, "DO $leasehold$", () => "COMMIT;\nDO $leasehold$")),
  ],
  ["carry root", "proof/missing", (s) => void s.first(AUTH_ROLE).token_policies.push("root")],
  [
    "grant beside the declaration",
    "proof/statement",
    (s) => s.sql((text) => `${text}\nGRANT pg_read_all_data TO "orders-shop";\n`),
  ],
  [
    "make a group a superuser",
    "proof/statement",
    (s) => s.sql((text) => `${text}\nALTER ROLE "orders-shop" SUPERUSER;\n`),
  ],
  [
    "forget a group",
    "proof/missing",
    (s) => s.sql((text) => replaced(text, /\(('[^']*'), false\)/, "('nobody', false)")),
  ],
];
