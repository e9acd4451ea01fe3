import { isUnknown, known, mayLogIn, type AuthRole, type Chain, type Known } from "../../access";
import { DEPLOYMENT_ANNOTATIONS, DEPLOYMENT_END, DEPLOYMENT_METADATA } from "../example-parts";
import { chainFinder } from "../closed/resources";
import type { Rule } from "../rule";
import { choices, listed, show } from "../words";

export const podLoginRefused: Rule = {
  id: "access/pod-login-refused",
  severity: "error",
  title: "pod that Vault would not let log in",
  why: "The agent logs in before the application starts: a role, path, ServiceAccount, namespace or audience that does not fit leaves the pod at Init:0/1, for ever. (vault-k8s, agent-auto-auth-exit-on-err)",
  example: {
    language: "hcl",
    text: `resource "vault_auth_backend" "kubernetes" {
  type = "kubernetes"
}

resource "vault_kubernetes_auth_backend_role" "orders" {
  backend                          = vault_auth_backend.kubernetes.path
  role_name                        = "orders"
  bound_service_account_names      = ["order"]
  bound_service_account_namespaces = ["shop"]
  audience                         = "vault"
}

${DEPLOYMENT_METADATA}
    replicas = 2
${DEPLOYMENT_ANNOTATIONS}
${DEPLOYMENT_END}`,
  },
  *check(graph) {
    const { workloads, authRoles, authMethods } = graph;
    // Workloads alone: the roles stand in another configuration.
    if (authRoles.length === 0 && authMethods.length === 0) return;
    const chainsOf = chainFinder(graph);
    for (const workload of workloads) {
      const { injection } = workload.pod;
      if (injection === undefined || injection.requested !== true) continue;
      const at = workload.origin;
      for (const file of injection.missingFiles)
        yield {
          at,
          message: `the ConfigMap ${show(injection.configMap)} has no ${file}, from which an agent of the pod starts`,
          fix: `write ${file}, or take vault.hashicorp.com/agent-configmap away`,
        };
      if (isUnknown(injection.role) || isUnknown(injection.authPath)) continue;
      const chained = chainsOf(workload).flatMap(({ authRole }) => authRole ?? []);
      const role =
        chained[0] ??
        find(
          authRoles.filter((each) => mayLogIn(workload, each)),
          injection.authPath,
          injection.role,
        );
      if (injection.role === undefined) {
        yield {
          at,
          message: "the pod names no role",
          fix:
            injection.configMap === undefined
              ? "add the annotation vault.hashicorp.com/role"
              : "write role in the method's config in the ConfigMap",
        };
      } else if (role === undefined) {
        const methods = authMethods.flatMap(({ path }) => known(path) ?? []);
        const wrongPath = methods.length > 0 && !methods.includes(String(injection.authPath));
        yield {
          at,
          message: wrongPath
            ? `the pod logs in at auth/${String(injection.authPath)}, where no auth method is mounted`
            : `there is no role ${show(injection.role)} at auth/${String(injection.authPath)}${injection.namespace === undefined ? "" : ` of the namespace ${show(injection.namespace)}`}`,
          fix: wrongPath
            ? `set vault.hashicorp.com/auth-path to ${methods.map((each) => `auth/${each}`).join(" or ")}`
            : `write the role${
                authRoles.length === 0
                  ? ""
                  : `, or name one of ${choices(
                      authRoles.map(({ name }) => show(name)),
                      show(injection.role),
                    )} in vault.hashicorp.com/role`
              }`,
        };
      } else {
        // Of several Vaults nobody knows which one it goes to; one that lets it in may be it.
        const all = [role, ...chained].map((each) => [
          ...loginMismatches(each, workload, injection.tokenVolume),
        ]);
        if (all.every((mismatches) => mismatches.length > 0))
          for (const mismatch of all[0] ?? []) yield { at, ...mismatch };
      }
    }
  },
};

function find(roles: readonly AuthRole[], path: Known<string>, name: Known<string>): AuthRole | undefined {
  return roles.find((role) => role.authPath === path && role.name === String(known(name)).toLowerCase());
}

/** Why a role of an auth method would refuse the pods of a workload. */
export function* loginMismatches(
  role: AuthRole,
  { pod, namespace }: Chain["workload"],
  tokenVolume: Known<string>,
) {
  const account = pod.serviceAccount ?? "default";
  if (refuses(role.serviceAccounts, account)) {
    yield {
      message: `the pod runs as the ServiceAccount ${show(account)}, and the role ${show(role.name)} binds ${names(role.serviceAccounts)}`,
      fix: "give the pod the ServiceAccount that the role binds, or bind that of the pod",
    };
  }
  const where = namespace ?? "default";
  if (refuses(role.namespaces, where) && role.namespaceSelector === undefined) {
    yield {
      message: `the pod runs in the namespace ${show(where)}, and the role ${show(role.name)} binds ${names(role.namespaces)}`,
      fix: "bind the namespace of the pod",
    };
  }
  const token = pod.volumes.find(({ name }) => name === tokenVolume)?.tokens[0];
  if (tokenVolume !== undefined && !isUnknown(tokenVolume) && token === undefined) {
    yield {
      message: `vault.hashicorp.com/agent-service-account-token-volume-name names the volume ${show(tokenVolume)}, which projects no token`,
      fix: "add a projected volume of that name with a serviceAccountToken",
    };
  }
  const audience = token?.audience;
  if (typeof role.audience === "string" && typeof audience === "string" && audience !== role.audience) {
    yield {
      message: `the pod's token is for the audience ${show(audience)}, and the role ${show(role.name)} asks for ${show(role.audience)}`,
      fix: "write the same audience in both",
    };
  }
}

/** Whether none of the bound names lets a name in. */
function refuses(bound: AuthRole["serviceAccounts"], name: Known<string>): boolean {
  if (isUnknown(bound) || typeof name !== "string") return false;
  if ((bound ?? []).some((each) => typeof each !== "string")) return false;
  return !(bound ?? []).some((each) => glob(each as string, name));
}

function glob(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

function names(bound: AuthRole["serviceAccounts"]): string {
  return listed((known(bound) ?? []).map((each) => show(each))) || "none";
}
