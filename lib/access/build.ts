import { YAMLParseError } from "yaml";
import { chainsOf } from "./chains";
import type { AccessGraph, Policy } from "./graph";
import { injectorAuthPath, readHelmRelease } from "./helm";
import { manifestOfResource, manifestsOfYaml, type Manifest } from "./kubernetes/manifest";
import { readConfigMap, readSecret, readServiceAccount } from "./kubernetes/objects";
import { readWorkload, withAuthPath } from "./kubernetes/workload";
import { readPolicies } from "./policy-text";
import { loadSqlParser, mergedRoles, readGrants } from "./sql";
import type { TerraformConfiguration, TerraformResource } from "./terraform/configuration";
import type { ReadFailure, TextFile } from "./text-file";
import { unknownValues } from "./unknowns";
import {
  readAuditDevice,
  readAuthConfiguration,
  readAuthMethod,
  readAuthRole,
  readConnections,
  readDatabaseRole,
  readMount,
  readRateLimit,
  readStaticRole,
  trimmedPath,
} from "./vault-nodes";
import { asText } from "./read";

/** What a graph is built from; several stacks and files are judged as one configuration. */
export interface GraphInput {
  readonly terraform: TerraformConfiguration;
  /** Kubernetes objects in YAML. */
  readonly manifests: readonly TextFile[];
  /** SQL that gives PostgreSQL's roles their privileges. */
  readonly sql: readonly TextFile[];
}

/** The graph, and what could not be read for it; the rest is in the graph all the same. */
export interface BuiltGraph {
  readonly graph: AccessGraph;
  readonly failures: readonly ReadFailure[];
}

/** Reads a configuration back. Asynchronous, because the parsers of SQL and HCL are WebAssembly. */
export async function buildGraph({ terraform, manifests, sql }: GraphInput): Promise<BuiltGraph> {
  await loadSqlParser();
  const failures: ReadFailure[] = [];
  const { policies, failures: unreadPolicies } = await readPolicies(terraform.resources);
  const objects = [...objectsOf(terraform), ...manifests.flatMap((file) => attempt(file, failures))];
  const granted = sql.map(({ file, text }) => ({ file, ...readGrants(text, file) }));
  failures.push(...unreadPolicies);
  failures.push(
    ...granted.flatMap(({ file, failures: unread }) => unread.map((each) => ({ file, ...each }))),
  );
  const vault = vaultNodes(terraform.resources, policies);
  const nodes = {
    ...vault,
    ...kubernetesNodes(objects, injectorAuthPath(vault.helmReleases)),
    roleGrants: granted.flatMap(({ grants }) => grants),
    sqlRoles: mergedRoles(granted.map(({ roles }) => roles)),
    terraform,
  };
  return { graph: { ...nodes, chains: chainsOf(nodes), unknowns: unknownValues(nodes) }, failures };
}

function vaultNodes(resources: readonly TerraformResource[], policies: readonly Policy[]) {
  const of = (...types: readonly string[]) =>
    resources.filter(({ mode, type }) => mode === "managed" && types.includes(type));
  const rotated = rotatedLogins(of("vault_generic_endpoint"));
  return {
    policies,
    authMethods: of("vault_auth_backend").flatMap(readAuthMethod),
    authConfigurations: of("vault_kubernetes_auth_backend_config").map(readAuthConfiguration),
    authRoles: of("vault_kubernetes_auth_backend_role").map(readAuthRole),
    mounts: of("vault_mount", "vault_database_secrets_mount").flatMap(readMount),
    connections: of("vault_database_secret_backend_connection", "vault_database_secrets_mount").flatMap(
      (resource) => readConnections(resource, rotated),
    ),
    databaseRoles: of("vault_database_secret_backend_role").map(readDatabaseRole),
    staticRoles: of("vault_database_secret_backend_static_role").map(readStaticRole),
    auditDevices: of("vault_audit").map(readAuditDevice),
    rateLimits: of("vault_quota_rate_limit").map(readRateLimit),
    helmReleases: of("helm_release").map(readHelmRelease),
  };
}

/** The paths at which something asks Vault to change the password of a login. */
function rotatedLogins(endpoints: readonly TerraformResource[]): ReadonlySet<string> {
  return new Set(endpoints.map(({ body }) => String(trimmedPath(asText(body.path)))));
}

function objectsOf({ resources }: TerraformConfiguration): Manifest[] {
  return resources.flatMap((resource) => manifestOfResource(resource) ?? []);
}

function kubernetesNodes(objects: readonly Manifest[], authPath: string | undefined) {
  return {
    workloads: objects
      .flatMap((object) => readWorkload(object) ?? [])
      .map((workload) => (authPath === undefined ? workload : withAuthPath(workload, authPath))),
    serviceAccounts: objects.flatMap((object) => readServiceAccount(object) ?? []),
    configMaps: objects.flatMap((object) => readConfigMap(object) ?? []),
    secrets: objects.flatMap((object) => readSecret(object) ?? []),
  };
}

function attempt({ file, text }: TextFile, failures: ReadFailure[]): Manifest[] {
  try {
    return manifestsOfYaml(text, file);
  } catch (error) {
    failures.push(yamlFailure(file, error));
    return [];
  }
}

function yamlFailure(file: string, error: unknown): ReadFailure {
  if (!(error instanceof YAMLParseError)) throw error;
  const line = error.linePos?.[0].line;
  return { file, line, message: error.message.split("\n")[0] ?? "no YAML" };
}
