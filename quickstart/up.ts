import { randomBytes } from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { formatFindings } from "../e2e/doctor/doctor";
import { loadImages } from "../e2e/images/load";
import { majorVersion, prepareShop } from "../e2e/support/database";
import { usersOf } from "../e2e/support/users";
import { eventually } from "../e2e/support/wait";
import { DatabaseServer, startServer, superuserOf, type LaptopServer } from "./database-server";
import { quickstartEnvironment } from "./environment";
import { buildImages } from "./images";
import { Kubectl } from "./kubectl";
import { isOurs, look, type Look } from "./look";
import type { Options } from "./options";
import { STACKS, VAULT } from "./places";
import type { Progress } from "./progress";
import { recordedRun, recordRun, runOf } from "./run";
import { Stacks } from "./stacks";

const [VAULT_STACK, PLATFORM_STACK, SERVICES_STACK] = STACKS;

/** From a cluster to pods on credentials of their own, and through their first rotation. */
export async function up(options: Options, progress: Progress): Promise<number> {
  const earlier = recordedRun(options.directory);
  if (earlier !== undefined) {
    console.error(`a run is there already, on "${earlier.context}": npm run quickstart -- --down`);
    return 1;
  }
  const found = await progress.step("looking at what is here", () => look(options));
  const missing = found.findings.filter((finding) => !finding.found);
  if (missing.length > 0) {
    console.error(`\n${formatFindings(missing)}\n\n${missing.length} missing; nothing was done.`);
    return 1;
  }
  recordRun(options.directory, runOf(options, found.context));
  const kubectl = new Kubectl(found.context);
  const postgres = await progress.step("PostgreSQL", () => database(options, found));
  await progress.step("images of the two applications, onto the nodes", async () =>
    loadImages(await buildImages(path.join(options.directory, "images"), found.builder), found.load),
  );
  await applyAll(options, found, { kubectl, postgres, progress });
  await show(options, { kubectl, postgres, progress });
  return 0;
}

interface Parts {
  readonly kubectl: Kubectl;
  readonly postgres: DatabaseServer;
  readonly progress: Progress;
}

async function database({ directory, postgres, port }: Options, { host }: Look): Promise<DatabaseServer> {
  if (postgres !== undefined) return new DatabaseServer({ connectionString: postgres });
  const server: LaptopServer = {
    directory: path.join(directory, "postgres"),
    addresses: ["127.0.0.1", ...(isOurs(host) ? [host] : [])],
    port,
    password: randomBytes(18).toString("base64url"),
  };
  await startServer(server);
  return new DatabaseServer(superuserOf(server));
}

async function applyAll(
  options: Options,
  found: Look,
  { kubectl, postgres, progress }: Parts,
): Promise<void> {
  const stacks = new Stacks(kubectl, options.directory, options.chart);
  const firstPassword = randomBytes(18).toString("base64url");
  await progress.step("synth: rendered and proven", async () => {
    const environment = quickstartEnvironment({
      context: found.context,
      kubeconfig: process.env.KUBECONFIG,
      host: found.host,
      port: options.postgres === undefined ? options.port : Number(new URL(options.postgres).port || 5432),
      postgresVersion: await majorVersion(postgres),
    });
    await stacks.terraform.synthesize(environment);
    await prepareShop(postgres, environment, firstPassword);
  });
  await progress.step(`apply of ${VAULT_STACK}: Vault and the injector`, (say) =>
    stacks.apply(VAULT_STACK, say),
  );
  await progress.step("until Vault runs", (say) => stacks.vaultRuns(say));
  await kubectl.withVault(path.join(options.directory, "port-forward.log"), async () => {
    // In dev mode Vault comes up initialised and unsealed: docs/runbooks/install-vault.md has nothing to do for it.
    await progress.step(`apply of ${PLATFORM_STACK}: auth method, secrets engine, connection`, (say) =>
      stacks.apply(PLATFORM_STACK, say, { shop_password: firstPassword }),
    );
    await progress.step(`apply of ${SERVICES_STACK}: roles, policies, workloads`, (say) =>
      stacks.apply(SERVICES_STACK, say),
    );
  });
}

/** What there is to see, and the same after a rotation. */
async function show({ directory }: Options, { kubectl, postgres, progress }: Parts): Promise<void> {
  const orders = ["-n", "shop", "exec", "deploy/orders", "-c", "orders", "--"];
  console.log(`\n$ kubectl get pods -A\n${await kubectl.run("get", "pods", "-A")}`);
  const before = await usersOf(postgres, "orders");
  const file = await kubectl.run(...orders, "ls", "-l", "/vault/secrets/shop.json");
  console.log(`$ kubectl ${orders.join(" ")} ls -l /vault/secrets/shop.json\n${file}`);
  console.log(`users of orders in PostgreSQL: ${before.join(", ")}`);
  await job(kubectl, progress);
  const after = await progress.step("until orders has another user, and this one is gone", () =>
    eventually(
      "rotation",
      async () => {
        const now = await usersOf(postgres, "orders");
        return now.length > 0 && now.every((user) => !before.includes(user)) && now;
      },
      { timeoutMs: 120_000, intervalMs: 1_000 },
    ),
  );
  const report = pathToFileURL(path.join(directory, "cdktf.out/report/access.html")).href;
  console.log(
    [
      `users of orders in PostgreSQL: ${after.join(", ")}`,
      "",
      `who may reach which table: ${report}`,
      `the user and its password: kubectl ${orders.join(" ")} cat /vault/secrets/shop.json`,
      `a request: kubectl -n shop port-forward deploy/orders 8080, and then curl http://127.0.0.1:8080/orders/1`,
      `Vault: kubectl -n ${VAULT.namespace} port-forward service/vault ${VAULT.port}, its token is "root"`,
      "all of it away again: npm run quickstart -- --down",
    ].join("\n"),
  );
}

/** The second application once, ahead of its schedule. */
async function job(kubectl: Kubectl, progress: Progress): Promise<void> {
  const inNamespace = ["-n", "analytics"];
  const log = await progress.step("analytics as a Job, now", async () => {
    await kubectl.run(...inNamespace, "create", "job", "analytics-now", "--from=cronjob/analytics");
    await kubectl.run(
      ...inNamespace,
      "wait",
      "--for=condition=complete",
      "--timeout=90s",
      "job/analytics-now",
    );
    return kubectl.run(...inNamespace, "logs", "job/analytics-now", "-c", "analytics");
  });
  console.log(log.trimEnd());
}
