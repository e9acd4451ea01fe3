import { bootstrapInput } from "../../lib/environment/derive";
import type { Environment } from "../../lib/environment/environment";
import { renderBootstrapSql } from "../../lib/postgres";
import { VERBS, type EnvironmentReport, type TableReport } from "../../proof/report";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { startPostgres, type PostgresServer } from "../support/postgres";
import { RenderedEnvironments } from "../support/rules-mutations";

/** Every table of the environments, and one that nobody is granted. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  orders: ["id", "customer_id", "total", "note"],
  order_items: ["id", "order_id"],
  customers: ["id", "name", "billing_address"],
  invoices: ["id", "total"],
  payments: ["id", "invoice_id"],
  secrets: ["id", "value"],
};

/** PostgreSQL knows these on columns too. */
const COLUMN_VERBS = ["SELECT", "INSERT", "UPDATE", "REFERENCES"];

// Roles are of the whole server, and each environment's are its own.
let server: PostgresServer;
beforeEach(async () => {
  server = await startPostgres();
}, 60_000);
afterEach(() => server.stop());

test.each<[string, Environment]>([
  ["staging", staging],
  ["production", production],
])(
  "%s: PostgreSQL says of every service, table, column and verb what the report says",
  async (_, environment) => {
    const report = (await new RenderedEnvironments([environment]).reportAfter(environment, () => {}))
      .environments[0]!;
    const superuser = await server.connect();
    await superuser.query("CREATE DATABASE shop");
    const session = await server.connect({ database: "shop" });
    for (const [table, columns] of Object.entries(TABLES)) {
      await session.query(`CREATE TABLE ${table} (${columns.map((column) => `${column} text`).join(", ")})`);
    }
    const [database] = environment.databases as [Environment["databases"][0]];
    await session.query(
      renderBootstrapSql({ ...bootstrapInput(environment, database), postgresVersion: 18 }),
    );

    let pairs = 0;
    for (const service of report.services) {
      const statement = service.accesses[0]!.role!.creation[0]!;
      const user = `credential_of_${service.name}`;
      await session.query(
        statement
          .replaceAll("{{name}}", user)
          .replace("{{password}}", "p")
          .replace("{{expiration}}", "2999-01-01"),
      );
      for (const [table, columns] of Object.entries(TABLES)) {
        for (const verb of VERBS) {
          pairs += 1;
          const claimed = claim(report, service.id, table, verb);
          const { rows } = await session.query<{ held: boolean }>(
            "SELECT has_table_privilege($1, $2, $3) AS held",
            [user, table, verb],
          );
          expect({ service: service.id, table, verb, held: rows[0]?.held }).toEqual({
            service: service.id,
            table,
            verb,
            held: claimed === "all",
          });
          if (!COLUMN_VERBS.includes(verb)) continue;
          for (const column of columns) {
            const answer = await session.query<{ held: boolean }>(
              "SELECT has_column_privilege($1, $2, $3, $4) AS held",
              [user, table, column, verb],
            );
            const held = claimed === "all" || claimed.includes(column);
            expect({ service: service.id, table, column, verb, held: answer.rows[0]?.held }).toEqual({
              service: service.id,
              table,
              column,
              verb,
              held,
            });
          }
        }
      }
      await session.query(`DROP ROLE ${user}`);
    }
    expect(pairs).toBe(3 * 6 * 7);
    await server.endSessions();
  },
);

/** The columns that the report claims, or all. */
function claim(
  { tables }: EnvironmentReport,
  service: string,
  table: string,
  verb: string,
): "all" | readonly string[] {
  const own = tables
    .filter((each: TableReport) => each.id === `shop.public.${table}`)
    .flatMap(({ reachedBy }) => reachedBy.filter((each) => each.service === service && each.how === "uses"))
    .flatMap(({ verbs }) => verbs.filter((each) => each.verb === verb));
  return own.some(({ columns }) => columns.length === 0) ? "all" : own.flatMap(({ columns }) => columns);
}
