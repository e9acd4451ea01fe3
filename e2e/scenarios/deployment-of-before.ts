import { STACKS, type Bench } from "../bench";
import { STOREFRONT_IMAGE } from "../images/bench";
import { SHOP } from "../schema";
import type { KubernetesObject } from "../servers/kubernetes-client";
import { deploymentPath, namespacePath } from "../support/kubernetes-paths";
import { eventually } from "../support/wait";

/** A service that somebody else has deployed before leasehold came. */
export interface ServiceOfBefore {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  /** Secret with a credentials file under the key `shop.json`. */
  readonly secret: string;
}

/** Deploys it, with a Kubernetes Service, and waits for its pods. */
export async function deployBefore(bench: Bench, service: ServiceOfBefore): Promise<void> {
  const { namespace, name, replicas } = service;
  const { client } = bench.apiServer;
  await client.create(deploymentPath(namespace), deployment(bench, service));
  await client.create(`${namespacePath(namespace)}/services`, {
    metadata: { name },
    spec: { selector: labels(service), ports: [{ port: 8080 }] },
  });
  await eventually("pods of the Deployment of before", async () => {
    const pods = bench.watched.list(namespace, labels(service));
    return pods.length === replicas && pods.every((pod) => pod.isReady);
  });
}

/** What `leasehold migrate` tells to do before the first apply. */
export async function takeOver(
  { apiServer, terraform }: Bench,
  { namespace, name }: ServiceOfBefore,
): Promise<void> {
  await apiServer.client.delete(deploymentPath(namespace, name), { propagationPolicy: "Orphan" });
  await terraform.import(STACKS.services, "kubernetes_service_v1", name, `${namespace}/${name}`);
}

/** And after it. */
export async function removePodsOfBefore(bench: Bench, service: ServiceOfBefore): Promise<void> {
  const { client } = bench.apiServer;
  const { namespace } = service;
  const sets = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
  const selector = Object.entries(labels(service)).map(([key, value]) => `${key}%3D${value}`);
  for (const { metadata } of await client.list<KubernetesObject>(
    `${sets}?labelSelector=${selector.join(",")}`,
  ))
    await client.delete(`${sets}/${metadata.name}`, { propagationPolicy: "Background" });
  await eventually(
    "end of the pods of before",
    async () => bench.watched.list(namespace, labels(service)).length === 0,
    { timeoutMs: 60_000 },
  );
}

function labels({ name }: ServiceOfBefore): Record<string, string> {
  return { app: name };
}

/** As a team writes it that knows nothing of leasehold, but for the pool in the application. */
function deployment({ postgres }: Bench, service: ServiceOfBefore): object {
  const { name, replicas, secret } = service;
  const variables = {
    LEASEHOLD_SHOP_CREDENTIALS_FILE: "/etc/database/shop.json",
    LEASEHOLD_SHOP_FORMAT: "json",
    LEASEHOLD_SHOP_HOST: postgres.host,
    LEASEHOLD_SHOP_PORT: String(postgres.port),
    LEASEHOLD_SHOP_DATABASE: SHOP,
    LEASEHOLD_SHOP_SSL_MODE: "require",
    LEASEHOLD_SHOP_POOL_MAX: "4",
    LEASEHOLD_SHOP_POOL_MAX_LIFETIME: "600",
    LEASEHOLD_SHOP_OVERLAP: "60",
    LEASEHOLD_DRAIN: "9",
  };
  const container = {
    name,
    image: STOREFRONT_IMAGE,
    args: ["/app/orders/main.js"],
    env: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
    securityContext: { runAsUser: 10_001, runAsGroup: 10_001 },
    readinessProbe: { httpGet: { path: "/ready", port: 8080 }, periodSeconds: 1 },
    volumeMounts: [{ name: "database", mountPath: "/etc/database" }],
  };
  const spec = {
    automountServiceAccountToken: false,
    containers: [container],
    volumes: [{ name: "database", secret: { secretName: secret } }],
  };
  return {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels(service) },
      template: { metadata: { labels: labels(service) }, spec },
    },
  };
}
