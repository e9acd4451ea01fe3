import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { readDifferences } from "../../cli/verify-database";
import { bootstrapInput } from "../../lib/environment/derive";
import type { Environment } from "../../lib/environment/environment";
import { renderBootstrapSql } from "../../lib/postgres";
import type { Bench } from "../bench";
import { borrowed } from "../environment";
import { policyOfPage } from "./pipeline";
import { SHOP_SCHEMA } from "../schema";
import { readAuditLog } from "../servers/audit-log";
import { scramVerifier } from "../servers/scram";
import type { VaultClient } from "../servers/vault-client";
import { Teardown } from "../support/teardown";
import { eventually } from "../support/wait";
import type { Terraform } from "../terraform";
import type { Measurements, Scenario } from "./scenario";

const NAME = "desk";
const PLATFORM = `${NAME}-platform`;
const LOGIN = "vault_admin_desk";
const FIRST_PASSWORD = "canary-7f3a-desk-password";
const CREDS = `${NAME}/creds/support-${NAME}`;

/** People log in at Vault, read a credential and use it, on the servers of the bench. */
export const people: Scenario = {
  name: "people",
  title:
    "an engineer reads a credential of her own: it reads what is declared, the audit log names her, nobody else has it",
  async run(bench, measurements) {
    const teardown = new Teardown();
    try {
      await readsTheirOwn(await Desk.start(bench, teardown), bench, measurements);
    } catch (error) {
      await teardown.run();
      throw error;
    }
    assert.deepEqual(await teardown.run(), []);
  },
};

async function readsTheirOwn(desk: Desk, bench: Bench, measurements: Measurements): Promise<void> {
  await desk.apply(["ada"]);
  const ada = await desk.login("ada");
  const bob = await desk.login("bob");
  const credential = await ada.read<{ username: string; password: string }>(CREDS);
  const { username } = credential.data;
  await assert.rejects(bob.read(CREDS), /403/);
  measurements.note("what her credential may do", await desk.tried(credential.data));
  assert.deepEqual(namesInTheLog(bench, username), ["userpass-ada"]);
  await desk.terraform.assertNothingToDo(desk.stack, "a login changes the plan");

  await desk.change(["bob"]);
  await assert.rejects(ada.read(CREDS), /403/, "who was taken out still reads credentials");
  // He has logged in before, so that his entity is another one until he does again.
  const again = await desk.login("bob");
  assert.ok((await again.read(CREDS)).lease_id, "who was put in reads none");
  await bench.vault.client.write(`sys/leases/revoke-prefix/${CREDS}`);
  await eventually("end of the users", async () => (await bench.users("support")).length === 0);
}

/** Who read the credential of a database user, by the audit log. */
function namesInTheLog({ vault }: Bench, user: string): (string | undefined)[] {
  const read = readAuditLog(vault.auditFile).filter(
    ({ type, response }) => type === "response" && response?.data?.username === user,
  );
  assert.ok(
    read.every(({ auth }) => auth?.entity_id),
    "the audit log has no entity",
  );
  return read.map(({ auth }) => auth?.display_name);
}

/** An environment whose people log in by userpass, and the login of the pipeline with the policies of the pages. */
class Desk {
  readonly stack = `${NAME}-people`;
  private readonly passwords = new Map<string, string>();

  private constructor(
    private readonly bench: Bench,
    private readonly platform: Terraform,
    /** With the policies of the pages and nothing else. */
    readonly terraform: Terraform,
    private readonly teardown: Teardown,
  ) {}

  static async start(bench: Bench, teardown: Teardown): Promise<Desk> {
    const { vault, postgres } = bench;
    await vault.client.write("sys/auth/userpass", { type: "userpass" });
    teardown.add("userpass", async () => void (await vault.client.delete("sys/auth/userpass")));
    const pages = ["docs/runbooks/install-vault.md", "docs/people.md"].map(policyOfPage).join("\n");
    await vault.client.write(`sys/policies/acl/${NAME}-pipeline`, {
      policy: pages
        .replaceAll("database/", `${NAME}/`)
        .replaceAll("sys/mounts/database", `sys/mounts/${NAME}`),
    });
    const pipeline = await vault.client.write("auth/token/create", {
      policies: [`${NAME}-pipeline`],
      ttl: "30m",
    });
    const terraformWith = (token = "") => bench.terraformIn(NAME, token);
    await postgres.query(`CREATE DATABASE ${NAME}`);
    teardown.add("database", async () => {
      await postgres.query(`DROP DATABASE ${NAME}`);
      await postgres.query(`DROP ROLE "support-${NAME}"; DROP ROLE "reader-${NAME}"; DROP ROLE ${LOGIN}`);
    });
    await postgres.query(SHOP_SCHEMA, { database: NAME });
    const desk = new Desk(
      bench,
      terraformWith(vault.client.token),
      terraformWith(pipeline.auth?.client_token),
      teardown,
    );
    for (const user of ["ada", "bob"]) await desk.add(user);
    return desk;
  }

  /** What whoever runs the login does: nothing of it is leasehold's. */
  private async add(user: string): Promise<void> {
    const password = randomBytes(12).toString("hex");
    this.passwords.set(user, password);
    await this.bench.vault.client.write(`auth/userpass/users/${user}`, { password });
  }

  async login(user: string): Promise<VaultClient> {
    const { client } = this.bench.vault;
    const { auth } = await client
      .withToken()
      .write(`auth/userpass/login/${user}`, { password: this.passwords.get(user) });
    return client.withToken(auth?.client_token);
  }

  async apply(users: readonly string[]): Promise<void> {
    const environment = this.environment(users);
    await this.terraform.synthesize(environment);
    await this.bootstrap(environment);
    await this.platform.apply(PLATFORM, { desk_password: FIRST_PASSWORD });
    this.teardown.add(PLATFORM, () => this.platform.destroy(PLATFORM));
    await this.terraform.apply(this.stack);
    this.teardown.add(this.stack, () => this.terraform.destroy(this.stack));
    await this.terraform.assertNothingToDo(this.stack);
  }

  async change(users: readonly string[]): Promise<void> {
    await this.terraform.synthesize(this.environment(users));
    await this.platform.assertNothingToDo(PLATFORM, "who is in a group changes the platform");
    await this.terraform.apply(this.stack);
    await this.terraform.assertNothingToDo(this.stack);
  }

  /** Of each statement whether it was carried out, as it should be. */
  async tried({ username, password }: { username: string; password: string }): Promise<string> {
    const client = new Client({ ...this.bench.postgres.superuser(NAME), user: username, password });
    await client.connect();
    try {
      await client.query("SELECT id, total FROM orders LIMIT 1");
      for (const refused of [
        "INSERT INTO orders DEFAULT VALUES",
        "SELECT 1 FROM payments LIMIT 1",
        "CREATE TABLE of_hers ()",
      ]) {
        await assert.rejects(client.query(refused), { code: "42501" }, `${refused} was carried out`);
      }
      return "reads orders; no insert, no other table, no table of its own";
    } finally {
      await client.end();
    }
  }

  private async bootstrap(environment: Environment): Promise<void> {
    const { postgres } = this.bench;
    const input = bootstrapInput(environment, environment.databases[0]!);
    await postgres.query(renderBootstrapSql(input), { database: NAME });
    await postgres.query(`ALTER ROLE ${LOGIN} PASSWORD '${scramVerifier(FIRST_PASSWORD)}'`);
    assert.deepEqual(await readDifferences(input, postgres.superuser(NAME)), []);
  }

  private environment(users: readonly string[]): Environment {
    const { services, databases, vault: _, ...common } = this.bench.environment;
    const [shop] = databases;
    const [first] = services;
    return {
      ...common,
      name: NAME,
      vault: { ...borrowed(this.bench.environment), mountPath: NAME, authPath: `kubernetes-${NAME}` },
      guardrails: { ...common.guardrails, auditDevices: 0 },
      databases: [{ ...shop!, name: NAME, database: NAME, username: LOGIN }],
      services: [
        {
          ...first!,
          name: "reader",
          namespace: NAME,
          access: [
            { database: NAME, grants: [{ tables: ["orders"], privileges: ["SELECT"] }], pool: { max: 2 } },
          ],
        },
      ],
      people: [
        {
          name: "support",
          login: { kind: "userpass", mount: "userpass", users },
          access: [{ database: NAME, grants: [{ tables: ["orders"], privileges: ["SELECT"] }] }],
          credentials: 2,
          ttl: "5m",
        },
      ],
    };
  }
}
