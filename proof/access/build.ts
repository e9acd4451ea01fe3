import { chainsOf } from "./chains";
import { serves, withDatabases } from "./databases";
import type { AccessGraph, DatabaseRole, Policy } from "./graph";
import { asOwnResources } from "./endpoints";
import { withAgentConfigs } from "./kubernetes/agent-config";
import { injectorAuthPath, readHelmRelease, withServerConfigs } from "./helm";
import { withAnnotations } from "./kubernetes/annotations";
import { readKustomizations } from "./kubernetes/kustomize";
import { manifestsOfResource, manifestsOfYaml, type Manifest } from "./kubernetes/manifest";
import { readConfigMap, readSecret, readServiceAccount } from "./kubernetes/objects";
import { readMadeSecrets } from "./kubernetes/operators";
import { readAutoscaler } from "./kubernetes/autoscaler";
import { readWorkload, withAuthPath, withAutoscalers } from "./kubernetes/workload";
import { yamlFailure } from "./kubernetes/yaml";
import { notJudged } from "./not-judged";
import type { Origin } from "./origin";
import {
  peopleOf,
  readAuthAccessor,
  readIdentityAlias,
  readIdentityEntity,
  readIdentityGroup,
} from "./people";
import { readPolicies } from "./policy-text";
import { rotatedLogins } from "./rotations";
import { loadSqlParser, mergedRoles, readGrants } from "./sql";
import type { TerraformConfiguration, TerraformResource } from "./terraform/configuration";
import type { ReadFailure, TextFile } from "./text-file";
import { unknownValues } from "./unknowns";
import { Watch } from "./unread";
import {
  readAuditDevice,
  readAuthConfiguration,
  readAuthMethod,
  readAuthRole,
  readConnections,
  readDatabaseRole,
  readForeignConnections,
  readMount,
  readRateLimit,
  readStaticRole,
} from "./vault-nodes";

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
  const resources = asOwnResources(terraform.resources);
  const { policies, failures: unreadPolicies } = await readPolicies(resources);
  const { isPatch, overlaid } = readKustomizations(manifests);
  const objects = withAnnotations(
    [
      ...terraform.resources.flatMap((resource) =>
        attempt(resource.origin, () => manifestsOfResource(resource), failures),
      ),
      ...manifests
        .filter(({ file }) => !isPatch(file))
        .flatMap(({ file, text }) =>
          attempt({ file }, () => manifestsOfYaml(text, file), failures).flatMap((object) =>
            overlaid(object, file),
          ),
        ),
    ],
    terraform.resources,
  );
  const granted = sql.map(({ file, text }) => ({ file, ...readGrants(text, file) }));
  failures.push(...unreadPolicies);
  failures.push(
    ...granted.flatMap(({ file, failures: unread }) => unread.map((each) => ({ file, ...each }))),
  );
  const watch = new Watch();
  const rotated = rotatedLogins(
    resources.filter(({ mode, type }) => mode === "managed" && type === "vault_generic_endpoint"),
    terraform.actions,
  );
  const read = vaultNodes(resources, new Set(terraform.resources), policies, rotated, watch);
  const vault = { ...read, helmReleases: await withServerConfigs(read.helmReleases, failures) };
  const kubernetes = kubernetesNodes(objects, injectorAuthPath(vault.helmReleases));
  const nodes = {
    ...vault,
    ...kubernetes,
    workloads: await withAgentConfigs(kubernetes.workloads, kubernetes.configMaps, failures),
    roleGrants: granted.flatMap(({ grants }) => grants),
    sqlRoles: mergedRoles(granted.map(({ roles }) => roles)),
    bootstraps: granted.flatMap(({ bootstrap }) => bootstrap ?? []),
    terraform,
  };
  const patches = manifests.map(({ file }) => file).filter(isPatch);
  const graph = {
    ...nodes,
    chains: chainsOf(nodes),
    people: peopleOf(nodes),
    unknowns: unknownValues(nodes),
    notJudged: notJudged(objects, resources, terraform.actions, patches, nodes.workloads),
    unread: watch.unread(Object.values({ ...read, foreignConnections: [] }).flat()),
  };
  return { graph, failures };
}

function vaultNodes(
  resources: readonly TerraformResource[],
  written: ReadonlySet<TerraformResource>,
  policies: readonly Policy[],
  rotated: ReadonlySet<string>,
  watch: Watch,
) {
  const of = (...types: readonly string[]) =>
    resources.filter(({ mode, type }) => mode === "managed" && types.includes(type));
  // What a generic endpoint writes was made into arguments, and is not what somebody has written.
  const watched = (type: string) =>
    of(type).map((resource) => (written.has(resource) ? watch.over(resource) : resource));
  const foreign = of("vault_database_secret_backend_connection", "vault_database_secrets_mount").flatMap(
    readForeignConnections,
  );
  const postgresAlone = (role: DatabaseRole): DatabaseRole =>
    foreign.some((each) => serves(each, role)) ? { ...role, statements: undefined } : role;
  return {
    policies,
    identityGroups: watched("vault_identity_group").map(readIdentityGroup),
    identityGroupAliases: watched("vault_identity_group_alias").map(readIdentityAlias),
    identityEntities: watched("vault_identity_entity").map(readIdentityEntity),
    identityEntityAliases: watched("vault_identity_entity_alias").map(readIdentityAlias),
    authAccessors: resources
      .filter(({ mode, type }) => mode === "data" && type === "vault_auth_backend")
      .map(readAuthAccessor),
    authMethods: watched("vault_auth_backend").flatMap(readAuthMethod),
    authConfigurations: watched("vault_kubernetes_auth_backend_config").map(readAuthConfiguration),
    authRoles: watched("vault_kubernetes_auth_backend_role").map(readAuthRole),
    mounts: [...watched("vault_mount"), ...of("vault_database_secrets_mount")].flatMap(readMount),
    ...withDatabases({
      connections: [
        ...watched("vault_database_secret_backend_connection"),
        ...of("vault_database_secrets_mount"),
      ].flatMap((resource) => readConnections(resource, rotated)),
      databaseRoles: watched("vault_database_secret_backend_role").map(readDatabaseRole).map(postgresAlone),
    }),
    staticRoles: watched("vault_database_secret_backend_static_role").map(readStaticRole),
    foreignConnections: foreign,
    auditDevices: watched("vault_audit").map(readAuditDevice),
    rateLimits: watched("vault_quota_rate_limit").map(readRateLimit),
    helmReleases: of("helm_release").map(readHelmRelease),
  };
}

function kubernetesNodes(objects: readonly Manifest[], authPath: string | undefined) {
  const autoscalers = objects.flatMap((object) => readAutoscaler(object) ?? []);
  return {
    autoscalers,
    workloads: objects
      .flatMap((object) => readWorkload(object) ?? [])
      .map((workload) => withAutoscalers(workload, autoscalers))
      .map((workload) => (authPath === undefined ? workload : withAuthPath(workload, authPath))),
    serviceAccounts: objects.flatMap((object) => readServiceAccount(object) ?? []),
    configMaps: objects.flatMap((object) => readConfigMap(object) ?? []),
    secrets: objects.flatMap((object) => readSecret(object) ?? []),
    madeSecrets: objects.flatMap(readMadeSecrets),
  };
}

/** The objects of a text; what is wrong with it is told at its place. */
function attempt(
  { file, line }: Pick<Origin, "file" | "line">,
  read: () => Manifest[],
  failures: ReadFailure[],
): Manifest[] {
  try {
    return read();
  } catch (error) {
    failures.push({ ...yamlFailure(file, error), ...(line !== undefined && { line }) });
    return [];
  }
}
