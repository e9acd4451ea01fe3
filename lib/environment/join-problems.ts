import type { LocatedProblem, Problem } from "../core";
import { installsAnything, namespacesWithoutAgents, vaultNamespace } from "../vault";
import { ownNamespaces, servicesStackName, vaultPaths } from "./derive";
import type { Environment, EnvironmentService } from "./environment";

/** Kubernetes' own namespaces are refused for services everywhere, with a message of their own. */
const OF_KUBERNETES = ["kube-system", "kube-public", "kube-node-lease"];

/** Where the declaration of services and that of the cluster and its Vault do not meet. */
export function joinProblems(environment: Environment): LocatedProblem[] {
  const { name, services } = environment;
  return [
    ...[
      ...namespaceProblems(environment),
      ...devMountProblems(environment),
      ...rootNamespaceProblems(environment),
    ].map((problem) => ({
      ...problem,
      path: name,
    })),
    ...services.flatMap((service) =>
      serviceProblems(service, environment).map((problem) => ({
        ...problem,
        path: `${servicesStackName(environment, service)}/${service.name}`,
      })),
    ),
  ];
}

function serviceProblems({ namespace }: EnvironmentService, { vault }: Environment): Problem[] {
  if (OF_KUBERNETES.includes(namespace)) return [];
  const leftOut = installsAnything(vault) ? namespacesWithoutAgents(vault) : [];
  const clients = vault.mode === "ha" ? (vault.clientNamespaces ?? [namespace]) : [namespace];
  return [
    ...(leftOut.includes(namespace) ? [withoutAgents(namespace, leftOut)] : []),
    ...(clients.includes(namespace) ? [] : [cutOff(namespace, clients)]),
  ];
}

/** Devices and quotas are of the whole server, and are written in its root namespace alone. */
function rootNamespaceProblems({ vault }: Environment): Problem[] {
  const namespace = vaultNamespace(vault);
  if (namespace === undefined) return [];
  const { audit, rateLimits } = vault;
  const must = "be left to whoever owns Vault: from inside of a namespace it cannot be written";
  return [
    ...(audit.length === 0
      ? []
      : [{ property: "vault.audit", must, got: audit, fix: "write vault.audit: []" }]),
    ...(rateLimits === undefined
      ? []
      : [
          {
            property: "vault.rateLimits",
            must,
            got: rateLimits,
            fix: `leave it out, and have it set for "${namespace}/auth/…" and "${namespace}/…" from the root namespace`,
          },
        ]),
  ];
}

function withoutAgents(namespace: string, leftOut: readonly string[]): Problem {
  return {
    property: "namespace",
    must: `be one that the injector's webhook looks at: it leaves out ${leftOut.join(", ")}, and pods there start without an agent`,
    got: namespace,
    fix: "give the service a namespace of its own, or take this one out of 'injector.excludedNamespaces' of 'vault'",
  };
}

function cutOff(namespace: string, clients: readonly string[]): Problem {
  return {
    property: "namespace",
    must: `be one whose pods reach Vault: the network policy lets in those of 'vault.clientNamespaces' (${clients.join(", ")})`,
    got: namespace,
    fix: "add it to 'vault.clientNamespaces'",
  };
}

/** Namespaces that are there before the platform is applied cannot be made by it. */
function namespaceProblems(environment: Environment): Problem[] {
  const { state } = environment;
  const ofState = state.kind === "kubernetes" ? state.namespace : undefined;
  return ownNamespaces(environment)
    .filter((namespace) => namespace === "default" || namespace === ofState)
    .map((namespace) => ({
      property: "cluster.namespaces",
      must:
        namespace === "default"
          ? "leave out what every cluster has: it would be made a second time"
          : "leave out the namespace of the state, which must be there before Terraform makes anything",
      got: namespace,
      fix: `write cluster.namespaces: { kind: "create", except: [${JSON.stringify(namespace)}] }, or give the services another namespace`,
    }));
}

/** A dev server comes with a key-value engine. */
function devMountProblems(environment: Environment): Problem[] {
  const { mountPath } = vaultPaths(environment);
  if (environment.vault.mode !== "dev" || mountPath.split("/")[0] !== "secret") return [];
  const must = "leave secret/ to the key-value engine that a dev Vault comes with";
  return [{ property: "vault.mountPath", must, got: mountPath, fix: 'take another one, such as "database"' }];
}
