import path from "node:path";
import { binary } from "../doctor/binaries";
import { BackgroundProcess } from "../support/process";
import { HttpJson } from "../support/http-json";
import { eventually } from "../support/wait";

export interface EtcdOptions {
  readonly directory: string;
  readonly port: number;
  readonly peerPort: number;
}

/** Starts the API server's storage; nothing but the API server talks to it. */
export async function startEtcd({ directory, port, peerPort }: EtcdOptions): Promise<BackgroundProcess> {
  const client = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const process = new BackgroundProcess(
    "etcd",
    binary("etcd"),
    [
      `--data-dir=${path.join(directory, "data")}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // The bench's cluster does not outlive a crash anyway.
      "--unsafe-no-fsync",
    ],
    { logFile: path.join(directory, "etcd.log") },
  );
  const http = new HttpJson({ baseUrl: client });
  await eventually("answer of etcd", async () => (await http.request("GET", "/health")).status === 200).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${process.tail()}`);
    },
  );
  http.close();
  return process;
}
