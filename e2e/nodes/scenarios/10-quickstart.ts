import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { binary } from "../../doctor/binaries";
import { python, PYTHON_VARIABLE } from "../../doctor/python";
import type { Scenario } from "../../scenarios/scenario";
import { isListening } from "../../support/ports";
import { projectDirectory } from "../../support/project-directory";
import { run, runOrThrow } from "../../support/run";
import { CONTROL_PLANE } from "../../cluster/addresses";
import { loaderOf, type Laptop } from "../laptop";

const PORT = 54_329;

/** The command of docs/quickstart.md on a cluster of one node, as whoever tries leasehold types it. */
export const nodesQuickstart: Scenario<Laptop> = {
  name: "nodes-quickstart",
  title:
    "npm run quickstart: what is missing is said at once, two applications, a rotation, and nothing is left",
  needs: () =>
    python() ? undefined : `${PYTHON_VARIABLE} names no Python into which clients/python was installed`,
  async run(laptop, measurements) {
    await assertRefused(laptop);
    const startedAt = Date.now();
    const printed = await quickstart(laptop, ["--chart", laptop.chart, "--load", loaderOf(laptop.cluster)]);
    measurements.add("quickstart, rotation included", (Date.now() - startedAt) / 1000, "s");
    const users = [...printed.matchAll(/^users of orders in PostgreSQL: (.+)$/gm)].map(([, names]) => names);
    assert.equal(users.length, 2, printed);
    assert.notEqual(users[0], users[1], "the user has not changed");
    const [, report = ""] = /^who may reach which table: (.+)$/m.exec(printed) ?? [];
    assert.ok(fs.existsSync(fileURLToPath(report)), `no report in ${report}`);
    assert.match(printed, /^customer,orders,total\r?\n1,2,30/m, "analytics has not written its report");
    const answer = await fetch("http://orders.shop.svc:8080/orders/1");
    assert.equal(answer.status, 200, "orders does not answer");
    await assertSaysItIsThere(laptop);
    await quickstart(laptop, ["--down"]);
    await assertNothingLeft(laptop);
  },
};

/** Several things are wrong: all of them are said, and nothing is begun. */
async function assertRefused(laptop: Laptop): Promise<void> {
  const { code, stderr } = await tryQuickstart(laptop, ["--chart", "/nowhere"]);
  assert.equal(code, 1);
  assert.match(stderr, /MISSING {2}way to the nodes .*"laptop"; say by --load/);
  assert.match(stderr, /MISSING {2}chart of Vault .*there is no \/nowhere\/Chart\.yaml/);
  assert.match(stderr, /2 missing; nothing was done\./);
  assert.equal(fs.existsSync(directoryOf(laptop)), false, "something was done");
}

async function assertSaysItIsThere(laptop: Laptop): Promise<void> {
  const { code, stderr } = await tryQuickstart(laptop, []);
  assert.equal(code, 1);
  assert.match(stderr, /a run is there already, on "laptop"/);
}

async function assertNothingLeft(laptop: Laptop): Promise<void> {
  const kubectl = (...args: string[]) => runOrThrow(binary("kubectl"), args, { env: laptop.env });
  const namespaces = (await kubectl("get", "namespaces", "-o", "name")).trim().split("\n").sort();
  assert.deepEqual(
    namespaces,
    ["default", "kube-node-lease", "kube-public", "kube-system"].map((name) => `namespace/${name}`),
  );
  assert.equal(await kubectl("get", "pods,persistentvolumes", "-A", "-o", "name"), "");
  assert.equal(await kubectl("get", "mutatingwebhookconfigurations", "-o", "name"), "");
  const roles = await kubectl("get", "clusterroles,clusterrolebindings", "-o", "name");
  assert.deepEqual(
    roles.split("\n").filter((role) => role.includes("/vault")),
    [],
  );
  assert.equal(fs.existsSync(directoryOf(laptop)), false, "the directory is left");
  assert.equal(await isListening(PORT), false, "PostgreSQL is left");
}

function directoryOf({ directory }: Laptop): string {
  return path.join(directory, "quickstart");
}

function commandOf(laptop: Laptop, args: readonly string[]): [string, string[]] {
  const main = projectDirectory("dist/e2e/quickstart/main.js");
  const always = ["--directory", directoryOf(laptop), "--host", CONTROL_PLANE, "--port", String(PORT)];
  return [process.execPath, [main, ...always, ...args]];
}

function tryQuickstart(laptop: Laptop, args: readonly string[]) {
  return run(...commandOf(laptop, args), { env: { ...laptop.env, E2E_VAULT_CHART: "" } });
}

async function quickstart(laptop: Laptop, args: readonly string[]): Promise<string> {
  const printed = await runOrThrow(...commandOf(laptop, args), { env: laptop.env, timeoutMs: 420_000 });
  fs.appendFileSync(path.join(laptop.directory, "quickstart.log"), printed);
  return printed;
}
