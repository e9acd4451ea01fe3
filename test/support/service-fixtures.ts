import { App, TerraformStack, Testing } from "cdktf";
import { KubernetesProvider, VaultProvider } from "../../lib/core/terraform";
import type {
  ServiceDatabase,
  ServicePlatform,
  ServiceProps,
  TableAccess,
  Workload,
} from "../../lib/service";

/** A certificate of a CA; nobody has the key. */
export const caCertificate = `-----BEGIN CERTIFICATE-----
MIIBtTCCAVugAwIBAgIUDI8eJPdimnAH2jLUQ8lrwN5FGBEwCgYIKoZIzj0EAwIw
JzENMAsGA1UECgwEQWNtZTEWMBQGA1UEAwwNQWNtZSBWYXVsdCBDQTAgFw0yNjEx
MjQwMjI3MDNaGA8yMTI2MTAzMTAyMjcwM1owJzENMAsGA1UECgwEQWNtZTEWMBQG
A1UEAwwNQWNtZSBWYXVsdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNML
aOohczzoD6L7FzIaYQP51mF0j9+LId6Cwo7i7hw6dHcjBlEhRiLEiZHW3ZOa0Gd2
Xx3FDpJj8uGXuUvHLb2jYzBhMB0GA1UdDgQWBBTBZjebZU9IyE+pVIntuUGRYPwn
OjAfBgNVHSMEGDAWgBTBZjebZU9IyE+pVIntuUGRYPwnOjAPBgNVHRMBAf8EBTAD
AQH/MA4GA1UdDwEB/wQEAwIBBjAKBggqhkjOPQQDAgNIADBFAiEAikeBfZ6A7XtR
E0lguxIVgnJOpNoIWOzZHezijjwG6eoCIFiiZUl5k5G/jyvoZaYDcnpq3ljeZES8
O0ChYKO/cayZ
-----END CERTIFICATE-----
`;

export const shop: ServiceDatabase = {
  name: "shop",
  host: "pg.acme.internal",
  port: 5432,
  database: "shop",
  schema: "public",
  tls: { mode: "verify-full", caCertificate },
};

export const auditLog: ServiceDatabase = {
  name: "audit-log",
  host: "fd00::1",
  port: 6432,
  database: "audit",
  schema: "app",
  tls: { mode: "require", reason: "the server's certificate is its own" },
};

export const platform: ServicePlatform = {
  environment: "production",
  vault: {
    address: "https://vault.vault.svc:8200",
    mountPath: "database",
    authPath: "kubernetes",
    audience: "vault",
  },
  databases: [shop, auditLog],
};

export const readsOrders: TableAccess = {
  database: "shop",
  grants: [{ tables: ["orders"], privileges: ["SELECT"] }],
};

export const writesLog: TableAccess = {
  database: "audit-log",
  grants: [{ tables: ["entries"], privileges: ["INSERT"] }],
};

const image = "ghcr.io/acme/orders:1.4.2";

export const deployment = { kind: "deployment", image, replicas: 2 } as const satisfies Workload;
export const cronJob = { kind: "cron-job", image, schedule: "15 * * * *" } as const satisfies Workload;
export const elsewhere = {
  kind: "elsewhere",
  controller: "Deployment",
  container: "app",
} as const satisfies Workload;

/** The least that a service can say. */
export const orders: ServiceProps = {
  name: "orders",
  namespace: "shop",
  ttl: { default: "1h", max: "24h" },
  access: [readsOrders],
  workload: deployment,
  platform,
};

/** An empty stack with the providers, without which CDKTF validates nothing. */
export function emptyStack(): TerraformStack {
  const stack = new TerraformStack(new App(), "production");
  new VaultProvider(stack, "VaultProvider", {});
  new KubernetesProvider(stack, "KubernetesProvider", {});
  return stack;
}

type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** The Terraform resources of a stack, by type and logical id. */
export function resourcesIn(stack: TerraformStack): Resources {
  return (JSON.parse(Testing.synth(stack, true)) as { resource?: Resources }).resource ?? {};
}

/** The Terraform resources that a definition makes in an empty stack. */
export function resourcesOf(define: (stack: TerraformStack) => void): Resources {
  const stack = emptyStack();
  define(stack);
  return resourcesIn(stack);
}

/** The only resource of a type. */
export function only(resources: Resources, type: string): Record<string, unknown> {
  const all = Object.values(resources[type] ?? {});
  if (all.length !== 1) throw new Error(`${all.length} resources of type ${type}`);
  return all[0] as Record<string, unknown>;
}
