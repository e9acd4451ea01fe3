import { isDuration, seconds } from "../../core";
import type { ServiceDeclaration, ServiceProps } from "../declaration/declaration";
import type { Readiness } from "../declaration/migration";
import { deriveTiming } from "../declaration/timing";

/** One thing that stands between a service and pods that change their user. */
export interface Obstacle {
  readonly question: keyof Readiness | "replicas";
  readonly must: string;
  readonly got: unknown;
  readonly fix: string;
}

/** Everything that keeps a service from `canary`: questions without an answer, and answers that are in the way. */
export function obstacles(readiness: Readiness, props: ServiceProps): Obstacle[] {
  return [
    ...answered(readiness, "rotation", ["follows-file", "restarts"], ROTATION_FIX),
    ...(readiness.rotation === "restarts" && props.restartOnRotation === undefined
      ? [
          {
            question: "rotation" as const,
            must: "come with 'restartOnRotation' where the application restarts for a new user",
            got: readiness.rotation,
            fix: "declare 'restartOnRotation': { process, reason }; the agent then signals that process at each new file",
          },
        ]
      : []),
    ...answered(readiness, "ownership", ["owns-nothing", "owner-role"], OWNERSHIP_FIX),
    ...answered(
      readiness,
      "pooler",
      goesByPooler(props) ? ["passes-users"] : ["none", "passes-users"],
      POOLER_FIX,
    ),
    ...answered(readiness, "schemaChanges", ["none", "own-access"], SCHEMA_FIX),
    ...sessionObstacles(readiness, props),
  ];
}

const ROTATION_FIX =
  'take a pool of clients/ or one that reads the file for each connection ("follows-file"), or declare "restarts" with restartOnRotation';
const OWNERSHIP_FIX =
  'hand what the static user owns to a NOLOGIN owner role first (REASSIGN OWNED BY), then answer "owner-role"';
const POOLER_FIX =
  "give pgbouncer auth_query or take it out of the way: a fixed user in its configuration stays the static one";
const SCHEMA_FIX =
  "give schema migrations an access of their own, as the owner role: tables of a credential would be in the way of its drop";

function answered<K extends "rotation" | "ownership" | "pooler" | "schemaChanges">(
  readiness: Readiness,
  question: K,
  good: readonly Readiness[K][],
  fix: string,
): Obstacle[] {
  const got = readiness[question];
  if (good.includes(got)) return [];
  const must = `be ${good.map((answer) => JSON.stringify(answer)).join(" or ")} before any pod changes its user`;
  return [{ question, must, got: got ?? "no answer", fix: got === undefined ? `answer it; ${fix}` : fix }];
}

/** Whoever goes by a pooler has one in between, whatever else is said. */
function goesByPooler({ access, platform }: ServiceProps): boolean {
  return access.some(({ database, endpoint }) =>
    platform.databases
      .filter(({ name }) => name === database)
      .flatMap(({ endpoints = [] }) => endpoints)
      .some(({ name, kind }) => name === endpoint && kind === "pgbouncer"),
  );
}

/** Sessions of the old user end with it. */
function sessionObstacles({ longestSession }: Readiness, props: ServiceDeclaration): Obstacle[] {
  const question = "longestSession";
  if (longestSession === undefined || !isDuration(longestSession)) {
    const must = 'be a duration like "30s": how long a session, transaction or advisory lock is held at most';
    return [
      {
        question,
        must,
        got: longestSession ?? "no answer",
        fix: "measure it in pg_stat_activity, and answer it",
      },
    ];
  }
  if (!isDuration(props.ttl.default)) return [];
  const overlap = deriveTiming(props.ttl, "0s").overlap.value;
  if (seconds(longestSession) <= overlap) return [];
  return [
    {
      question,
      must: `be at most the overlap of old and new user, ${overlap} s with ttl.default ${JSON.stringify(props.ttl.default)}`,
      got: longestSession,
      fix: "raise 'ttl.default', or shorten what holds the session",
    },
  ];
}
