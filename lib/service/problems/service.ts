import { durationProblems, integerProblems, labelProblems, repeated, type Problem } from "../../core";
import {
  actingProblems,
  databaseRoleNameProblems,
  grantProblems,
  replicationProblems,
  ttlProblems,
} from "../../postgres";
import { credentialsFileName, credentialsProblems } from "../declaration/credentials-file";
import type { DatabaseAccess, ServiceProps } from "../declaration/declaration";
import { runsToCompletion, type Workload } from "../declaration/workload";
import { endpointProblems } from "./endpoint";
import { injectionProblems } from "./injection";
import { migrationProblems } from "./migration";
import { patchedPodProblems } from "./pod-patch";
import { reservedServiceNameProblems } from "./reserved-names";
import { workloadProblems } from "./workload";

/** Everything that is wrong with the declaration of one service. */
export function serviceProblems(props: ServiceProps): Problem[] {
  const { name, namespace, ttl, access, workload, drain = "20s" } = props;
  const { injection = { mode: "native-sidecar" } } = props;
  const problems = [
    // A CronJob of this name still has to append eleven characters for its runs.
    ...labelProblems("name", name, 52),
    ...reservedServiceNameProblems("name", name, namespace),
    ...namespaceProblems("namespace", namespace),
    ...ttlProblems("ttl", ttl),
    ...durationProblems("drain", drain),
    ...accessProblems("access", access),
    ...access.flatMap((entry, index) => entryProblems(`access[${index}]`, entry, props)),
    ...injectionProblems("injection", injection, workload, ttl),
    ...workloadProblems("workload", props),
    ...migrationProblems("migration", props),
  ];
  // A patch is of the pods, which come of all the rest.
  return problems.length > 0 ? problems : patchedPodProblems("workload", props);
}

function namespaceProblems(property: string, namespace: string): Problem[] {
  const fix = "give the service a namespace of its own";
  if (["kube-system", "kube-public"].includes(namespace)) {
    const must = "be one in which the injector works: it refuses kube-system and kube-public";
    return [{ property, must, got: namespace, fix }];
  }
  if (namespace === "kube-node-lease") {
    return [
      { property, must: "be one for pods: Kubernetes keeps its nodes' leases here", got: namespace, fix },
    ];
  }
  return labelProblems(property, namespace);
}

function accessProblems(property: string, access: readonly DatabaseAccess[]): Problem[] {
  const files = access.map(({ database, credentials }) =>
    credentialsFileName(database, credentials ?? { format: "json" }),
  );
  const databases = repeated(access.map(({ database }) => database));
  return [
    ...(access.length > 0 ? [] : [nothing(property, access)]),
    ...databases.map((database) => ({
      property,
      must: "name each database once",
      got: database,
      fix: "put all grants of the database into one entry",
    })),
    // A database that is named twice has two files of one name: that is said already.
    ...(databases.length > 0 ? [] : repeated(files)).map((file) => ({
      property,
      must: "write a file of its own for each database",
      got: file,
      fix: "choose another 'fileName'",
    })),
  ];
}

function nothing(property: string, access: readonly DatabaseAccess[]): Problem {
  return {
    property,
    must: "name at least one database",
    got: access,
    fix: "declare what the service may touch, or take the service out",
  };
}

function entryProblems(
  property: string,
  entry: DatabaseAccess,
  { name, platform, workload, migration = { stage: "complete" } }: ServiceProps,
): Problem[] {
  const { database, grants, owner, replication, strategy = "group" } = entry;
  const { credentials, pool: { max = 10 } = {} } = entry;
  const known = platform.databases.find((candidate) => candidate.name === database);
  return [
    ...(known
      ? databaseNameProblems(`${property}.database`, name, database)
      : [unknown(property, entry, platform)]),
    ...(owner === undefined
      ? grantProblems(`${property}.grants`, grants, strategy, known?.schema ?? "public")
      : [
          ...actingProblems(`${property}.owner`, owner, grants, strategy),
          ...ownerProblems(`${property}.owner`, workload),
        ]),
    ...(replication === undefined
      ? []
      : replicationProblems(`${property}.replication`, replication, strategy)),
    ...(known ? endpointProblems(property, entry, known, migration) : []),
    ...(credentials ? credentialsProblems(`${property}.credentials`, credentials) : []),
    ...integerProblems(`${property}.pool.max`, max, 1, 500),
  ];
}

/** Whoever may change and drop every table must not be there all the time. */
function ownerProblems(property: string, workload: Workload): Problem[] {
  if (runsToCompletion(workload)) return [];
  return [
    {
      property,
      must: "be of pods that end: whoever may change and drop every table must not be there all the time",
      got: `a workload of the kind ${workload.kind === "elsewhere" ? workload.controller : workload.kind}`,
      fix: "give the schema changes a service of their own with a workload of the kind \"job\", and name it in 'after'",
    },
  ];
}

function unknown(
  property: string,
  { database }: DatabaseAccess,
  { databases }: ServiceProps["platform"],
): Problem {
  const names = databases.map(({ name }) => name).join(", ") || "it has none";
  return {
    property: `${property}.database`,
    must: `be one of the environment's databases (${names})`,
    got: database,
    fix: "correct the name, or add the database to the environment",
  };
}

/** The name ends annotations, whose keys Kubernetes limits to 63 characters, and it is part of the role's name. */
function databaseNameProblems(property: string, service: string, database: string): Problem[] {
  return [
    ...labelProblems(property, database, 36),
    ...(database.startsWith("file-") ? [templateFile(property, database)] : []),
    ...databaseRoleNameProblems(property, service, database),
  ];
}

/** The injector reads `agent-inject-template-file-x` as the name of a file with the template of `x`. */
function templateFile(property: string, database: string): Problem {
  return {
    property,
    must: 'not begin with "file-": the injector would take its annotation for another one',
    got: database,
    fix: "rename the database; its name in PostgreSQL can stay",
  };
}
