import type { Problem } from "../../core";
import { CHECK_CONTAINER } from "../declaration/migration";

/** What the injector adds to a pod (vault-k8s 1.7.6), and what a migration adds beside the application. */
const CONTAINERS = ["vault-agent", "vault-agent-init", CHECK_CONTAINER];

/** Volumes that the injector and leasehold add. */
const VOLUMES = ["home-init", "home-sidecar", "vault-secrets", "vault-token", "leasehold-contract", "tmp"];

/** Every namespace has a ServiceAccount `default`; the namespace `default` has the API server's Service. */
const SERVICE_ACCOUNT = "default";
const API_SERVER = { name: "kubernetes", namespace: "default" };

/** A container of a name that another one of the pod has: the API server refuses the pod. */
export function containerNameProblems(property: string, name: string): Problem[] {
  if (!CONTAINERS.includes(name)) return [];
  return [
    {
      property,
      must: `be no name of a container that is added to the pod (${CONTAINERS.join(", ")})`,
      got: name,
      fix: "rename it",
    },
  ];
}

/** A volume of a name that another one of the pod has: the API server refuses the pod. */
export function volumeNameProblems(property: string, name: string): Problem[] {
  if (!VOLUMES.includes(name) && !/^(static|tmp)-/.test(name)) return [];
  return [
    {
      property,
      must: `be no name of a volume that is added to the pod (${VOLUMES.join(", ")}, static-…, tmp-…)`,
      got: name,
      fix: "rename it",
    },
  ];
}

/** A service gives its name to its container, its ServiceAccount, its workload and its Kubernetes Service. */
export function reservedServiceNameProblems(property: string, name: string, namespace: string): Problem[] {
  const isApiServer = name === API_SERVER.name && namespace === API_SERVER.namespace;
  const taken =
    name === SERVICE_ACCOUNT
      ? "a ServiceAccount of each namespace"
      : isApiServer
        ? "the API server's Service"
        : undefined;
  return [
    ...containerNameProblems(property, name),
    ...(taken === undefined
      ? []
      : [
          {
            property,
            must: `be no name that Kubernetes uses itself, for ${taken}`,
            got: name,
            fix: "rename it",
          },
        ]),
  ];
}
