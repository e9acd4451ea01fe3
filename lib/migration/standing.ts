import {
  canaryReplicas,
  replicasOf,
  STAGES,
  staticCredentials,
  type Migration,
  type ServiceDeclaration,
} from "../service";
import { literal } from "./literal";
import { nextStage } from "./next";

/** Where a service stands, for a person who is about to take the next step. */
export interface Standing {
  readonly text: string;
  /** Whether a synth takes the next stage. */
  readonly ready: boolean;
}

/**
 * Where a service stands, and what its next stage needs.
 *
 * @param against why a synth refuses the next stage; only the synth decides
 */
export function standing(
  environment: string,
  service: ServiceDeclaration,
  against: readonly string[],
): Standing {
  const { migration = { stage: "complete" } } = service;
  const next = nextStage(service);
  const sections = [
    [
      `${service.name} in ${environment}: ${migration.stage}, stage ${STAGES.indexOf(migration.stage) + 1} of ${STAGES.length}`,
      ...pods(migration, service),
    ],
    debt(migration),
    remarks(service),
    next === undefined ? retirement(environment, migration) : readySection(next, against),
    next === undefined ? [] : ["look at before:", ...LOOK_AT[next.stage].map(indent(environment, service))],
    next === undefined ? [] : [`change in the literal of ${service.name}:`, `  migration: ${literal(next)},`],
  ];
  return {
    text: sections
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join("\n"))
      .join("\n\n"),
    ready: against.length === 0,
  };
}

/** What a service that stays says for itself. */
function debt(migration: Migration): string[] {
  if (migration.stage !== "static" || migration.stays === undefined) return [];
  return [`it stays on its static password until ${migration.stays.until}: ${migration.stays.reason}`];
}

function pods(migration: Migration, { workload }: ServiceDeclaration): string[] {
  const secrets = staticCredentials(migration).map(
    ({ database, user, secret }) => `  ${database}: user ${user}, from the Secret ${secret}`,
  );
  if (migration.stage !== "canary" || workload.kind !== "deployment") return secrets;
  const all = replicasOf(workload);
  const some = canaryReplicas(migration.share, all);
  return [...secrets, `  ${some} of ${all} pods on dynamic credentials, ${all - some} on static ones`];
}

/** What follows from the declaration, and nobody has to be asked. */
function remarks({ access, workload, restartOnRotation }: ServiceDeclaration): string[] {
  return [
    ...(access.length > 1 ? [`it uses ${access.length} databases: all of them change over together`] : []),
    ...(workload.kind === "cron-job"
      ? ["it runs as a Job: there is no canary, and each run has a user of its own"]
      : []),
    ...(workload.kind === "stateful-set" || workload.kind === "daemon-set"
      ? ["its pods are replaced one by one: there is no canary beside them"]
      : []),
    ...(restartOnRotation === undefined
      ? []
      : [`it is restarted for each new user (${restartOnRotation.process}): ${restartOnRotation.reason}`]),
  ];
}

function readySection(next: Migration, against: readonly string[]): string[] {
  if (against.length === 0) return [`ready for ${next.stage}, as far as the literals and the last synth say`];
  return [`not ready for ${next.stage}, which a synth refuses:`, ...against.map((each) => `  ${each}`)];
}

function retirement(environment: string, migration: Migration): string[] {
  const retired = migration.stage === "complete" ? (migration.retired ?? []) : [];
  if (retired.length === 0) return ["nothing is left to do"];
  return [
    "left to do: retire the static users, each step once the check before it holds",
    ...retired.map(
      ({ database, user }) =>
        `  npx leasehold retire-sql ${environment} ${database} ${user} --step nologin, then ownership, privileges, drop`,
    ),
  ];
}

type Look = (environment: string, service: ServiceDeclaration) => string;

const indent = (environment: string, service: ServiceDeclaration) => (look: Look) =>
  `  ${look(environment, service)}`;

const observed: Look = (environment, { name }) =>
  `npx leasehold observe ${environment} ${name}: what the static user uses and would lose`;

/** What shows that a stage may be left, by the stage that follows. */
const LOOK_AT: Readonly<Record<Migration["stage"], readonly Look[]>> = {
  static: [],
  shadow: [
    observed,
    (environment, { access }) =>
      access
        .map(
          ({ database }) =>
            `npx leasehold bootstrap-sql ${environment} ${database}, with the migration changed: the DBA runs it before the apply`,
        )
        .join("\n  "),
  ],
  canary: [
    (_, { name, namespace }) =>
      `kubectl -n ${namespace} logs -l leasehold/service=${name} -c credentials-check --prefix: OK from every pod and database`,
    observed,
  ],
  dynamic: [
    (_, { name, namespace }) =>
      `kubectl -n ${namespace} get pods -l leasehold/service=${name},leasehold/credentials=dynamic: ready, without restarts, past one rotation (ttl.max)`,
    () => "the pool's counters or pg_stat_activity: no failed login, no old user after the overlap",
  ],
  complete: [
    (_, { migration }) =>
      staticCredentials(migration ?? { stage: "complete" })
        .map(
          ({ user }) =>
            `SELECT count(*) FROM pg_stat_activity WHERE usename = '${user}': 0, for longer than the longest Job waits`,
        )
        .join("\n  "),
    () => "whether anything else uses the Secret: kubectl get pods -A -o json | grep its name",
  ],
};
