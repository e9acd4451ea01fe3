import { seconds } from "../../lib/core";
import type { Environment } from "../../lib/environment/environment";
import { deriveTiming } from "../../lib/service/declaration/timing";
import { SHOP } from "../schema";
import { customersService } from "../storefronts/service";
import { POSTGRES_PORT } from "../cluster/addresses";
import { APPLICATION_IMAGE, STOREFRONT_IMAGE } from "../images/bench";

/** Of addresses outside of the cluster that reach Vault where network policies are enforced; nobody else's anywhere (RFC 5737). */
export const CLIENT_CIDR = "192.0.2.0/24";

/** Secret with the certificate of Vault's servers. */
export const VAULT_TLS_SECRET = "vault-server-tls";

export interface NodesEnvironmentOptions {
  /** Of the kubeconfig. */
  readonly context: string;
  /** PostgreSQL, as pods and Vault reach it. */
  readonly host: string;
  /** Where Terraform reaches Vault. */
  readonly vaultAddress: string;
  readonly kubeconfigFile: string;
  readonly caCertificate: string;
  readonly caCertificateFile: string;
  readonly postgresVersion: Environment["databases"][number]["postgresVersion"];
}

/**
 * The environment under test: a Vault of three servers that the chart installs, unsealed by hand, with two
 * audit devices, and an injector of two replicas. Nothing in it but addresses and leases is other than in a
 * production of three nodes.
 */
export function nodesEnvironment(options: NodesEnvironmentOptions): Environment {
  const { context, host, vaultAddress, kubeconfigFile, caCertificate, caCertificateFile, postgresVersion } =
    options;
  return {
    name: "nodes",
    state: { kind: "local" },
    cluster: {
      connection: { kind: "kubeconfig", context, path: kubeconfigFile },
      apiServer: "https://kubernetes.default.svc",
    },
    vault: {
      mode: "ha",
      replicas: 3,
      tls: { secretName: VAULT_TLS_SECRET, caCertificate },
      seal: { kind: "shamir" },
      breakGlass: { kind: "second-login", mount: "userpass", reason: "the bench holds the root token" },
      dataStorage: { size: "1Gi" },
      auditStorage: { size: "1Gi" },
      audit: [{ kind: "stdout" }, { kind: "file", path: "/vault/audit/audit.log" }],
      rateLimits: { login: 100, creds: 100 },
      clientNamespaces: ["shop"],
      clientCidrs: [CLIENT_CIDR],
      terraform: { address: vaultAddress, caCertificateFile },
    },
    guardrails: {
      maxTtl: "1h",
      vault: "highly-available",
      transport: "verified",
      auditDevices: 2,
      replicas: 1,
      protection: "any",
      parity: "any",
    },
    protection: { kind: "disposable", reason: "the bench destroys what it has applied" },
    databases: [
      {
        name: SHOP,
        host,
        port: POSTGRES_PORT,
        database: SHOP,
        postgresVersion,
        maxConnections: 300,
        tls: { mode: "verify-full", caCertificate },
      },
    ],
    services,
  };
}

/** Long enough for what Vault takes to elect another leader, mostly. */
const ttl = { default: "60s", max: "180s" } as const;
const DRAIN = "9s";

/** How long a credential of customers' pods lives, whoever renews it. */
export const LIFE_SECONDS = seconds(ttl.max);

/** What these pods bear of an outage of Vault, in seconds. */
export const BORNE = {
  /** As the report has it. */
  whenever: deriveTiming(ttl, DRAIN).outageTolerance.value,
  /** What is left just before a renewal. */
  betweenRotations: Math.floor(seconds(ttl.default) * 0.27),
};

const services: Environment["services"] = [
  {
    name: "orders",
    namespace: "shop",
    ttl,
    drain: "3s",
    access: [
      {
        database: SHOP,
        grants: [
          { tables: ["orders", "order_items"], privileges: ["SELECT", "INSERT", "UPDATE"] },
          { tables: ["customers"], privileges: ["SELECT"] },
        ],
        pool: { max: 2 },
      },
    ],
    workload: {
      kind: "deployment",
      image: APPLICATION_IMAGE,
      args: ["/app/service.mjs"],
      replicas: 3,
      // Sixty of them are to have room on three nodes with two processors each.
      resources: { cpu: "20m" },
      port: 8080,
      readiness: { kind: "http", path: "/ready", port: 8080 },
    },
  },
  customersService({
    name: "storefront",
    namespace: "shop",
    ttl,
    // A third of it is for customers who are still sent here: kube-proxy takes a second or two.
    drain: DRAIN,
    image: STOREFRONT_IMAGE,
    args: ["/app/orders/main.js"],
    replicas: 3,
  }),
  // It never comes to its time: scenarios run it, and ask for its credentials.
  {
    name: "reports",
    namespace: "shop",
    ttl,
    access: [{ database: SHOP, grants: [{ tables: ["orders"], privileges: ["SELECT"] }] }],
    workload: { kind: "cron-job", image: APPLICATION_IMAGE, args: ["/app/job.mjs"], schedule: "0 0 1 1 *" },
  },
];
