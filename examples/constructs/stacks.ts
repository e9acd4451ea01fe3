import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { S3Backend, TerraformStack, type App } from "cdktf";
import type { Construct } from "constructs";
import {
  AuditDevices,
  databaseRoleName,
  KubernetesAuth,
  PostgresConnection,
  SecretsEngine,
  Service,
  VaultServer,
  type ServiceDeclaration,
  type ServicePlatform,
} from "leasehold";

/** Certificates of the CAs, in PEM. */
export interface Certificates {
  readonly vaultCa: string;
  readonly postgresCa: string;
}

const protection = { kind: "protected" } as const;
const ttl = { default: "1h", max: "24h" } as const;

/** A stack of ours that installs Vault, which somebody initialises before the others are applied. */
export class VaultInstallation extends TerraformStack {
  constructor(scope: Construct, id: string, { vaultCa }: Certificates) {
    super(scope, id);
    new S3Backend(this, stateOf(id));
    new HelmProvider(this, "Helm", { kubernetes: CLUSTER });
    new VaultServer(this, "Vault", {
      vault: {
        mode: "ha",
        tls: { secretName: "vault-server-tls", caCertificate: vaultCa },
        seal: { kind: "awskms", region: "eu-west-1", kmsKeyId: "alias/vault-unseal" },
      },
      authPath: "kubernetes",
      protection,
    });
  }
}

/** A stack of ours that configures Vault for the cluster and the database, beside whatever else is in it. */
export class Platform extends TerraformStack {
  constructor(scope: Construct, id: string, { postgresCa }: Certificates) {
    super(scope, id);
    new S3Backend(this, stateOf(id));
    new VaultProvider(this, "VaultProvider", VAULT);
    new AuditDevices(this, "Audit", {
      devices: [{ kind: "stdout" }, { kind: "file", path: "/vault/audit/audit.log" }],
    });
    new KubernetesAuth(this, "KubernetesAuth", {
      path: "kubernetes",
      kubernetesHost: "https://kubernetes.default.svc",
      defaultLeaseTtl: ttl.default,
      maxLeaseTtl: ttl.max,
      reviewer: { kind: "vault-service-account" },
    });
    const engine = new SecretsEngine(this, "SecretsEngine", {
      path: "database",
      defaultLeaseTtl: ttl.default,
      maxLeaseTtl: ttl.max,
      protection,
    });
    new PostgresConnection(this, "Connection", {
      ...server,
      tls: { mode: "verify-full", caCertificate: postgresCa },
      engine,
      allowedRoles: [databaseRoleName(orders.name, server.name)],
      protection,
    });
  }
}

/** A stack of ours with a service of it on short-lived credentials. */
export class Shop extends TerraformStack {
  constructor(scope: Construct, id: string, { postgresCa }: Certificates) {
    super(scope, id);
    new S3Backend(this, stateOf(id));
    new VaultProvider(this, "VaultProvider", VAULT);
    new KubernetesProvider(this, "KubernetesProvider", CLUSTER);
    const platform: ServicePlatform = {
      environment: id,
      vault: {
        address: "https://vault-active.vault.svc:8200",
        mountPath: "database",
        authPath: "kubernetes",
        audience: "vault",
      },
      databases: [{ ...server, schema: "public", tls: { mode: "verify-full", caCertificate: postgresCa } }],
    };
    new Service(this, orders.name, { ...orders, platform });
  }
}

/** The stacks in the order in which they are applied; between them are plain names only, and no references. */
export function defineStacks(app: App, certificates: Certificates): { readonly shop: Shop } {
  const vault = new VaultInstallation(app, "vault", certificates);
  const platform = new Platform(app, "platform", certificates);
  const shop = new Shop(app, "shop", certificates);
  platform.addDependency(vault);
  shop.addDependency(platform);
  return { shop };
}

const server = { name: "shop", host: "pg.acme.internal", port: 5432, database: "shop" } as const;

/** `direct`: the privileges are in Vault's role, and no DBA runs a script for it. */
const orders: ServiceDeclaration = {
  name: "orders",
  namespace: "shop",
  ttl,
  access: [
    {
      database: "shop",
      grants: [{ tables: ["orders", "order_items"], privileges: ["SELECT", "INSERT", "UPDATE"] }],
      strategy: "direct",
    },
  ],
  workload: { kind: "deployment", image: "ghcr.io/acme/orders:1.4.2", replicas: 6, port: 8080 },
};

const VAULT = { address: "https://vault.acme.internal:8200" };
const CLUSTER = { configPath: "~/.kube/config", configContext: "acme" };

function stateOf(stack: string) {
  return { bucket: "acme-tfstate", key: `${stack}.tfstate`, region: "eu-west-1", encrypt: true };
}
