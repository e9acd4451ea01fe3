import {
  dayProblems,
  durationProblems,
  identifierProblems,
  imageProblems,
  integerProblems,
  reasonProblems,
  type Problem,
} from "../../core";
import type { ServiceProps } from "../declaration/declaration";
import {
  canaryReplicas,
  staticCredentials,
  type CanaryStage,
  type Migration,
  type StaticCredentials,
} from "../declaration/migration";
import type { ElsewhereWorkload } from "../declaration/workload";
import { obstacles } from "./readiness";
import { variableNameProblems } from "./variables";

/** Everything that is wrong with where a service says it stands; nothing that is only unwise. */
export function migrationProblems(property: string, props: ServiceProps): Problem[] {
  const { migration } = props;
  if (migration === undefined) return restartProblems(props);
  return [
    ...credentialsProblems(property, migration, props),
    ...staysProblems(property, migration),
    ...retiredProblems(property, migration, props),
    ...shadowProblems(property, migration, props),
    ...(migration.stage === "canary" ? canaryProblems(property, migration, props) : []),
    ...readinessProblems(property, migration, props),
    ...restartProblems(props),
  ];
}

function credentialsProblems(property: string, migration: Migration, { access }: ServiceProps): Problem[] {
  if (migration.stage === "complete") return [];
  const given = migration.credentials.map(({ database }) => database);
  const wanted = access.map(({ database }) => database);
  const must = `name each database of the service once (${wanted.join(", ")})`;
  const fix = "say for each of them which Secret holds the static password";
  const same = given.length === wanted.length && wanted.every((database) => given.includes(database));
  return [
    ...(same ? [] : [{ property: `${property}.credentials`, must, got: given, fix }]),
    ...migration.credentials.flatMap((credentials, index) =>
      staticProblems(`${property}.credentials[${index}]`, credentials),
    ),
  ];
}

/** Whether the day is over, the proof says: only who runs it knows which day it is. */
function staysProblems(property: string, migration: Migration): Problem[] {
  if (migration.stage !== "static" || migration.stays === undefined) return [];
  const { reason, until } = migration.stays;
  return [
    ...reasonProblems(`${property}.stays.reason`, reason),
    ...dayProblems(`${property}.stays.until`, until),
  ];
}

function staticProblems(property: string, { user, secret, as }: StaticCredentials): Problem[] {
  const variables = as.kind === "env" ? Object.entries(as.variables) : [];
  const keys = as.kind === "env" ? variables.map(([, key]) => key) : [as.key];
  return [
    ...identifierProblems(`${property}.user`, user),
    ...secretNameProblems(`${property}.secret`, secret),
    ...(as.kind === "env" && variables.length === 0
      ? [
          {
            property: `${property}.as.variables`,
            must: "name at least one variable",
            got: as.variables,
            fix: 'write it like { PGUSER: "username", PGPASSWORD: "password" }',
          },
        ]
      : []),
    ...variables.flatMap(([name]) => variableNameProblems(`${property}.as.variables`, name)),
    ...keys
      .filter((key) => !/^[-._a-zA-Z0-9]{1,253}$/.test(key))
      .map((key) => ({
        property: `${property}.as`,
        must: "name keys of the Secret: letters, digits, '-', '_' and '.'",
        got: key,
        fix: "write the key, not the value; kubectl describe secret shows the keys",
      })),
  ];
}

function secretNameProblems(property: string, name: string): Problem[] {
  if (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) && name.length <= 253) return [];
  const must = "be the name of a Secret: lower-case letters, digits, '-' and '.'";
  return [{ property, must, got: name, fix: "write its name, as kubectl get secret shows it" }];
}

function retiredProblems(property: string, migration: Migration, { access }: ServiceProps): Problem[] {
  if (migration.stage !== "complete") return [];
  return (migration.retired ?? []).flatMap(({ database, user, secret, ownerRole }, index) => {
    const at = `${property}.retired[${index}]`;
    const known = access.map((entry) => entry.database);
    const must = `be one of the service's databases (${known.join(", ")})`;
    const fix = "correct the name";
    return [
      ...(known.includes(database) ? [] : [{ property: `${at}.database`, must, got: database, fix }]),
      ...identifierProblems(`${at}.user`, user),
      ...secretNameProblems(`${at}.secret`, secret),
      ...(ownerRole === undefined ? [] : identifierProblems(`${at}.ownerRole`, ownerRole)),
    ];
  });
}

function shadowProblems(property: string, migration: Migration, { access }: ServiceProps): Problem[] {
  if (migration.stage !== "shadow" || migration.check.kind !== "container") return [];
  const custom = access.filter(({ credentials }) => credentials?.format === "custom");
  return [
    ...imageProblems(`${property}.check.image`, migration.check.image),
    ...custom.map(({ database }) => ({
      property: `${property}.check.kind`,
      must: 'be "application" where a credentials file has a format of its own',
      got: `"container", which cannot read the file of ${database}`,
      fix: "let the application try the file, or choose another format",
    })),
  ];
}

function canaryProblems(property: string, { share }: CanaryStage, { workload }: ServiceProps): Problem[] {
  if (workload.kind === "elsewhere" && workload.controller === "Deployment")
    return elsewhereCanaryProblems(property, share, workload);
  if (workload.kind !== "deployment") {
    const must = "be a stage that the workload can have: only a Deployment has pods to share out";
    return [{ property: `${property}.stage`, must, got: "canary", fix: 'go on from "shadow" to "dynamic"' }];
  }
  const { replicas } = workload;
  if (typeof replicas !== "number") {
    const must = "be a stage that the workload can have: a canary is a share of a number of replicas";
    const fix = 'write a number of replicas for this stage, or go on from "shadow" to "dynamic"';
    return [{ property: `${property}.stage`, must, got: "canary", fix }];
  }
  if (replicas < 2) {
    const must = "be a stage that the workload can have: a canary needs two replicas";
    const fix = "raise 'workload.replicas' to 2 at least";
    return [{ property: `${property}.stage`, must, got: "canary", fix }];
  }
  return shareProblems(property, share, replicas);
}

/** Whoever deploys the pods makes the second workload; how many there are in all, leasehold knows only where it is said. */
function elsewhereCanaryProblems(
  property: string,
  share: CanaryStage["share"],
  { pods }: ElsewhereWorkload,
): Problem[] {
  if (pods === undefined)
    return typeof share === "number"
      ? integerProblems(`${property}.share`, share, 1, 5000)
      : [
          {
            property: `${property}.share`,
            must: "be a number of pods where nobody says how many there are in all",
            got: share,
            fix: "write a number, or say 'workload.pods'",
          },
        ];
  if (pods >= 2) return shareProblems(property, share, pods);
  const must = "be a stage that the workload can have: a canary needs two pods";
  return [{ property: `${property}.stage`, must, got: "canary", fix: "raise 'workload.pods' to 2 at least" }];
}

function shareProblems(property: string, share: CanaryStage["share"], replicas: number): Problem[] {
  return typeof share === "string" && !/^(?:[1-9]?\d|100)(?:\.\d+)?%$/.test(share)
    ? [shareProblem(property, share, replicas)]
    : [
        ...(typeof share === "number" &&
        integerProblems(`${property}.share`, share, 1, replicas - 1).length > 0
          ? [shareProblem(property, share, replicas)]
          : canaryReplicas(share, replicas) >= replicas
            ? [shareProblem(property, share, replicas)]
            : []),
      ];
}

function shareProblem(property: string, got: unknown, replicas: number): Problem {
  return {
    property: `${property}.share`,
    must: `be 1 to ${replicas - 1} of the ${replicas} replicas, or a percentage that leaves one of them on static credentials`,
    got,
    fix: 'write it like 1 or "25%"; with all of them it is the stage "dynamic"',
  };
}

/** What stands against going on to `canary` and further; nothing before that. */
function readinessProblems(property: string, migration: Migration, props: ServiceProps): Problem[] {
  if (migration.stage !== "canary" && migration.stage !== "dynamic") {
    const { longestSession } = (migration.stage === "complete" ? undefined : migration.readiness) ?? {};
    return longestSession === undefined
      ? []
      : durationProblems(`${property}.readiness.longestSession`, longestSession);
  }
  return obstacles(migration.readiness ?? {}, props).map(({ question, must, got, fix }) => ({
    property: `${property}.readiness.${question}`,
    must,
    got,
    fix,
  }));
}

function restartProblems({ restartOnRotation, workload }: ServiceProps): Problem[] {
  if (restartOnRotation === undefined) return [];
  const { process, reason } = restartOnRotation;
  const wrongName = /^[A-Za-z0-9._-]{1,15}$/.test(process)
    ? []
    : [
        {
          property: "restartOnRotation.process",
          must: "be the name of a process: 1 to 15 letters, digits, '.', '_' and '-'",
          got: process,
          fix: "write it as ps -o comm shows it",
        },
      ];
  const elsewhere =
    workload.kind === "elsewhere"
      ? [
          {
            property: "restartOnRotation",
            must: "be left out for a workload that is deployed elsewhere: its pods have to share their processes",
            got: process,
            fix: "set shareProcessNamespace and the annotation agent-inject-command there",
          },
        ]
      : [];
  return [...wrongName, ...reasonProblems("restartOnRotation.reason", reason), ...elsewhere];
}

/** The Secrets that a service still refers to. */
export function secretsInUse(migration: Migration | undefined): string[] {
  if (migration === undefined || !["static", "shadow", "canary"].includes(migration.stage)) return [];
  return staticCredentials(migration).map(({ secret }) => secret);
}
