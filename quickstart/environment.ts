import type { Environment, EnvironmentService } from "../lib/environment/environment";
import { local } from "../stacks/local";
import { IMAGES } from "./images";

export interface QuickstartOptions {
  readonly context: string;
  /** Of the kubeconfig, where it is not the default one. */
  readonly kubeconfig?: string;
  /** PostgreSQL as pods and Vault reach it. */
  readonly host: string;
  readonly port: number;
  readonly postgresVersion: Environment["databases"][number]["postgresVersion"];
}

/** So short that a rotation can be waited for: a new user after some 43 s, and the one before is gone after 60. */
const ttl = { default: "60s", max: "60s" } as const;

/** `local` with the addresses of this cluster and this machine, and of its services the two that examples/ has. */
export function quickstartEnvironment(options: QuickstartOptions): Environment {
  const { context, kubeconfig, host, port, postgresVersion } = options;
  return {
    ...local,
    cluster: {
      ...local.cluster,
      connection: { kind: "kubeconfig", context, ...(kubeconfig && { path: kubeconfig }) },
    },
    databases: local.databases.map((database) => ({ ...database, host, port, postgresVersion })),
    services: local.services.flatMap((service) => exampleOf(service)),
  };
}

/** None where examples/ has no application of that name. */
function exampleOf(service: EnvironmentService): EnvironmentService[] {
  const { workload } = service;
  if (service.name === "orders" && workload.kind === "deployment")
    return [
      {
        ...service,
        ttl,
        drain: "6s",
        workload: {
          ...workload,
          image: IMAGES.orders,
          args: ["/app/orders/main.js"],
          readiness: { kind: "http", path: "/ready", port: 8080 },
        },
      },
    ];
  if (service.name === "analytics" && workload.kind === "cron-job")
    return [
      {
        ...service,
        ttl,
        workload: { ...workload, image: IMAGES.analytics, args: ["/app/analytics/analytics.py"] },
      },
    ];
  return [];
}
