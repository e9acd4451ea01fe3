/** The smallest change of a rule's example after which the rule has nothing to say: what is replaced, and by what. */
export type NearMiss = readonly [from: string | RegExp, to: string];

const REVOKE = "DROP ROLE IF EXISTS";

export const NEAR_MISSES: Readonly<Record<string, NearMiss>> = {
  "lifecycle/pod-security": ["host_network         = true", "host_network         = false"],
  "proof/annotation": ["\n        vault.hashicorp.com/agent-inject-status: injected", ""],
  "proof/admission": ['"vault-agent"', '"vault-agent-init"'],
  "proof/mounts": ["name: temp,", "name: tmp,"],
  "proof/reference-missing": ["name: order,", "name: orders,"],
  "proof/selector": ["container_port = 8000", "container_port = 8080"],
  "proof/pods-wait": [
    "    replicas = 2",
    "    replicas = 2\n  }\n  depends_on = [kubernetes_service_account_v1.orders]\n  spec {",
  ],
  "proof/contract-checksum": [
    "0".repeat(64),
    "04531b1b9a15636b6d032726dad1f051fb4e213bafd5a340c235d349be84a928",
  ],
  "proof/grace-period": ["terminationGracePeriodSeconds: 300", "terminationGracePeriodSeconds: 30"],
  "migration/ahead-of-predecessor": ["migration-stage: dynamic", "migration-stage: canary"],
  "migration/canary-alone": [
    /$/,
    `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders-canary, namespace: shop, annotations: { leasehold/migration-stage: canary } }
spec:
  replicas: 1
  template: { metadata: { labels: { leasehold/service: orders, leasehold/credentials: dynamic } } }
`,
  ],
  "lifecycle/owner-all-the-time": [/\n *"ALTER ROLE.*SET role TO shop_owner;",/, ""],
  "sql/login-survives-revocation": [
    "revocation_statements = [",
    `revocation_statements = [
    "DO $$$$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{{name}}') THEN ALTER ROLE \\"{{name}}\\" NOLOGIN; END IF; END $$$$",
    "COMMIT; BEGIN;",`,
  ],
  "ttl/owner-for-long": ["86400", "3600"],
  "migration/no-witness": ["migration-stage: canary", "migration-stage: static"],
  "migration/secret-left": ["migration-stage: dynamic", "migration-stage: canary"],
  "migration/skipped-stage": ["migration-stage: dynamic", "migration-stage: shadow"],
  "migration/static-credentials": ["leasehold/credentials: static", "leasehold/credentials: dynamic"],

  "access/allowed-role-missing": ['name                  = "order"', 'name                  = "orders"'],
  "access/allowed-roles-wildcard": ['["*"]', '["orders"]'],
  "access/bound-default-service-account": ['["default"]', '["default-orders"]'],
  "access/bound-wildcard": ['["*"]', '["orders"]'],
  "access/name-clash": ['"Orders"', '"Orders-old"'],
  "access/no-audience": [/\n}/, '\n  audience = "vault"\n}'],
  "access/pod-login-refused": ['["order"]', '["order*"]'],
  "access/pod-path-refused": ['"database/creds/order"', '"database/creds/orders"'],
  "access/policy-edits-itself": ["sys/policies/acl/*", "sys/policies/acl"],
  "access/policy-missing": ['["order"]', '["Orders", "default"]'],
  "access/policy-path-without-role": ["creds/order\\", "config/order\\"],
  "access/policy-too-wide": ["database/creds/*", "database/creds/orders"],
  "access/policy-unused": ['["default"]', '["orders"]'],
  "access/policy-writes-credentials": [', \\"update\\", \\"sudo\\"', ""],
  "access/role-not-allowed": ['["order"]', '["order*"]'],
  "access/role-unreachable": ["auth/token/lookup-self", "database/creds/orders"],
  "access/shared-auth-role": ['["orders", "billing"]', '["orders"]'],
  "access/static-role": ["vault_database_secret_backend_static_role", "vault_database_secret_backend_role"],
  "access/two-services-one-role": [/database\/creds\/shop$/m, "database/creds/orders"],
  "access/unknown": ["type = string", 'type    = string\n  default = "vault"'],

  "sql/all-privileges": ["ALL PRIVILEGES", "SELECT"],
  "sql/all-tables-per-credential": ["SELECT ON ALL TABLES IN SCHEMA public TO", "USAGE ON SCHEMA public TO"],
  "sql/dangerous-attribute": ["SUPERUSER", "NOSUPERUSER"],
  "sql/dangerous-membership": ["pg_read_all_data", "pg_readers"],
  "sql/no-revocation": [/\n}/, `\n  revocation_statements = ["${REVOKE} \\"{{name}}\\";"]\n}`],
  "sql/no-valid-until": ["'{{password}}'", "'{{password}}' VALID UNTIL '{{expiration}}'"],
  "sql/not-transactional": [', "COMMIT;"', ""],
  "sql/placeholder": ["{{name}} LOGIN", '\\"{{name}}\\" LOGIN'],
  "sql/renewal-does-not-extend": ["SELECT 1;", "ALTER ROLE \\\"{{name}}\\\" VALID UNTIL '{{expiration}}';"],
  "sql/revocation-does-not-undo": [
    'revocation_statements = ["',
    'revocation_statements = ["DROP OWNED BY \\"{{name}}\\";", "',
  ],
  "sql/revocation-leaves-role": ["ALTER ROLE", REVOKE],
  "sql/revocation-not-idempotent": ["DROP ROLE", REVOKE],
  "sql/sequences-missing": ["SELECT, INSERT", "SELECT, UPDATE"],
  "sql/set-role-without-ending-sessions": [
    'revocation_statements = ["',
    'revocation_statements = ["SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = \'{{name}}\';", "',
  ],
  "sql/split-by-vault": ["end $$", "END $$"],
  "sql/syntax": ["CREAT ROLE", "CREATE ROLE"],

  "ttl/batch-token": ['"batch"', '"service"'],
  "ttl/beyond-guardrail": ["2592000", "86400"],
  "ttl/default-over-max": ["7200", "3600"],
  "ttl/no-default-policy": ["token_no_default_policy          = true", ""],
  "ttl/outage-tolerance": ["default_ttl           = 60", "default_ttl           = 223"],
  "ttl/overlap-shorter-than-pool": ['"1800"', '"360"'],
  "ttl/projected-token-too-short": ["expirationSeconds: 60", "expirationSeconds: 600"],
  "ttl/role-over-mount": ["43200", "86400"],
  "ttl/token-ends-before-lease": ["7200", "86400"],
  "ttl/token-period-over-mount": ["30m", "1h"],
  "ttl/unset": [/\n}/, "\n  default_ttl = 3600\n  max_ttl = 86400\n}"],

  "lifecycle/address-mismatch": ["vault.other.svc", "vault.vault.svc"],
  "lifecycle/agent-cache": ['agent-cache-enable: "true"', 'agent-cache-enable: "false"'],
  "lifecycle/agent-restart": ['agent-pre-populate-only: "true"', 'agent-pre-populate-only: "false"'],
  "lifecycle/annotations-on-workload": [/vault\.hashicorp\.com/g, "example.com"],
  "lifecycle/container-names": ["orders, worker", "orders,worker"],
  "lifecycle/denied-value": ['"yes"', '"1"'],
  "lifecycle/drain-exceeds-grace": ["GracePeriodSeconds: 30", "GracePeriodSeconds: 65"],
  "lifecycle/file-name-clash": ["agent-inject-secret-Shop", "agent-inject-secret-Archive"],
  "lifecycle/file-readable-by-others": ['"0644"', '"0640"'],
  "lifecycle/file-unreadable": ["runAsUser: 10001", "runAsUser: 100"],
  "lifecycle/job-never-completes": ["kind: Job", "kind: Pod"],
  "lifecycle/missing-key-ignored": [
    "agent-inject-template-shop:",
    'error-on-missing-key-shop: "true"\n        vault.hashicorp.com/agent-inject-template-shop:',
  ],
  "lifecycle/address-elsewhere": ["vault-active.security.svc", "vault-active.vault.svc.cluster.local"],
  "lifecycle/injector-off": ["enabled: false", "enabled: true"],
  "lifecycle/name-taken": ["name: vault-agent", "name: vault-agents"],
  "lifecycle/network-policy-cuts-off": [
    "[{ namespaceSelector",
    '[{ namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "shop" } } }, { namespaceSelector',
  ],
  "lifecycle/webhook-passes-over": ['"shop"]', '"shops"]'],
  "lifecycle/no-readiness-gate": ['agent-pre-populate: "false"', 'agent-pre-populate: "true"'],
  "lifecycle/revocation-missing": [
    "vault.hashicorp.com/role",
    'vault.hashicorp.com/agent-revoke-on-shutdown: "true"\n        vault.hashicorp.com/role',
  ],
  "lifecycle/revoke-races-drain": [
    "vault.hashicorp.com/role",
    'vault.hashicorp.com/agent-revoke-grace: "21"\n        vault.hashicorp.com/role',
  ],
  "lifecycle/template-fields": [".Data.data.username", ".Data.username"],
  "lifecycle/two-logins": [
    "vault.hashicorp.com/role",
    'vault.hashicorp.com/agent-pre-populate-only: "true"\n        vault.hashicorp.com/role',
  ],
  "lifecycle/unknown-annotation": ["agent-inject-secrets-shop", "agent-inject-secret-shop"],
  "lifecycle/user-and-password-apart": ["{{ .Data.username }}", "{{ .Data.username }} {{ .Data.password }}"],

  "transport/ca-with-require": ["sslmode=require", "sslmode=verify-full"],
  "transport/kubernetes-ca-missing": ["disable_local_ca_jwt = true", 'kubernetes_ca_cert   = file("ca.pem")'],
  "transport/sslmode": ["sslmode=disable", "sslmode=verify-full"],
  "transport/tls-disabled": ["server:", "global: { tlsDisable: false }\\nserver:"],
  "transport/tls-skip-verify": ["skip_tls_verify = true", "skip_tls_verify = false"],
  "transport/vault-over-http": ["http://", "https://"],

  "secrets/config-map": ["orders:not-a-real-1@", ""],
  "secrets/data-source": ["vault_generic_secret", "vault_policy_document"],
  "secrets/generic-endpoint": ["database/creds/orders", "database/rotate-root/shop"],
  "secrets/kubernetes-secret": ["password: not-a-real-one", 'password: ""'],
  "secrets/literal": [/"hvs\.[^"]*"/, '"$${VAULT_TOKEN}"'],
  "secrets/output": [
    /output "database_password" \{\n.*/,
    'output "database_password_length" {\n  value = 32',
  ],
  "secrets/password-in-state": ["password       =", "password_wo_version = 1\n    password_wo ="],
  "secrets/remote-state": ["terraform_remote_state", "aws_ssm_parameter"],
  "secrets/static-database-password": ["name: PGPASSWORD", "name: PGPASSWORD_FILE_NAME"],
  "secrets/variable-not-ephemeral": ["sensitive = true", "sensitive = true\n  ephemeral = true"],

  "connection/password-in-url": ["vault:not-a-real-1@", "{{username}}:{{password}}@"],
  "connection/password-version-zero": ["version = 0", "version = 1"],
  "connection/plaintext-password": [
    "username            =",
    'password_authentication = "scram-sha-256"\n    username =',
  ],
  "connection/replaceable": [/\n}/, "\n  lifecycle {\n    prevent_destroy = true\n  }\n}"],
  "connection/root-not-rotated": [
    /$/,
    '\nresource "vault_generic_endpoint" "rotate" {\n  path = "database/rotate-root/shop"\n}\n',
  ],
  "connection/superuser-login": ['"postgres"', '"postgres_vault"'],
  "connection/two-on-one-login": [
    'username            = "vault"',
    'username            = "vault_${each.key}"',
  ],
  "connection/url-without-user": ["postgresql://", "postgresql://{{username}}:{{password}}@"],
  "connection/verification-off": ["verify_connection = false", "verify_connection = true"],

  "capacity/connections": ["replicas = 10", "replicas = 7"],
  "capacity/issuance": ["replicas = 2000", "replicas = 300"],
  "capacity/live-roles": ["replicas = 1500", "replicas = 600"],
  "capacity/rate-limit": ["rate = 1", "rate = 4"],

  "vault/audit-devices": [
    /$/,
    '\nresource "vault_audit" "stdout" {\n  type    = "file"\n  path    = "stdout"\n  options = { file_path = "stdout" }\n}\n',
  ],
  "vault/audit-first": ['path = "database"', 'path = "database"\n  depends_on = [vault_audit.stdout]'],
  "vault/chart-typo": ["injektor", "injector"],
  "vault/chart-unpinned": ["chart  =", 'version = "0.34.1"\n  chart  ='],
  "vault/dev-mode": ["dev: { enabled: true }", "dev: { enabled: false }"],
  "vault/few-replicas": ["replicas: 1", "replicas: 2"],
  "vault/injector-replicas": ["injector = { replicas = 1 }", "injector = { replicas = 2 }"],
  "vault/network-policy": ["ha: {", "networkPolicy: { enabled: true }, ha: {"],
  "vault/one-replica": ["replicas: 1", "replicas: 3"],
  "vault/publishes-not-ready": ["ha: {", "service: { publishNotReadyAddresses: false }, ha: {"],
  "vault/webhook-blocks-cluster": [
    '"Fail"',
    '"Fail", namespaceSelector = { matchLabels = { vault = "yes" } }',
  ],
  "vault/webhook-lets-pods-through": ["replicas = 2", 'replicas = 2, webhook = { failurePolicy = "Fail" }'],

  "parity/format": ["shop.json", "shop.env"],
  "parity/grants": ["SELECT, DELETE", "SELECT"],
  "parity/injection": ['agent-pre-populate: "false"', 'agent-pre-populate: "true"'],
  "parity/missing": ["name: orders, namespace: shop", "name: other, namespace: shop"],
  "proof/not-understood": ["\n  token_num_uses                   = 1", ""],
};
