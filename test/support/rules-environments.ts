import fc from "fast-check";
import type { Duration } from "../../lib/core";
import type { DatabaseEndpoint, Environment, EnvironmentService } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import type { Grant } from "../../lib/postgres";
import { environmentWith } from "./environment";

const TTLS: readonly (readonly [Duration, Duration])[] = [
  ["15m", "1h"],
  ["30m", "6h"],
  ["1h", "1h"],
  ["1h", "24h"],
  ["4h", "24h"],
];

const word = fc.stringMatching(/^[a-z]{2,8}$/);
const grant: fc.Arbitrary<Grant> = fc.oneof(
  fc.record({
    tables: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
    privileges: fc.uniqueArray(fc.constantFrom("SELECT", "INSERT", "UPDATE", "DELETE"), { minLength: 1 }),
  }),
  fc.record({
    tables: word.map((table) => [`${table}_part`]),
    columns: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
    privileges: fc.constantFrom(["SELECT"] as const, ["SELECT", "UPDATE"] as const),
  }),
);

const workload = (port: number): fc.Arbitrary<EnvironmentService["workload"]> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("deployment" as const),
        image: fc.constant("ghcr.io/acme/service:1.0.0"),
        replicas: fc.integer({ min: 2, max: 6 }),
        port: fc.constant(port),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("cron-job" as const),
        image: fc.constant("ghcr.io/acme/job:1.0.0"),
        schedule: fc.constantFrom("15 * * * *", "0 3 * * *"),
      }),
    },
  );

const pooler = { kind: "pgbouncer", host: "pgbouncer.acme.internal", maxClientConn: 1000 } as const;
const endpoints: readonly DatabaseEndpoint[] = [
  { ...pooler, name: "pooler", poolMode: "transaction", maxPreparedStatements: 100, defaultPoolSize: 8 },
  { ...pooler, name: "session-pooler", poolMode: "session", port: 6433 },
];

const service = (name: string, index: number): fc.Arbitrary<EnvironmentService> =>
  fc
    .record({
      namespace: word,
      ttl: fc.constantFrom(...TTLS),
      drain: fc.constantFrom<Duration>("5s", "20s", "2m"),
      grants: fc.array(grant, { minLength: 1, maxLength: 2 }),
      format: fc.constantFrom("json" as const, "env" as const, "url" as const, "properties" as const),
      max: fc.integer({ min: 1, max: 8 }),
      // The first one is a Deployment, so that there is always one to spoil.
      workload: index === 0 ? workload(8080).filter(({ kind }) => kind === "deployment") : workload(8080),
      team: fc.option(fc.constant("payments"), { nil: undefined }),
      endpoint: fc.constantFrom(undefined, undefined, "pooler", "session-pooler"),
    })
    .map(({ grants, format, max, ttl: [ttlDefault, ttlMax], endpoint, ...rest }) => ({
      ...rest,
      name,
      ttl: { default: ttlDefault, max: ttlMax },
      access: [
        { database: "shop", grants, credentials: { format }, pool: { max }, ...(endpoint && { endpoint }) },
      ],
    }));

/** Environments that are held to the strict guardrails and have nothing wrong with them. */
export const anyEnvironment: fc.Arbitrary<Environment> = fc
  .uniqueArray(word, { minLength: 1, maxLength: 4 })
  .chain((names) => fc.tuple(fc.constantFrom(1, 1, 2, 3), ...names.map(service)))
  .map(([connections, ...services]) => {
    const environment = environmentWith({ services });
    const limits = { maxConnections: 1000, ...(connections > 1 && { connections }) };
    return {
      ...environment,
      databases: environment.databases.map((database) => ({ ...database, ...limits, endpoints })),
    };
  })
  .filter((environment) => configurationProblems([environment]).length === 0);
