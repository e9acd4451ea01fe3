import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Client } from "pg";
import ts from "typescript";
import { readDifferences } from "../../cli/verify-database";
import { environments } from "../../examples/nordwind/stacks";
import { wholeOf } from "../../lib/environment/clusters";
import { bootstrapInput } from "../../lib/environment/derive";
import { renderBootstrapSql, type BootstrapInput } from "../../lib/postgres";
import { synthesize, type Synthesis } from "../../lib/synth/synthesize";
import { startPostgres, type PostgresServer } from "../support/postgres";
import { createUser, revokeUser } from "../support/vault-statements";

const PASSWORD = "correct horse";
const SHOP = `
  CREATE ROLE backoffice LOGIN;
  CREATE ROLE shop_owner NOLOGIN;`;
const SHOP_TABLES = `
  SET ROLE shop_owner;
  CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY, total numeric);
  CREATE TABLE order_items (id bigserial, sku text);
  CREATE TABLE customers (id int, name text, country text, email text);
  CREATE TABLE prices (id serial, amount numeric);
  CREATE TABLE price_rules (id int, rule text);
  CREATE TABLE products (id serial, title text);
  CREATE TABLE categories (id serial, title text);
  CREATE SEQUENCE sku_numbers;
  CREATE PUBLICATION orders_cdc FOR TABLE orders, order_items;
  RESET ROLE;`;
const ERP_TABLES = `
  CREATE TABLE invoices (id serial, total numeric);
  CREATE TABLE payments (id serial, iban text);`;

let outdir: string;
let synthesis: Synthesis;
beforeAll(async () => {
  outdir = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-nordwind-"));
  synthesis = await synthesize(environments, outdir);
}, 1_200_000);
afterAll(() => fs.rmSync(outdir, { recursive: true }));

test("synthesizes: what was decided about is told, and nothing else was found", () => {
  expect([...new Set(synthesis.findings.map(({ rule }) => rule))].sort()).toEqual([
    "migration/static-credentials",
    "vault/few-replicas",
  ]);
  expect(
    synthesis.findings.filter(({ severity, waived }) => severity === "error" && waived === null),
  ).toEqual([]);
  // Each environment: three stacks that the clusters have in common, and three for each cluster.
  expect(synthesis.stacks).toHaveLength(3 * (3 + 2 * 3));
});

test("a service is said in at most eight lines", () => {
  const file = path.join(__dirname, "../../examples/nordwind/stacks/services.ts");
  const source = ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const lines: number[] = [];
  const visit = (node: ts.Node): void => {
    const isService =
      ts.isObjectLiteralExpression(node) &&
      ["namespace", "workload"].every((name) =>
        node.properties.some((each) => each.name?.getText(source) === name),
      );
    if (isService) {
      const [first, last] = [node.getStart(source), node.getEnd()].map(
        (at) => source.getLineAndCharacterOfPosition(at).line,
      );
      // Without the braces around it.
      lines.push(last! - first! - 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  expect(lines).toHaveLength(environments[0]!.services.length);
  expect(Math.max(...lines)).toBeLessThanOrEqual(8);
});

/** A database of the landscape on a real server. */
interface Live {
  readonly input: BootstrapInput;
  readonly admin: Client;
  readonly vault: () => Promise<Client>;
  readonly users: { readonly name: string; readonly role: string; readonly session: Client }[];
}

/** What Vault has of the role, as it was rendered. */
function roleOf(environment: string, name: string): Record<"creation" | "revocation", string[]> {
  const roles = [environment, `${environment}-people`].flatMap((stack) => {
    const file = path.join(outdir, "stacks", stack, "cdk.tf.json");
    const { resource } = JSON.parse(fs.readFileSync(file, "utf8")) as {
      resource: Record<string, Record<string, Record<string, unknown>>>;
    };
    return Object.values(resource["vault_database_secret_backend_role"] ?? {});
  });
  const found = roles.find((role) => role["name"] === name);
  return {
    creation: found?.["creation_statements"] as string[],
    revocation: found?.["revocation_statements"] as string[],
  };
}

async function prepare(server: PostgresServer, environment: string, connection: string): Promise<Live> {
  const whole = wholeOf(environments.find(({ name }) => name === environment)!);
  const database = whole.databases.find(({ name }) => name === connection)!;
  const input = { ...bootstrapInput(whole, database), postgresVersion: 18 as const };
  const superuser = await server.connect();
  await superuser.query(`CREATE DATABASE ${database.database}`);
  const admin = await server.connect({ database: database.database });
  if (connection === "erp") await admin.query(ERP_TABLES);
  else {
    await admin.query(
      `GRANT ALL ON SCHEMA public TO shop_owner; GRANT CREATE ON DATABASE ${database.database} TO shop_owner`,
    );
    await admin.query(SHOP_TABLES);
  }
  const vault = () => server.connect({ user: input.login, password: PASSWORD, database: database.database });
  return { input, admin, vault, users: [] };
}

async function bootstrap({ input, admin }: Live): Promise<void> {
  await admin.query(renderBootstrapSql(input));
  await admin.query(`ALTER ROLE "${input.login}" PASSWORD '${PASSWORD}'`);
}

/** A credential of every service, logged in. */
async function issue(server: PostgresServer, live: Live): Promise<void> {
  const vault = await live.vault();
  for (const { name: role } of live.input.roles) {
    const name = `v-${role}-${live.input.environment}`;
    const { creation } = roleOf(live.input.environment, role);
    await createUser(vault, creation, { name, password: PASSWORD, expiration: "2999-01-01 00:00:00+0000" });
    const session = await server.connect({
      user: name,
      password: PASSWORD,
      database: live.input.databaseName,
    });
    live.users.push({ name, role, session });
  }
}

describe("its SQL on real servers", () => {
  let own: PostgresServer;
  let shared: PostgresServer;
  beforeAll(async () => {
    [own, shared] = await Promise.all([startPostgres(), startPostgres()]);
    for (const server of [own, shared]) await (await server.connect()).query(SHOP);
  }, 300_000);
  afterAll(async () => Promise.all([own.stop(), shared.stop()]));

  test("every service reads what it may and nothing else, in whatever order the environments are bootstrapped", async () => {
    const production = [await prepare(own, "production", "shop"), await prepare(own, "production", "erp")];
    const others = [await prepare(shared, "dev", "shop-dev"), await prepare(shared, "staging", "shop")];
    for (const [server, lives] of [
      [own, production],
      [shared, others],
    ] as const) {
      for (const live of lives) await bootstrap(live);
      for (const live of lives) await issue(server, live);
      // The other way round, with everybody logged in.
      for (const live of [...lives].reverse()) await bootstrap(live);
    }
    for (const { input, admin, users } of [...production, ...others]) {
      expect(users.length).toBe(input.roles.length);
      for (const { role, session } of users) {
        const reads =
          /^(orders|billing|analytics|cdc|shop-schema|support|corrections)-/.test(role) &&
          input.connection !== "erp";
        const [table, other] = input.connection === "erp" ? ["invoices", "none"] : ["orders", "price_rules"];
        if (reads || input.connection === "erp") await session.query(`SELECT count(*) FROM ${table}`);
        else await expect(session.query("SELECT FROM orders")).rejects.toThrow(/permission denied/);
        if (/^(orders|billing|cdc)-/.test(role) && other !== "none")
          await expect(session.query(`SELECT FROM ${other}`)).rejects.toThrow(/permission denied/);
      }
      const config = { database: input.databaseName, user: "postgres", password: "superuser" };
      const port = admin.port;
      expect(await readDifferences(input, { host: "127.0.0.1", port, ...config })).toEqual([]);
    }
    for (const live of [...production, ...others]) {
      const vault = await live.vault();
      for (const { name, role } of live.users)
        await revokeUser(vault, roleOf(live.input.environment, role).revocation, name);
    }
    for (const { admin } of [...production, ...others]) {
      const { rows } = await admin.query("SELECT rolname FROM pg_roles WHERE rolname LIKE 'v-%'");
      expect(rows).toEqual([]);
    }
  }, 600_000);
});
