import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Ajv from "ajv";
import { parse } from "yaml";
import * as door from "../../lib/core/terraform";
import { render } from "../../lib/synth/render";
import { accessReports } from "../../proof/report";
import { everyRule } from "../../proof/rules";
import { MADE, readTree } from "../support/environment";
import { maximal } from "../support/maximal";

/*
 * What a release promises to keep: docs/upgrading.md. Explicit lists, and no snapshot, because `-u` would write whatever
 * came out. Whoever changes one of them changes what people have deployed.
 */

/**
 * What Terraform keeps by its address, over all kinds of declaration. A changed address destroys the old one and creates
 * the new: what that costs stands beside each type. This list is the contract: it changes with a major version, and
 * with a `moved` block or a step in docs/upgrading.md.
 */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  // Every lease ends with its mount.
  vault_mount: ["SecretsEngine_35F0C909"],
  // No lease can be revoked without its connection, and the new one has no password.
  vault_database_secret_backend_connection: ["shop-2_99ADE766", "shop-3_4F6C1820", "shop_4FF2D3EB"],
  // Vault rotates the password of its login once more.
  vault_generic_endpoint: ["shop-2_Rotation_42EA8DEE", "shop-3_Rotation_FF417150", "shop_Rotation_AAD25434"],
  // Every pod's token ends, and every lease with it.
  vault_auth_backend: ["KubernetesAuth_726A530A"],
  // No pod can log in while it is away.
  vault_kubernetes_auth_backend_config: ["KubernetesAuth_Configuration_20C0A783"],
  // It records nothing in between.
  vault_audit: [
    "Audit_collector_1768D027",
    "Audit_disk_7D007DA2",
    "Audit_out_94BCEB38",
    "Audit_syslog_AE395B56",
  ],
  // Nothing is limited in between.
  // Refused requests are in no audit log in between.
  vault_quota_config: ["RateLimits_Refused_4EDCCD9E"],
  vault_quota_rate_limit: ["RateLimits_Creds_E7F19482", "RateLimits_Login_4BCECB04"],
  // Vault's servers are uninstalled.
  helm_release: ["Vault_23237E5B"],
  // Everything in the namespace is deleted.
  kubernetes_namespace_v1: ["Namespaces_shop_221D61D7"],
  // The agents' tokens end, and Vault knows the new one as somebody else.
  kubernetes_service_account_v1: [
    "analytics_Access_ServiceAccount_9E3C4DEB",
    "canary_Access_ServiceAccount_2E78FC8C",
    "collector_Access_ServiceAccount_1AE4E85A",
    "complete_Access_ServiceAccount_2CED0C8F",
    "direct_Access_ServiceAccount_7F41C5EC",
    "dynamic_Access_ServiceAccount_E39FD9C4",
    "elsewhere_Access_ServiceAccount_91BCEAE4",
    "ledger_Access_ServiceAccount_EFE17D97",
    "migrate_Access_ServiceAccount_6CE5B69B",
    "orders_Access_ServiceAccount_BC46C5E3",
    "shadow_Access_ServiceAccount_32D6B479",
    "static_Access_ServiceAccount_5EEC91BF",
  ],
  // Pods do not start while it is away.
  kubernetes_config_map_v1: [
    "analytics_Access_Contract_3CBA8518",
    "canary_Access_Contract_0A3A9823",
    "collector_Access_Contract_AF354F8C",
    "complete_Access_Contract_3740274F",
    "direct_Access_Contract_5ECBE6BD",
    "dynamic_Access_Contract_509F59B1",
    "elsewhere_Access_Contract_F8569571",
    "ledger_Access_Contract_4DD21A49",
    "migrate_Access_Contract_6AB01BF5",
    "orders_Access_Contract_16110949",
    "shadow_Access_Contract_3F4A351B",
    "static_Access_Contract_208C72A4",
  ],
  // All pods of the service end at once.
  kubernetes_deployment_v1: [
    "canary_Canary_3010D6A6",
    "canary_Workload_01DFA597",
    "complete_Workload_5D1B4A1A",
    "direct_Workload_19AC6A76",
    "dynamic_Workload_754DC17F",
    "orders_Workload_282D4965",
    "shadow_Workload_05BBC694",
    "static_Workload_39CE9165",
  ],
  // All pods of the service end at once; the storage of each stays, and is found again by its name.
  kubernetes_stateful_set_v1: ["ledger_Workload_7FC26FC0"],
  // All pods of the service end at once.
  kubernetes_daemon_set_v1: ["collector_Workload_EDF61FB2"],
  // The number of pods stays as it was meanwhile.
  kubernetes_horizontal_pod_autoscaler_v2: ["complete_Workload_Autoscaler_ACF570DE"],
  // Its running Jobs are deleted.
  kubernetes_cron_job_v1: ["analytics_Workload_E7A909D5"],
  // It runs once more.
  kubernetes_job_v1: ["migrate_Workload_8C6D5521"],
  // It gets another address.
  kubernetes_service_v1: [
    "collector_Workload_Service_2BA227F5",
    "ledger_Workload_Names_4054FF75",
    "ledger_Workload_Service_CEE41CB4",
    "orders_Workload_Service_F6F17628",
  ],
  // Renewals of its living leases fail while it is away.
  vault_database_secret_backend_role: [
    "analytics_Access_shop_B090C7EC",
    "canary_Access_shop_435E6E14",
    "collector_Access_shop_12BC7B9C",
    "complete_Access_shop_5A32799E",
    "direct_Access_shop_C7588173",
    "dynamic_Access_shop_C4F1C313",
    "elsewhere_Access_shop_978C81F3",
    "fixers_shop_9A9EB4BC",
    "ledger_Access_shop_53BCD5D9",
    "migrate_Access_shop_EDA091D4",
    "orders_Access_shop_49712914",
    "shadow_Access_shop_0BBFDB38",
    "support_shop_5CA5C72E",
  ],
  // No pod of the service can log in while it is away.
  vault_kubernetes_auth_backend_role: [
    "analytics_Access_AuthRole_87518565",
    "canary_Access_AuthRole_25807F1A",
    "collector_Access_AuthRole_56DE54A5",
    "complete_Access_AuthRole_8A3CBF1E",
    "direct_Access_AuthRole_8A15228A",
    "dynamic_Access_AuthRole_7D3C9D22",
    "elsewhere_Access_AuthRole_9E90D4BF",
    "ledger_Access_AuthRole_B948B35E",
    "migrate_Access_AuthRole_EA3AE41C",
    "orders_Access_AuthRole_96D7AB05",
    "shadow_Access_AuthRole_9ACB4865",
  ],
  // Living tokens may neither read nor renew while it is away.
  vault_policy: [
    "analytics_Access_Policy_65BF7753",
    "canary_Access_Policy_65FFD75F",
    "collector_Access_Policy_6F3DDB3D",
    "complete_Access_Policy_3EB47527",
    "direct_Access_Policy_D416D3AF",
    "dynamic_Access_Policy_3D2C3647",
    "elsewhere_Access_Policy_0EE82272",
    "fixers_Policy_617D334B",
    "ledger_Access_Policy_93D78F41",
    "migrate_Access_Policy_18E05C5E",
    "orders_Access_Policy_841E1A0F",
    "shadow_Access_Policy_30BB9BDB",
    "support_Policy_4F4DAADD",
  ],
  // Its people may read no new credential while it is away.
  vault_identity_group: ["fixers_Group_7018C513", "support_Group_82D7825C"],
  // The identity provider's group is nobody's while it is away.
  vault_identity_group_alias: ["support_GroupAlias_9073AD79"],
  // Whoever is logged in is somebody else afterwards.
  vault_identity_entity: ["Users_userpass_ada_Entity_10777031"],
  // The next login of the user makes an entity of its own meanwhile.
  vault_identity_entity_alias: ["Users_userpass_ada_EntityAlias_BC5337C0"],
};

/** Variables of the stacks, which pipelines set. */
const VARIABLES = ["reviewer_jwt", "shop_2_password", "shop_3_password", "shop_password"];

/** Names of the stacks, which are names of states too, and of what else is in `cdktf.out`. */
const FILES = [
  "bootstrap/all-ha/shop.sql",
  "manifest.json",
  "manifests/all-ha/elsewhere.values.yaml",
  "manifests/all-ha/elsewhere.yaml",
  "migration-stages.json",
  "stacks/all-ha-people/cdk.tf.json",
  "stacks/all-ha-platform/cdk.tf.json",
  "stacks/all-ha-sales/cdk.tf.json",
  "stacks/all-ha-vault/cdk.tf.json",
  "stacks/all-ha/cdk.tf.json",
];

/** Where the state of the stack `all-…` is, by the kind of the backend. */
const STATES = {
  azurerm: { key: "leasehold/all-azure.tfstate" },
  gcs: { prefix: "leasehold/all-gcs" },
  http: { address: "https://gitlab.acme.internal/state/all-external" },
  kubernetes: { secret_suffix: "all-shamir" },
  local: { path: "../../../state/dev/all-dev.tfstate" },
  s3: { key: "leasehold/all-ha.tfstate" },
};

/** Annotations of pods and workloads; `shop` is the database. Those of the injector are Vault's, which of them are set is ours. */
const ANNOTATIONS = [
  "leasehold/contract-checksum",
  "leasehold/migration-stage",
  "leasehold/pods",
  "leasehold/recreate",
  "leasehold/runs-again",
  "leasehold/own-secrets",
  "leasehold/restart-on-rotation",
  "leasehold/stays",
  "leasehold/stays-until",
  // Of the declaration.
  "prometheus.io/scrape",
  ...[
    "agent-init-first",
    "agent-init-json-patch",
    "agent-inject",
    "agent-inject-command-shop",
    "agent-inject-containers",
    "agent-inject-file-shop",
    "agent-inject-perms-shop",
    "agent-inject-secret-shop",
    "agent-inject-template-shop",
    "agent-json-patch",
    "agent-limits-cpu",
    "agent-limits-mem",
    "agent-pre-populate",
    "agent-pre-populate-only",
    "agent-requests-cpu",
    "agent-requests-mem",
    "agent-revoke-grace",
    "agent-revoke-on-shutdown",
    "agent-run-as-user",
    "agent-service-account-token-volume-name",
    "agent-set-security-context",
    "agent-share-process-namespace",
    "auth-path",
    "error-on-missing-key-shop",
    "namespace",
    "role",
    "service",
    "template-config-exit-on-retry-failure",
  ].map((name) => `vault.hashicorp.com/${name}`),
];

/** Labels, by which network policies, dashboards and the Services of others find pods. */
const LABELS = [
  "app.kubernetes.io/name",
  // Of the declaration, as the annotation above.
  "app.kubernetes.io/part-of",
  "leasehold/credentials",
  "leasehold/service",
  "pod-security.kubernetes.io/enforce",
];

/** What an application reads: variables, and `/etc/leasehold/contract.json`. */
const CONTRACT_VARIABLES = [
  "LEASEHOLD_CONTRACT",
  "LEASEHOLD_DRAIN",
  "LEASEHOLD_SHOP_CREDENTIALS_FILE",
  "LEASEHOLD_SHOP_DATABASE",
  "LEASEHOLD_SHOP_FORMAT",
  "LEASEHOLD_SHOP_HOST",
  "LEASEHOLD_SHOP_OVERLAP",
  "LEASEHOLD_SHOP_POOL_MAX",
  "LEASEHOLD_SHOP_POOL_MAX_LIFETIME",
  "LEASEHOLD_SHOP_PORT",
  "LEASEHOLD_SHOP_SCHEMA",
  "LEASEHOLD_SHOP_SSL_MODE",
  "LEASEHOLD_SHOP_SSL_ROOT_CERT",
];
const CONTRACT = {
  version: 1,
  service: "orders",
  drainSeconds: 30,
  databases: {
    shop: {
      credentialsFile: "/vault/secrets/shop.json",
      format: "json",
      host: "pg.acme.internal",
      port: 5433,
      database: "shop",
      schema: "sales",
      sslMode: "verify-full",
      sslRootCert: "/etc/leasehold/shop-ca.crt",
      poolMax: 5,
      poolMaxLifetimeSeconds: 324,
      overlapSeconds: 360,
    },
  },
};

/** Names in Vault, in PostgreSQL and in the cluster that follow from `orders`, `shop` and the environment's name. */
const NAMES = {
  vault_database_secret_backend_role: { name: "orders-shop" },
  vault_kubernetes_auth_backend_role: { role_name: "orders" },
  vault_policy: { name: "all-ha-orders" },
  kubernetes_service_account_v1: { metadata: { name: "orders" } },
  kubernetes_config_map_v1: { metadata: { name: "orders-contract" } },
  kubernetes_deployment_v1: { metadata: { name: "orders" } },
};

/** Comments by which the bootstrap SQL knows whose a role of PostgreSQL is. */
const MARKS = [
  'leasehold: what one service may do {"environment":"all-ha","connection":"shop","database":"shop"}',
  'leasehold: login of Vault {"environment":"all-ha","connection":"shop","database":"shop"}',
];

/** Ids of rules, which waivers name and scanners remember. One that is added is no breach, one that is missing is. */
const RULES: Readonly<Record<string, string>> = {
  access:
    "allowed-role-missing allowed-roles-wildcard bound-default-service-account bound-wildcard name-clash no-audience pod-login-refused pod-path-refused policy-edits-itself policy-missing policy-path-without-role policy-too-wide policy-unused policy-writes-credentials role-not-allowed role-unreachable shared-auth-role static-role two-services-one-role unknown",
  capacity: "connections issuance live-roles rate-limit",
  connection:
    "password-in-url password-version-zero plaintext-password replaceable root-not-rotated superuser-login two-on-one-login url-without-user verification-off",
  lifecycle:
    "address-elsewhere address-mismatch agent-cache agent-restart annotations-on-workload container-names denied-value drain-exceeds-grace file-name-clash file-readable-by-others file-unreadable injector-off job-never-completes missing-key-ignored name-taken network-policy-cuts-off no-readiness-gate owner-all-the-time pod-security revocation-missing revoke-races-drain template-fields two-logins unknown-annotation user-and-password-apart webhook-passes-over",
  migration:
    "ahead-of-predecessor canary-alone no-witness secret-left skipped-stage static-credentials static-past-its-day",
  parity: "format grants injection missing",
  proof:
    "admission annotation contract contract-checksum disagreement grace-period installation missing mounts not-understood order over-reach pods-wait reference-missing selector statement template twice unused",
  secrets:
    "config-map data-source generic-endpoint kubernetes-secret literal output password-in-state remote-state static-database-password variable-not-ephemeral",
  sql: "all-privileges all-tables-per-credential dangerous-attribute dangerous-membership login-survives-revocation no-revocation no-valid-until not-transactional placeholder renewal-does-not-extend revocation-does-not-undo revocation-leaves-role revocation-not-idempotent sequences-missing set-role-without-ending-sessions split-by-vault syntax",
  transport: "ca-with-require kubernetes-ca-missing sslmode tls-disabled tls-skip-verify vault-over-http",
  ttl: "batch-token beyond-guardrail default-over-max no-default-policy outage-tolerance overlap-shorter-than-pool owner-for-long pool-below-thirty-seconds projected-token-too-short role-over-mount token-ends-before-lease token-period-over-mount unset",
  vault:
    "audit-devices audit-first chart-typo chart-unpinned dev-mode few-replicas injector-replicas network-policy one-replica publishes-not-ready webhook-blocks-cluster webhook-lets-pods-through",
};

type Body = Readonly<Record<string, unknown>>;
interface Stack {
  readonly terraform: { readonly backend: Body };
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Body>>>>;
  readonly variable?: Body;
}

const rendered = maximal.map((environment) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-contract-"));
  try {
    render([environment], directory);
    return { name: environment.name, files: readTree(directory) };
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
});
const [ha] = rendered as [(typeof rendered)[number]];
const stacks = rendered.flatMap(({ files }) =>
  Object.entries(files)
    .filter(([file]) => file.endsWith("cdk.tf.json"))
    .map(([file, text]) => ({ name: path.basename(path.dirname(file)), json: JSON.parse(text) as Stack })),
);
const manifests = Object.entries(ha.files)
  .filter(([file]) => file.startsWith("manifests/"))
  .map(([, text]) => parse(text) as unknown);

const sorted = (texts: Iterable<string>) => [...new Set(texts)].sort();

/** The keys of every object that stands under some key, wherever it is. */
function keysUnder(value: unknown, under: RegExp): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => [
    ...(under.test(key) && typeof inner === "object" && inner !== null ? Object.keys(inner) : []),
    ...keysUnder(inner, under),
  ]);
}

/** The names in every list of variables. */
function variablesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => [
    ...(key === "env" && Array.isArray(inner) ? (inner as { name: string }[]).map(({ name }) => name) : []),
    ...variablesOf(inner),
  ]);
}

describe("what holds state", () => {
  test.each(Object.keys(ADDRESSES))("%s has the addresses that it had", (type) => {
    const names = stacks.flatMap(({ json }) => Object.keys(json.resource?.[type] ?? {}));
    expect(sorted(names)).toEqual([...(ADDRESSES[type] ?? [])].sort());
  });

  test("every type of resource that can be rendered is among them", () => {
    const types = Object.values(door).flatMap((each) =>
      typeof each === "function" && "tfResourceType" in each ? [each.tfResourceType as string] : [],
    );
    const providers = ["helm", "kubernetes", "vault"];
    expect(sorted(types).filter((type) => !providers.includes(type))).toEqual(Object.keys(ADDRESSES).sort());
    const met = stacks.flatMap(({ json }) => Object.keys(json.resource ?? {}));
    expect(sorted(met)).toEqual(Object.keys(ADDRESSES).sort());
  });

  test("a variable of a stack keeps its name", () => {
    expect(sorted(stacks.flatMap(({ json }) => Object.keys(json.variable ?? {})))).toEqual(VARIABLES);
  });

  test("a stack, its folder and its state keep their names", () => {
    expect(Object.keys(ha.files).sort()).toEqual([...FILES].sort());
    for (const [kind, place] of Object.entries(STATES)) {
      const held = stacks.find(({ name, json }) => kind in json.terraform.backend && !name.includes("-", 4));
      expect(held?.json.terraform.backend[kind]).toMatchObject(place);
    }
  });

  test("a name that others know is derived as it was", () => {
    const sales = stacks.find(({ name }) => name === "all-ha-sales");
    for (const [type, named] of Object.entries(NAMES)) {
      const [, orders] =
        Object.entries(sales?.json.resource?.[type] ?? {}).find(([name]) => name.startsWith("orders_")) ?? [];
      expect(orders).toMatchObject(named);
    }
  });

  test("a role of PostgreSQL is marked as it was", () => {
    for (const mark of MARKS) expect(ha.files["bootstrap/all-ha/shop.sql"]).toContain(`'${mark}'`);
  });
});

describe("what pods and applications know", () => {
  const everything = [...stacks.map(({ json }) => json.resource), ...manifests];

  test("annotations", () => {
    const ours = keysUnder(everything, /^(podA|a)nnotations$/);
    expect(sorted(ours)).toEqual(sorted(ANNOTATIONS));
  });

  test("labels", () => {
    expect(sorted(keysUnder(everything, /^((podL|l)abels|match_labels)$/))).toEqual(LABELS);
  });

  test("the contract", () => {
    const names = variablesOf(everything).filter((name) => name.startsWith("LEASEHOLD_"));
    expect(sorted(names)).toEqual(CONTRACT_VARIABLES);
    const texts = stacks
      .filter(({ name }) => name === "all-ha-sales")
      .flatMap(({ json }) => Object.values(json.resource?.["kubernetes_config_map_v1"] ?? {}))
      .map(({ data }) => data as Record<string, string>);
    const ofOrders = texts.find((data) => data["contract.json"]?.includes('"orders"'));
    expect(JSON.parse(ofOrders?.["contract.json"] ?? "{}")).toEqual(CONTRACT);
  });
});

describe("what pipelines know", () => {
  test("the ids of rules", () => {
    const kept = Object.entries(RULES).flatMap(([category, names]) =>
      names.split(" ").map((name) => `${category}/${name}`),
    );
    expect(everyRule.map(({ id }) => id)).toEqual(expect.arrayContaining(kept));
  });

  test("the report has the version that its schema has, and an older one is not taken for it", () => {
    const schema = JSON.parse(fs.readFileSync("docs/report.schema.json", "utf8")) as object;
    const isValid = new Ajv().compile(schema);
    const report = accessReports([], [], MADE);
    expect(report.version).toBe(2);
    expect(isValid(report)).toBe(true);
    expect(isValid({ ...report, version: 3 })).toBe(false);
  });
});
