import { spawnSync } from "node:child_process";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { nodeAddress, nodeName } from "../cluster/addresses";
import type { OwnCluster } from "../cluster/cluster";
import { binary } from "../doctor/binaries";
import { SERVICE_NETWORK } from "../servers/kube-apiserver";
import { BackgroundProcess } from "../support/process";
import { runOrThrow } from "../support/run";

/** As whose it takes the pods of all nodes. */
const NODE = 1;

/** kube-router, and of it the firewall alone: holds pods to the NetworkPolicies that there are. */
export class PolicyEnforcer {
  private constructor(
    private readonly apiServer: http.Server,
    private readonly process: BackgroundProcess,
  ) {}

  static async start(cluster: OwnCluster): Promise<PolicyEnforcer> {
    const apiServer = await onOneNode(cluster);
    const { port } = apiServer.address() as AddressInfo;
    const process = new BackgroundProcess(
      "kube-router",
      binary("kube-router"),
      [
        `--master=http://127.0.0.1:${port}`,
        "--run-firewall=true",
        "--run-router=false",
        "--run-service-proxy=false",
        `--service-cluster-ip-range=${SERVICE_NETWORK}`,
        "--health-port=0",
        "--v=1",
      ],
      {
        env: { ...globalThis.process.env, NODE_NAME: nodeName(NODE) },
        logFile: path.join(cluster.directory, "kube-router/kube-router.log"),
      },
    );
    return new PolicyEnforcer(apiServer, process);
  }

  /** With all that it has made; its own `--cleanup-config` leaves it in 2.1.0. */
  async stop(): Promise<void> {
    await this.process.stop("SIGTERM", 5_000);
    this.apiServer.closeAllConnections();
    this.apiServer.close();
    await removeRules();
  }

  /** For an error message: why it has ended. */
  tail(): string {
    return this.process.tail();
  }
}

/**
 * The API server as the enforcer is to see it. It looks after the pods of its own host, which it knows by one address;
 * here all nodes are one host, with one network namespace, and so all pods are given that address.
 */
async function onOneNode({ apiServer, authority, admin }: OwnCluster): Promise<http.Server> {
  const tls = { ca: authority.certificate, cert: admin.certificate, key: admin.key };
  const server = http.createServer((request, response) => {
    const asked = https.request(
      new URL(request.url ?? "", apiServer.url),
      { method: request.method, headers: { accept: "application/json" }, ...tls },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, { "content-type": "application/json" });
        const lines = createInterface({ input: answer });
        lines.on("line", (line) => response.write(`${line.replaceAll(HOST, ON_NODE)}\n`));
        lines.once("close", () => response.end());
        // A watch that the enforcer has ended.
        lines.once("error", () => response.destroy());
      },
    );
    asked.once("error", () => response.destroy());
    response.once("close", () => asked.destroy());
    request.pipe(asked);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const HOST = /"hostIP":"[^"]*"/g;
const ON_NODE = `"hostIP":"${nodeAddress(NODE)}"`;

const CHAIN = /KUBE-(ROUTER-(INPUT|FORWARD|OUTPUT)|POD-FW-|NWPLCY-)/;
/** On packets that a policy has let in. */
const MARK = "0x20000/0x20000";

/** What the enforcer has made in the firewall and not taken away again. */
export async function rulesLeft(): Promise<string[]> {
  const filter = await runOrThrow("iptables-save", ["-t", "filter"]);
  const sets = await runOrThrow("ipset", ["list", "-name"]);
  return [
    ...filter.split("\n").filter((line) => CHAIN.test(line) || line.includes(MARK)),
    ...sets.split("\n").filter((name) => /^KUBE-(SRC|DST)-/.test(name)),
  ];
}

/** The rest of the table is kube-proxy's, which may write to it meanwhile. */
async function removeRules(): Promise<void> {
  const left = await rulesLeft();
  const chains = left.flatMap((line) => /^:(\S+)/.exec(line)?.[1] ?? []);
  const jumps = left.filter((line) => /^-A (INPUT|FORWARD|OUTPUT) /.test(line));
  const input = [
    "*filter",
    ...chains.map((chain) => `:${chain} - [0:0]`),
    ...jumps.map((rule) => rule.replace("-A", "-D")),
    ...chains.map((chain) => `-X ${chain}`),
    "COMMIT\n",
  ].join("\n");
  const { status, stderr } = spawnSync("iptables-restore", ["--noflush", "--wait"], {
    input,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`iptables-restore: ${stderr}`);
  for (const name of left.filter((line) => /^KUBE-(SRC|DST)-/.test(line)))
    await runOrThrow("ipset", ["destroy", name]);
}
