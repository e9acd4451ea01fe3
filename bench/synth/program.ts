import { Construct } from "constructs";
import { App, TerraformStack, TerraformVariable } from "cdktf";
import { postgresCa } from "../../template/project/stacks/certificates";
import type { Bindings } from "./bindings";

/** What the hand-written program's author has to keep in step by hand. */
const NATIVE_SIDECAR =
  `echo "$VAULT_CONFIG" | base64 -d > /home/vault/config.json; s=0; p=; trap 's=1; kill $p 2>/dev/null || :' TERM INT; ` +
  `vault agent -config=/home/vault/config.json -exit-after-auth=false & p=$!; [ $s = 0 ] || kill $p; r=0; wait $p || r=$?; ` +
  `while kill -0 $p 2>/dev/null; do wait $p || :; done; [ $s = 1 ] || exit $((r ? r : 1)); ` +
  `[ ! -s /home/vault/.vault-token ] || VAULT_CLIENT_TIMEOUT=5s VAULT_TOKEN=$(cat /home/vault/.vault-token) vault token revoke -self || :`;
const REVOCATION = `DO $$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{{name}}') THEN
SET LOCAL ROLE pg_signal_backend; PERFORM pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = '{{name}}'; RESET ROLE;
END IF; END $$`;
const FILE_CHECK = ["/bin/sh", "-c", "test -s /vault/secrets/shop.json"];
const VAULT = "https://vault-active.vault.svc:8200";

/**
 * The resources that leasehold defines for the same environment, written by hand, without checks and
 * without anything derived: what a team would write who knows all the values already.
 */
export function plainProgram(bindings: Bindings, count: number, outdir: string): void {
  const app = new App({ outdir });
  const names = Array.from({ length: count }, (_, index) => `service-${index}`);
  vaultStack(app, bindings);
  platformStack(app, bindings, names);
  servicesStack(app, bindings, names);
  app.synth();
}

function vaultStack(app: App, { HelmProvider, Release }: Bindings): void {
  const stack = new TerraformStack(app, "production-vault");
  new HelmProvider(stack, "helm", { kubernetes: { configPath: "~/.kube/config" } });
  new Release(stack, "vault", {
    name: "vault",
    chart: "vault",
    repository: "https://helm.releases.hashicorp.com",
    version: "0.34.1",
    values: ["server:\n  ha:\n    enabled: true\n"],
  });
}

function platformStack(app: App, bindings: Bindings, names: readonly string[]): void {
  const {
    Audit,
    AuthBackend,
    Connection,
    GenericEndpoint,
    KubernetesConfig,
    Mount,
    Namespace,
    QuotaRateLimit,
  } = bindings;
  const stack = new TerraformStack(app, "production-platform");
  new bindings.VaultProvider(stack, "vault", { address: "https://vault.production.acme.internal:8200" });
  new bindings.KubernetesProvider(stack, "kubernetes", { configPath: "~/.kube/config" });
  new Namespace(stack, "bench", { metadata: { name: "bench" } });
  new Audit(stack, "stdout", { type: "file", path: "stdout", options: { file_path: "stdout" } });
  new Audit(stack, "file", { type: "file", path: "file", options: { file_path: "/vault/audit/audit.log" } });
  const auth = new AuthBackend(stack, "auth", { type: "kubernetes", path: "kubernetes" });
  new KubernetesConfig(stack, "config", {
    backend: auth.path,
    kubernetesHost: "https://kubernetes.default.svc",
  });
  const mount = new Mount(stack, "mount", { path: "database", type: "database" });
  const password = new TerraformVariable(stack, "shop_password", { type: "string", default: "" });
  password.addOverride("ephemeral", true);
  const connection = new Connection(stack, "shop", {
    backend: mount.path,
    name: "shop",
    allowedRoles: names.map((name) => `${name}-shop`),
    postgresql: {
      connectionUrl: "postgresql://{{username}}:{{password}}@pg.acme.internal:5432/shop?sslmode=verify-full",
      username: "vault_admin",
      passwordWo: password.stringValue,
      passwordWoVersion: 1,
    },
  });
  new GenericEndpoint(stack, "rotation", {
    path: "database/rotate-root/shop",
    dataJson: "{}",
    dependsOn: [connection],
  });
  new QuotaRateLimit(stack, "login", {
    name: "login",
    path: "auth/kubernetes/login",
    rate: 20,
    dependsOn: [auth],
  });
  new QuotaRateLimit(stack, "creds", {
    name: "creds",
    path: "database/creds/*",
    rate: 20,
    dependsOn: [mount],
  });
}

function servicesStack(app: App, bindings: Bindings, names: readonly string[]): void {
  const stack = new TerraformStack(app, "production");
  new bindings.VaultProvider(stack, "vault", { address: "https://vault.production.acme.internal:8200" });
  new bindings.KubernetesProvider(stack, "kubernetes", { configPath: "~/.kube/config" });
  for (const name of names) service(new Construct(stack, name), bindings, name);
}

function service(scope: Construct, bindings: Bindings, name: string): void {
  const { AuthRole, ConfigMap, DatabaseRole, Deployment, Policy, ServiceAccount } = bindings;
  const role = `${name}-shop`;
  const metadata = { name, namespace: "bench" };
  const account = new ServiceAccount(scope, "account", { metadata, automountServiceAccountToken: false });
  const databaseRole = new DatabaseRole(scope, "database-role", {
    backend: "database",
    name: role,
    dbName: "shop",
    defaultTtl: 3600,
    maxTtl: 86_400,
    creationStatements: [
      `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' CONNECTION LIMIT 10 IN ROLE "${role}";`,
    ],
    revocationStatements: [REVOCATION, `DROP ROLE IF EXISTS "{{name}}";`],
  });
  const policy = new Policy(scope, "policy", {
    name: `production-${name}`,
    policy: JSON.stringify({ path: { [`database/creds/${role}`]: { capabilities: ["read"] } } }),
  });
  const authRole = new AuthRole(scope, "auth-role", {
    backend: "kubernetes",
    roleName: name,
    boundServiceAccountNames: [name],
    boundServiceAccountNamespaces: ["bench"],
    audience: "vault",
    aliasNameSource: "serviceaccount_uid",
    tokenPolicies: [policy.name],
    tokenPeriod: 3600,
  });
  const contract = new ConfigMap(scope, "contract", {
    metadata: { name: `${name}-contract`, namespace: "bench" },
    data: {
      "contract.json": JSON.stringify(
        { version: 1, service: name, host: "pg.acme.internal", port: 5432 },
        null,
        2,
      ),
      "shop-ca.crt": postgresCa,
    },
  });
  new Deployment(scope, "deployment", {
    metadata: { ...metadata, labels: { app: name, "acme/service": name } },
    waitForRollout: true,
    dependsOn: [account, databaseRole, policy, authRole, contract],
    spec: {
      replicas: "2",
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "1", maxUnavailable: "0" } },
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, "acme/service": name }, annotations: annotations(name, role) },
        spec: podSpec(name),
      },
    },
  });
}

function annotations(name: string, role: string): Record<string, string> {
  const prefix = "vault.hashicorp.com";
  return {
    [`${prefix}/agent-inject`]: "true",
    [`${prefix}/role`]: name,
    [`${prefix}/auth-path`]: "auth/kubernetes",
    [`${prefix}/service`]: VAULT,
    [`${prefix}/agent-service-account-token-volume-name`]: "token",
    [`${prefix}/agent-inject-containers`]: name,
    [`${prefix}/agent-run-as-user`]: "10001",
    [`${prefix}/agent-init-first`]: "true",
    [`${prefix}/agent-pre-populate-only`]: "true",
    [`${prefix}/agent-requests-cpu`]: "10m",
    [`${prefix}/agent-requests-mem`]: "64Mi",
    [`${prefix}/agent-limits-cpu`]: "",
    [`${prefix}/agent-limits-mem`]: "128Mi",
    [`${prefix}/agent-set-security-context`]: "true",
    [`${prefix}/template-config-exit-on-retry-failure`]: "true",
    "acme/contract-checksum": "d7380845c8dcec05d373db099629821162e580090e78e2fd009e2aa0a9e07d19",
    [`${prefix}/agent-inject-secret-shop`]: `database/creds/${role}`,
    [`${prefix}/agent-inject-template-shop`]: `{{- with secret "database/creds/${role}" -}}{{ .Data | toJSON }}{{- end -}}`,
    [`${prefix}/agent-inject-file-shop`]: "shop.json",
    [`${prefix}/agent-inject-perms-shop`]: "0400",
    [`${prefix}/error-on-missing-key-shop`]: "true",
    [`${prefix}/agent-init-json-patch`]: JSON.stringify([
      { op: "test", path: "/name", value: "vault-agent-init" },
      { op: "add", path: "/restartPolicy", value: "Always" },
      { op: "replace", path: "/args/0", value: NATIVE_SIDECAR },
      {
        op: "add",
        path: "/startupProbe",
        value: { exec: { command: FILE_CHECK }, periodSeconds: 1, failureThreshold: 120 },
      },
      { op: "add", path: "/env/-", value: { name: "VAULT_ADDR", value: VAULT } },
      { op: "add", path: "/securityContext/seccompProfile", value: { type: "RuntimeDefault" } },
    ]),
  };
}

function podSpec(name: string) {
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 30,
    restartPolicy: "Always",
    topologySpreadConstraint: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: [{ matchLabels: { app: name } }],
      },
    ],
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    container: [
      {
        name,
        image: "ghcr.io/acme/service:1.0.0",
        env: [
          { name: "DB_FILE", value: "/vault/secrets/shop.json" },
          { name: "DB_HOST", value: "pg.acme.internal" },
          { name: "DB_PORT", value: "5432" },
          { name: "DB_NAME", value: "shop" },
          { name: "DB_SSL_MODE", value: "verify-full" },
          { name: "DB_POOL_MAX", value: "8" },
          { name: "DB_POOL_MAX_LIFETIME", value: "324" },
          { name: "DB_OVERLAP", value: "360" },
          { name: "DB_FORMAT", value: "json" },
          { name: "DB_SCHEMA", value: "public" },
          { name: "DB_SSL_ROOT_CERT", value: "/etc/contract/shop-ca.crt" },
          { name: "DB_DRAIN", value: "20" },
          { name: "DB_CONTRACT", value: "/etc/contract/contract.json" },
        ],
        resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "256Mi" } },
        securityContext: {
          runAsNonRoot: true,
          runAsUser: "10001",
          runAsGroup: "10001",
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        readinessProbe: {
          exec: { command: FILE_CHECK },
          periodSeconds: 10,
          failureThreshold: 3,
          timeoutSeconds: 5,
        },
        volumeMount: [
          { name: "contract", mountPath: "/etc/contract", readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volume: [
      {
        name: "token",
        projected: [
          {
            sources: [{ serviceAccountToken: { audience: "vault", expirationSeconds: 600, path: "token" } }],
          },
        ],
      },
      { name: "contract", configMap: { name: `${name}-contract` } },
      { name: "tmp", emptyDir: {} },
    ],
  };
}
