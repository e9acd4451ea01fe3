import { known, type AccessGraph } from "../access";
import type { Context } from "../rules";
import { vaultReleases } from "../rules/vault/releases";
import type { CoverageReport, EnvironmentReport } from "./model";
import type { Held } from "./text";

interface Part {
  readonly held: Held;
  /** As `docs/proof.md` says it as well. */
  readonly text: string;
  /** Whether a configuration has it, whose SQL was run or not. */
  isOf(graph: AccessGraph, ran: boolean): boolean;
  /** Whether a rule asks it that judges only what leasehold has rendered. */
  readonly closed?: true;
}

const isAlways = () => true;
const hasPods = ({ chains }: AccessGraph) => chains.length > 0;
const hasVault = ({ policies, authRoles }: AccessGraph) => policies.length + authRoles.length > 0;
const hasStatements = ({ databaseRoles }: AccessGraph) => databaseRoles.length > 0;
const hasChart = (graph: AccessGraph) => vaultReleases(graph).length > 0;
const hasSql = (graph: AccessGraph) =>
  hasStatements(graph) || graph.bootstraps.length + graph.roleGrants.length > 0;

/** What is executed, what is read beside a model, and what is taken for granted; `docs/proof.md` is the same list. */
export const PARTS: readonly Part[] = [
  {
    held: "executed",
    text: "each agent's template, with a sample of what Vault answers, its output read in the format that the contract names",
    isOf: ({ chains }) => chains.some(({ use }) => known(use.template) !== undefined),
    closed: true,
  },
  {
    held: "executed",
    text: "the JSON patch of each agent, on the container that the injector makes",
    isOf: ({ workloads }) =>
      workloads.some(({ pod: { injection } }) => injection?.initPatch ?? injection?.sidecarPatch),
    closed: true,
  },
  {
    held: "executed",
    text: "Kubernetes' own schema, of 1.36, on each object that is rendered and on the pods as the injector makes them, with a field that it does not know refused",
    isOf: hasPods,
    closed: true,
  },
  {
    held: "executed",
    text: "the template of PostgreSQL's user names",
    isOf: ({ connections }) => connections.some(({ usernameTemplate }) => usernameTemplate !== undefined),
    closed: true,
  },
  {
    held: "executed",
    text: "the bootstrap SQL, twice, and the statements of each role from creation to revocation, on PostgreSQL 18: the catalog says what was declared",
    isOf: (graph, ran) => hasSql(graph) && ran,
    closed: true,
  },
  {
    held: "executed",
    text: "the selectors of the webhook and of network policy, on the pods that are there",
    isOf: (graph) => hasChart(graph) && hasPods(graph),
  },
  {
    held: "modelled",
    text: "statements and bootstrap SQL that were not run: parsed by PostgreSQL's own parser, and read closed",
    isOf: (graph, ran) => hasSql(graph) && !ran,
  },
  {
    held: "modelled",
    text: "logins, policies, tokens and leases, as the sources of Vault 1.21 have them",
    isOf: hasVault,
  },
  {
    held: "modelled",
    text: "the pods that the injector makes, as the sources of vault-k8s 1.7.6 have it; no API server sees them",
    isOf: hasPods,
  },
  {
    held: "modelled",
    text: "what the chart makes of its values, as vault-helm 0.34.1 has it; it is not rendered",
    isOf: hasChart,
  },
  {
    held: "assumed",
    text: "that nodes, clocks and the network between pod, Vault and PostgreSQL work, and that nobody changes by hand what was applied",
    isOf: isAlways,
  },
  {
    held: "assumed",
    text: "the rights of others: RBAC of the cluster, policies of Vault that this configuration does not hold, roles of PostgreSQL outside of the bootstrap SQL (`verify-database` reads these), Secrets that somebody else writes, such as the servers' certificate",
    isOf: isAlways,
  },
  {
    held: "assumed",
    text: "what PostgreSQL lets everybody do who connects: create temporary tables, and execute functions, of which one that is SECURITY DEFINER does what its owner may; until somebody revokes it from PUBLIC (of functions that are declared, or SECURITY DEFINER, `verify-database` tells)",
    isOf: hasStatements,
  },
  {
    held: "assumed",
    text: "that the bootstrap SQL was run",
    isOf: ({ bootstraps }) => bootstraps.length > 0,
  },
  {
    held: "assumed",
    text: "that Terraform applied the stacks in their order: what was rendered is not what is deployed",
    isOf: ({ terraform }) => terraform.resources.length > 0,
  },
  {
    held: "assumed",
    text: "that another way to a database (an endpoint: a replica, a pooler) leads to the server that its contract names",
    isOf: ({ configMaps }) =>
      configMaps.some(({ data }) => JSON.stringify(data["contract.json"] ?? "").includes("endpoint")),
  },
  {
    held: "assumed",
    text: "that a pooler is configured as its endpoint says, and asks for its users by the function that the bootstrap SQL makes",
    isOf: ({ configMaps }) =>
      configMaps.some(({ data }) => JSON.stringify(data["contract.json"] ?? "").includes("pgbouncer")),
  },
  {
    held: "assumed",
    text: "that applications read their file again; the clients of this repository do",
    isOf: hasPods,
  },
  {
    held: "assumed",
    text: "that an auth method whose description says that it is configured out of band is configured",
    isOf: ({ authMethods }) =>
      authMethods.some(({ description }) => /\bout of band\b/.test(known(description) ?? "")),
  },
  {
    held: "assumed",
    text: "that the auth methods of people let in whom the company means, and name the groups that they are in",
    isOf: ({ people }) => people.length > 0,
  },
  {
    held: "assumed",
    text: "that Vault and its injector are of the versions above; which ones run, and which Kubernetes, nobody sees here",
    isOf: (graph) => hasVault(graph) || hasPods(graph),
  },
];

/** What of the list a configuration has, as it was judged: what others wrote is not asked by the closed rules. */
export function coverageOf(
  graph: AccessGraph,
  source: EnvironmentReport["source"],
  { executed }: Pick<Context, "executed">,
): CoverageReport {
  const ran = executed?.isWhole === true;
  const own = PARTS.filter(
    ({ isOf, closed }) => isOf(graph, ran) && (closed === undefined || source === "rendered"),
  );
  const texts = (held: Held) => own.filter((part) => part.held === held).map(({ text }) => text);
  return { executed: texts("executed"), modelled: texts("modelled"), assumed: texts("assumed") };
}

/** What the closed rules would have asked. */
export const NOT_CLOSED =
  "whether every argument, annotation and statement is understood: that is asked of what leasehold renders, and not of what others wrote";
