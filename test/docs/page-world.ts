import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { SHOP_SCHEMA } from "../../e2e/schema";
import { blocks } from "../support/pages";
import { startPostgres, type PostgresServer } from "../support/postgres";
import { Project } from "../support/project";

/** Where the service of the pages stands on its way from a static password. */
export type Situation = "as it is" | "static" | "complete";

const CHECKOUT = path.resolve(__dirname, "../..");
const STAND_INS = path.join(__dirname, "stand-ins.js");
const LITERALS = ["local", "staging", "production"];

/** What pages write for what only their reader knows. */
const READERS = [
  ["PGHOST=… PGUSER=…", "PGDATABASE=shop"],
  ["pg.acme.internal", "127.0.0.1"],
  ["psql …", "psql"],
  ["_…", ""],
] as const;

/**
 * A project, synthesized, and the database of its environments on a real PostgreSQL, in which the commands of a
 * page run as they stand there. What would deploy, and npm, are stand-ins: they only look whether there is what they are told
 * to use. So is psql where it is not installed.
 */
export class PageWorld {
  private readonly project = new Project();
  private server!: PostgresServer;

  static async create(): Promise<PageWorld> {
    const world = new PageWorld();
    world.foreignFolders();
    world.installStandIns();
    world.server = await startPostgres(undefined, ["shared_preload_libraries=pg_stat_statements"]);
    const superuser = await world.server.connect();
    await superuser.query("CREATE DATABASE shop");
    await superuser.query("CREATE ROLE orders_app LOGIN PASSWORD 'geheim'; CREATE ROLE shop_owner NOLOGIN");
    const shop = await world.server.connect({ database: "shop" });
    await shop.query(
      `CREATE EXTENSION pg_stat_statements; ${SHOP_SCHEMA}; GRANT SELECT ON orders TO orders_app`,
    );
    const application = await world.server.connect({
      user: "orders_app",
      password: "geheim",
      database: "shop",
    });
    await application.query("SELECT count(*) FROM orders");
    await world.server.endSessions();
    return world;
  }

  /** Puts the service `orders` of every environment at a stage, synthesizes, and runs the bootstrap SQL. */
  become(situation: Situation): void {
    for (const name of LITERALS) this.migrate(name, situation);
    fs.rmSync(this.project.path("cdktf.out"), { recursive: true, force: true });
    this.mustRun("npx leasehold synth");
    this.mustRun("npx leasehold bootstrap-sql production shop | psql --set ON_ERROR_STOP=1");
  }

  /** Runs a command of a page. */
  run(command: string): SpawnSyncReturns<string> {
    const here = READERS.reduce((text, [from, to]) => text.replaceAll(from, to), command);
    return spawnSync("bash", ["-o", "pipefail", "-c", here], {
      cwd: this.project.directory,
      encoding: "utf8",
      input: "what somebody types\n",
      env: {
        ...process.env,
        PATH: `${this.project.path("stand-ins")}:${process.env["PATH"]}`,
        ...{ PGHOST: "127.0.0.1", PGPORT: String(this.server.port), PGDATABASE: "shop" },
        ...{ PGUSER: "postgres", PGPASSWORD: "superuser" },
      },
    });
  }

  async remove(): Promise<void> {
    await this.server.stop();
    this.project.remove();
  }

  private mustRun(command: string): void {
    const { status, stderr } = this.run(command);
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
  }

  /** By the page's own literal. */
  private migrate(name: string, stage: Situation): void {
    const before = fs.readFileSync(
      path.join(CHECKOUT, "template", "project", "stacks", `${name}.ts`),
      "utf8",
    );
    const literal = blocks().find(
      ({ page, language, text }) =>
        page === "docs/runbooks/migration.md" && language === "ts" && text.includes(`stage: "${stage}"`),
    );
    const after = before.replace('namespace: "shop",', `namespace: "shop", ${literal?.text.trim() ?? ""}`);
    if (stage !== "as it is" && (!literal || after === before))
      throw new Error(`the service orders of ${name} cannot be put at the stage ${stage}`);
    fs.writeFileSync(this.project.path("stacks", `${name}.ts`), after);
  }

  /** What the pages call Terraform and manifests that somebody else has written. */
  private foreignFolders(): void {
    const flawless = path.join(CHECKOUT, "test/fixtures/lint/flawless");
    fs.cpSync(flawless, this.project.path("infra"), { recursive: true });
    fs.mkdirSync(this.project.path("k8s"));
    const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n";
    fs.writeFileSync(this.project.path("k8s", "namespace.yaml"), namespace);
    fs.writeFileSync(this.project.path("plan.json"), JSON.stringify(PLAN));
  }

  private installStandIns(): void {
    const directory = this.project.path("stand-ins");
    fs.mkdirSync(directory);
    const programs = ["npm", "npx", "terraform", ...(hasPsql() ? [] : ["psql"])];
    for (const program of programs) {
      const script = `#!/bin/sh\nexec node '${STAND_INS}' ${program} "$@"\n`;
      fs.writeFileSync(path.join(directory, program), script, { mode: 0o755 });
    }
  }
}

const POLICY = {
  address: "vault_policy.nothing",
  mode: "managed",
  type: "vault_policy",
  name: "nothing",
  provider_name: "registry.terraform.io/hashicorp/vault",
  values: { name: "nothing", policy: "" },
};

/** A plan of one policy, as `terraform show -json` prints it. */
const PLAN = {
  format_version: "1.2",
  terraform_version: "1.11.4",
  planned_values: { root_module: { resources: [POLICY] } },
  configuration: { root_module: { resources: [{ ...POLICY, expressions: {} }] } },
};

function hasPsql(): boolean {
  try {
    execFileSync("psql", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
