import fs from "node:fs";
import path from "node:path";
import { binary } from "../doctor/binaries";
import { BackgroundProcess } from "../support/process";
import type { Certificate, CertificateAuthority } from "./certificates";
import { kubeconfig } from "./kubeconfig";

export interface KubeControllerManagerOptions {
  readonly directory: string;
  readonly apiServer: string;
  readonly authority: CertificateAuthority;
  /** Of the user `system:kube-controller-manager`. */
  readonly certificate: Certificate;
  readonly serviceAccountKeyFile: string;
  /** Names of the controllers; `*` stands for all that run by default. */
  readonly controllers: readonly string[];
}

/** Starts the controllers; they retry by themselves until the API server answers. */
export function startKubeControllerManager(options: KubeControllerManagerOptions): BackgroundProcess {
  const { directory, apiServer, authority, certificate, serviceAccountKeyFile, controllers } = options;
  fs.mkdirSync(directory, { recursive: true });
  const file = path.join(directory, "kubeconfig");
  fs.writeFileSync(file, kubeconfig("controller-manager", apiServer, authority, certificate), {
    mode: 0o600,
  });
  return new BackgroundProcess(
    "kube-controller-manager",
    binary("kube-controller-manager"),
    [
      `--kubeconfig=${file}`,
      "--leader-elect=false",
      "--bind-address=127.0.0.1",
      "--secure-port=0",
      "--use-service-account-credentials=true",
      `--service-account-private-key-file=${serviceAccountKeyFile}`,
      `--root-ca-file=${authority.certificateFile}`,
      `--controllers=${controllers.join(",")}`,
    ],
    { logFile: path.join(directory, "kube-controller-manager.log") },
  );
}
