import {
  credsPath,
  isUnknown,
  known,
  type AccessGraph,
  type AuthRole,
  type Chain,
  type DatabaseRole,
  type ServiceAccount,
  type Workload,
} from "../access";
import { staysOf } from "../rules/migration/stages";
import { looksLikeSecret } from "../rules/secrets/looks";
import { accessOf } from "./chain";
import { loginsOf, type Logins } from "./login";
import { certain, isNotKnown, notKnown, type NotKnown } from "./answer";
import type { AccessReport, MigrationReport, ServiceReport, WorkloadReport } from "./model";
import { privilegesBy, type RolePrivileges } from "./privileges";
import { byText, groupedBy, placeOf, textOf } from "./words";

/** The services of a graph with all that they open. */
export interface Services {
  readonly reports: readonly ServiceReport[];
  readonly logins: Logins;
  readonly privileges: (role: DatabaseRole) => RolePrivileges;
}

/** Every workload that asks for credentials, and those that are the same service as one that does. */
export function servicesOf(graph: AccessGraph): Services {
  const chains = groupedBy(graph.chains, ({ workload }) => serviceId(workload));
  const workloads = groupedBy(
    graph.workloads.filter((each) => isService(each) || chains.has(serviceId(each))),
    serviceId,
  );
  const users = usersOf(graph.chains);
  const logins = loginsOf(graph, (role) => [...(users.get(role) ?? [])].sort(byText));
  const privileges = privilegesBy(graph);
  const accounts = groupedBy(graph.serviceAccounts, accountKey);
  const accountOf = (key: Account) => accounts.get(accountKey(key))?.[0];
  const reports = [...workloads].map(([id, own]) =>
    serviceReport(id, own, chains.get(id) ?? [], graph, { logins, privileges, accountOf }),
  );
  return { reports: reports.sort((a, b) => byText(a.id, b.id)), logins, privileges };
}

const SERVICE_LABEL = "leasehold/service";
const CREDENTIALS_LABEL = "leasehold/credentials";
const STAGE_ANNOTATION = "leasehold/migration-stage";
const RESTART_ANNOTATION = "leasehold/restart-on-rotation";
const STAGES = ["static", "shadow", "canary", "dynamic", "complete"] as const;

/** Id of the service that a workload belongs to. */
export function serviceId(workload: Workload): string {
  const namespace = textOf(workload.namespace);
  return [...(namespace === null ? [] : [namespace]), serviceName(workload)].join("/");
}

function serviceName({ pod, name, origin }: Workload): string {
  return known(pod.labels[SERVICE_LABEL]) ?? known(name) ?? origin.address;
}

function isService({ pod }: Workload): boolean {
  return known(pod.labels[SERVICE_LABEL]) !== undefined;
}

function usersOf(chains: readonly Chain[]): Map<AuthRole, Set<string>> {
  const users = new Map<AuthRole, Set<string>>();
  for (const { authRole, workload } of chains) {
    if (authRole) users.set(authRole, (users.get(authRole) ?? new Set()).add(serviceId(workload)));
  }
  return users;
}

function serviceReport(
  id: string,
  workloads: readonly Workload[],
  chains: readonly Chain[],
  graph: AccessGraph,
  { logins, privileges, accountOf }: Omit<Services, "reports"> & { readonly accountOf: AccountFinder },
): ServiceReport {
  const [first] = workloads as [Workload];
  const asked = new Set(chains.map(({ use }) => textOf(use.path)));
  const roles = [...new Set(chains.flatMap(({ authRole }) => authRole ?? []))];
  const opened = roles
    .flatMap((role) => logins.opened(role))
    .flatMap((role) => textOf(credsPath(role)) ?? []);
  const accesses = distinct(chains).map((chain) =>
    accessOf(chain, graph, logins, chain.databaseRole && privileges(chain.databaseRole)),
  );
  const reported = workloads.map((workload) => workloadReport(workload, accountOf));
  const migration = migrationOf(workloads, chains.length > 0);
  return {
    id,
    name: serviceName(first),
    namespace: textOf(first.namespace),
    workloads: reported,
    accesses,
    whole: certain(doubtsOf(reported, accesses, migration)),
    opensBesides: [...new Set(opened)].filter((path) => !asked.has(path)).sort(byText),
    migration,
    contract: contractOf(workloads),
  };
}

/** What nobody can say of a service who has only read this. */
function doubtsOf(
  workloads: readonly WorkloadReport[],
  accesses: readonly AccessReport[],
  { stays }: MigrationReport,
): string[] {
  return [
    ...(workloads.some(({ credentials }) => credentials === "static")
      ? [
          `it lives on a password that never changes, and nothing that was read says what its user may do${stays === null ? "" : ` (it stays until ${stays.until}: ${stays.reason})`}`,
        ]
      : []),
    ...accesses.flatMap(({ whole, reaches, name }) => [
      ...(isNotKnown(whole) && reaches.value !== "no" ? [`${name}: ${whole.reason}`] : []),
      ...(isNotKnown(reaches) ? [`whether it reaches ${name}: ${reaches.reason}`] : []),
    ]),
  ];
}

/** Pods of the same service that read the same path by the same role are one access. */
function distinct(chains: readonly Chain[]): Chain[] {
  const seen = groupedBy(
    chains,
    ({ use, authRole }) => `${use.name} ${textOf(use.path)} ${authRole?.origin.address}`,
  );
  return [...seen.values()].flatMap((same) => same[0] ?? []);
}

type Account = Pick<ServiceAccount, "name" | "namespace">;
type AccountFinder = (account: Account) => ServiceAccount | undefined;

function accountKey({ name, namespace }: Account): string {
  return JSON.stringify([known(name) ?? null, textOf(namespace)]);
}

function workloadReport(workload: Workload, accountOf: AccountFinder): WorkloadReport {
  const { kind, name, namespace, origin, replicas, surge, pod } = workload;
  const account = textOf(pod.serviceAccount) ?? "default";
  const written = accountOf({ name: account, namespace });
  const asks =
    pod.injection !== undefined && pod.injection.requested !== false && pod.injection.uses.length > 0;
  const label = known(pod.labels[CREDENTIALS_LABEL]);
  return {
    kind,
    name: textOf(name),
    place: placeOf(origin),
    replicas: known(replicas) ?? null,
    surge,
    serviceAccount: {
      name: account,
      namespace: textOf(namespace),
      place: written ? placeOf(written.origin) : null,
    },
    injection: pod.injection?.mode ?? "none",
    credentials: label === "static" || (label === undefined && !asks) ? "static" : "dynamic",
    onRotation: onRotation(workload),
  };
}

function onRotation({ annotations, pod }: Workload): WorkloadReport["onRotation"] {
  const commands = [...new Set((pod.injection?.uses ?? []).flatMap(({ command }) => textOf(command) ?? []))];
  if (commands.length === 0) return null;
  return { commands, reason: textOf(annotations[RESTART_ANNOTATION]) };
}

function migrationOf(workloads: readonly Workload[], leased: boolean): MigrationReport {
  const written = workloads.flatMap(
    ({ annotations, pod }) =>
      known(annotations[STAGE_ANNOTATION]) ?? known(pod.annotations[STAGE_ANNOTATION]) ?? [],
  )[0];
  const stage = STAGES.find((each) => each === written);
  const canary = canaryOf(workloads);
  const stays = workloads.map(staysOf).find((each) => each !== undefined) ?? null;
  if (stage !== undefined)
    return { stage, reason: `the annotation ${STAGE_ANNOTATION} says it`, canary, stays };
  return leased
    ? {
        stage: "complete",
        reason: "no annotation says another stage, and its pods lease their credentials",
        canary,
        stays,
      }
    : { stage: "static", reason: "none of its pods asks for leased credentials", canary, stays };
}

function canaryOf(workloads: readonly Workload[]): MigrationReport["canary"] {
  const pods = (kind: string) =>
    workloads
      .filter(({ pod }) => known(pod.labels[CREDENTIALS_LABEL]) === kind)
      .reduce<number | NotKnown>(
        (sum, { replicas, origin }) =>
          isUnknown(replicas)
            ? notKnown(`the pods of ${origin.address} are ${replicas.expression}, known only at apply`)
            : isNotKnown(sum)
              ? sum
              : sum + (known(replicas) ?? 1),
        0,
      );
  const labelled = workloads.some(({ pod }) => pod.labels[CREDENTIALS_LABEL] !== undefined);
  return labelled ? { static: pods("static"), dynamic: pods("dynamic") } : null;
}

/** Variables of the contract; what looks like a secret is no part of one. */
function contractOf(workloads: readonly Workload[]): Record<string, string> {
  const variables = workloads.flatMap(({ pod }) => pod.containers.flatMap(({ env }) => env));
  const own = variables.flatMap(({ name, value }): [string, string][] => {
    const [key, text] = [known(name) ?? "", value];
    const told = key.startsWith("LEASEHOLD_") && text !== undefined && !isUnknown(text);
    return told && looksLikeSecret(key.replace(/_FILE$/, ""), text) === undefined ? [[key, text]] : [];
  });
  return Object.fromEntries(own.sort(([a], [b]) => byText(a, b)));
}
