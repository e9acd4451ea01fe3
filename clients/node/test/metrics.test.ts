import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { startPostgres, type PostgresServer } from "../../../test/support/postgres";
import { observe, Pool, prometheusText } from "../src";
import { AgentFile, contractOf, until, Users } from "./support";

let server: PostgresServer;
let users: Users;
let agent: AgentFile;
let pool: Pool;

beforeAll(async () => {
  server = await startPostgres();
  users = await Users.create(server);
});

afterAll(() => server.stop());

beforeEach(async () => {
  agent = new AgentFile();
  agent.write(await users.next());
  pool = new Pool({ contract: contractOf(server, agent.file), shutdown: "manual" });
  await pool.query("SELECT 1");
});

afterEach(async () => {
  await pool.end();
  agent.remove();
});

async function rotate(): Promise<void> {
  agent.write(await users.next());
  await until(() => pool.rotation.rotations === 1);
}

/** Values by metric and labels. */
function valuesIn(text: string): Record<string, number> {
  return Object.fromEntries(
    text
      .trim()
      .split("\n")
      .filter((line) => !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

test("Prometheus reads them: before a rotation, while an old connection is out, and afterwards", async () => {
  const labels = 'database="shop",service="orders"';
  expect(valuesIn(prometheusText(pool))).toEqual({
    [`leasehold_rotations_total{${labels}}`]: 0,
    [`leasehold_seconds_since_rotation{${labels}}`]: 0,
    [`leasehold_overlap_seconds_left{${labels}}`]: 0,
    [`leasehold_connections{${labels},user="current"}`]: 1,
    [`leasehold_connections{${labels},user="old"}`]: 0,
    [`leasehold_overstays_total{${labels}}`]: 0,
    [`leasehold_credentials_errors_total{${labels}}`]: 0,
    [`leasehold_retries_total{${labels}}`]: 0,
    [`leasehold_newest_refused{${labels}}`]: 0,
  });
  const lent = await pool.connect();
  await rotate();
  const meanwhile = valuesIn(prometheusText(pool));
  expect(meanwhile[`leasehold_rotations_total{${labels}}`]).toBe(1);
  expect(meanwhile[`leasehold_connections{${labels},user="old"}`]).toBe(1);
  expect(meanwhile[`leasehold_overlap_seconds_left{${labels}}`]).toBeGreaterThan(0);
  lent.release();
  await until(() => valuesIn(prometheusText(pool))[`leasehold_connections{${labels},user="old"}`] === 0);
});

test("a logger has a line for what a pool goes through, and no secret; one that throws is a warning", async () => {
  const lines: [string, object, string][] = [];
  const write = (level: string) => (fields: object, text: string) => void lines.push([level, fields, text]);
  const told: unknown[] = [];
  const watched = new Pool({
    contract: contractOf(server, agent.file, 1),
    shutdown: "manual",
    logger: { info: write("info"), warn: write("warn") },
    onRotation: (rotation) => told.push(rotation),
  });
  const lent = await watched.connect();
  agent.replace("geheim, and no JSON");
  await until(() => watched.rotation.credentialsErrors === 1);
  agent.write(await users.next());
  await until(() => lines.length === 3);
  lent.release();
  expect(lines.map(([level, fields]) => [level, fields])).toEqual([
    ["warn", { database: "shop", reason: "malformed" }],
    ["info", { database: "shop", generation: 2, busy: 1 }],
    ["warn", { database: "shop", generations: [1], connections: 1, secondsLeft: expect.any(Number) }],
  ]);
  expect(told).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain("geheim");
  await watched.end();

  const warn = jest.spyOn(process, "emitWarning").mockImplementation();
  const broken = () => {
    throw new Error("of the logger");
  };
  const other = new Pool({
    contract: contractOf(server, agent.file),
    shutdown: "manual",
    logger: { info: broken, warn: broken },
  });
  await other.query("SELECT 1");
  agent.write(await users.next());
  await until(() => warn.mock.calls.length > 0);
  expect(warn.mock.calls[0]?.[0]).toContain("of the logger");
  warn.mockRestore();
  await other.end();
});

test("each metric of several pools is told once, with a line for each pool", () => {
  const of = (service: string) => ({
    metrics: () => [
      {
        name: "leasehold_rotations_total",
        help: "h",
        type: "counter" as const,
        values: [{ labels: { service }, value: 1 }],
      },
    ],
  });
  expect(prometheusText(of("a"), of('b "\\\n'))).toBe(
    '# HELP leasehold_rotations_total h\n# TYPE leasehold_rotations_total counter\nleasehold_rotations_total{service="a"} 1\nleasehold_rotations_total{service="b \\"\\\\\\n"} 1\n',
  );
});

test("OpenTelemetry collects them by names with dots", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  observe(provider.getMeter("test"), pool);
  await rotate();
  await reader.forceFlush();
  const collected = exporter.getMetrics()[0]?.scopeMetrics[0]?.metrics ?? [];
  await provider.shutdown();
  expect(collected.map(({ descriptor }) => descriptor.name)).toEqual([
    "leasehold.rotations",
    "leasehold.seconds.since.rotation",
    "leasehold.overlap.seconds.left",
    "leasehold.connections",
    "leasehold.overstays",
    "leasehold.credentials.errors",
    "leasehold.retries",
    "leasehold.newest.refused",
  ]);
  const points = Object.fromEntries(collected.map((metric) => [metric.descriptor.name, metric.dataPoints]));
  expect(points["leasehold.rotations"]).toMatchObject([
    { value: 1, attributes: { database: "shop", service: "orders" } },
  ]);
  expect(points["leasehold.connections"]).toHaveLength(2);
});
