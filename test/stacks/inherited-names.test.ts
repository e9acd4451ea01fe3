import type { AccessReports } from "../../proof/report";
import type { Database, Environment } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { production } from "../../stacks/production";
import { environmentWith, environmentWithOrders, synthesizeAside } from "../support/environment";

/** Names that every object of JavaScript has. */
const INHERITED = ["constructor", "toString", "__proto__", "hasOwnProperty"];
const [shop] = production.databases as [Database];
const literalNames = { reason: "the names are another program's" };

const refusals = (environment: Environment) =>
  configurationProblems([environment]).map(
    ({ property, got }) => `${property.replace(/.*[.]/, "")} ${String(got)}`,
  );

test.each(INHERITED)("%s is refused as a name that becomes an id", (name) => {
  expect(refusals(environmentWith({ name }))).toContain(`name ${name}`);
  expect(refusals(environmentWith({ databases: [{ ...shop, name }] }))).toContain(`name ${name}`);
  expect(refusals(environmentWithOrders({ name }))).toContain(`name ${name}`);
  expect(refusals(environmentWithOrders({ team: name }))).toContain(`team ${name}`);
});

test.each(INHERITED)("a database, an environment and a service that are not there are so as %s", (name) => {
  const grants = [{ tables: ["orders"], privileges: ["SELECT"] }] as const;
  expect(refusals(environmentWithOrders({ access: [{ database: name, grants }] }))).toContain(
    `database ${name}`,
  );
  expect(refusals(environmentWith({ provenIn: name }))).toContain(`provenIn ${name}`);
  expect(refusals(environmentWithOrders({ after: [name] }))).toContain(`after ${name}`);
});

test.each(INHERITED)("what PostgreSQL calls %s goes through the synth into the report", async (name) => {
  const environment: Environment = {
    ...environmentWithOrders({
      access: [
        {
          database: "shop",
          grants: [
            { tables: [name, "orders"], privileges: ["SELECT"], literalNames },
            { tables: ["items"], columns: [name, "id"], privileges: ["UPDATE"], literalNames },
          ],
        },
      ],
    }),
    databases: [{ ...shop, database: name, schema: name, username: name }],
  };
  const { files, findings } = await synthesizeAside([environment]);
  expect(findings).toEqual([]);
  const { environments } = JSON.parse(files["report/access.json"] ?? "") as AccessReports;
  const tables = environments[0]?.tables.map(({ schema, table, reachedBy }) => [
    `${schema}.${table}`,
    ...reachedBy.flatMap(({ verbs }) => verbs.map(({ verb, columns }) => `${verb} ${columns.join()}`)),
  ]);
  expect(tables).toEqual(
    expect.arrayContaining([
      [`${name}.${name}`, "SELECT "],
      [`${name}.items`, `UPDATE ${name},id`],
    ]),
  );
});

test.each(INHERITED.filter((name) => name !== "__proto__"))(
  "a variable of a pod may be named %s",
  async (name) => {
    const env = { [name]: "a value", LOG_LEVEL: "info" };
    const workload = {
      kind: "deployment",
      image: "ghcr.io/acme/orders:1.4.2",
      replicas: 3,
      port: 8080,
      env,
    } as const;
    const { files } = await synthesizeAside([environmentWithOrders({ workload })]);
    expect(files["stacks/production/cdk.tf.json"]).toMatch(
      new RegExp(`"name": "${name}",\\s*"value": "a value"`),
    );
  },
);
