import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** A program that the bench starts. */
export interface Binary {
  readonly name: string;
  readonly purpose: string;
  /** Arguments that print the version. */
  readonly versionArgs: readonly string[];
  /** Where a user gets it. */
  readonly from: string;
}

/** The servers and tools that are looked for in all three places. */
export const servers: readonly Binary[] = [
  {
    name: "vault",
    purpose: "Vault, its agent and its CLI",
    versionArgs: ["version"],
    from: "package manager, or https://releases.hashicorp.com/vault",
  },
  {
    name: "vault-k8s",
    purpose: "the Agent Injector",
    versionArgs: ["version"],
    from: "out of the image hashicorp/vault-k8s, or https://github.com/hashicorp/vault-k8s",
  },
  {
    name: "etcd",
    purpose: "storage of the API server",
    versionArgs: ["--version"],
    from: "package manager, or https://github.com/etcd-io/etcd/releases",
  },
  {
    name: "kube-apiserver",
    purpose: "Kubernetes",
    versionArgs: ["--version"],
    from: "https://kubernetes.io/releases/download (server binaries)",
  },
  {
    name: "kube-controller-manager",
    purpose: "Deployments, Jobs, namespaces, garbage collection",
    versionArgs: ["--version"],
    from: "https://kubernetes.io/releases/download (server binaries)",
  },
  {
    name: "terraform",
    purpose: "applies what leasehold writes",
    versionArgs: ["version"],
    from: "package manager, or https://releases.hashicorp.com/terraform (1.11 or newer); tofu does as well, by E2E_TERRAFORM=tofu",
  },
  {
    name: "busybox",
    purpose: "the shell of every container, as in Vault's image",
    versionArgs: ["--help"],
    from: "package manager (busybox or busybox-static)",
  },
];

/** Tools of every Linux distribution that make namespaces. */
export const systemTools: readonly Binary[] = ["unshare", "mount"].map((name) => ({
  name,
  purpose: "namespaces of the bench",
  versionArgs: ["--version"],
  from: "package manager (util-linux)",
}));

/** What the nodes of every cluster need beside them. */
const kubernetes = "https://kubernetes.io/releases/download (server binaries)";
export const nodePrograms: readonly Binary[] = [
  {
    name: "kubelet",
    purpose: "the nodes of the cluster",
    versionArgs: ["--version"],
    from: kubernetes,
  },
  {
    name: "kube-scheduler",
    purpose: "puts pods on nodes",
    versionArgs: ["--version"],
    from: kubernetes,
  },
  { name: "kube-proxy", purpose: "Services", versionArgs: ["--version"], from: kubernetes },
  {
    name: "kubectl",
    purpose: "commands in containers, and those of the runbooks",
    versionArgs: ["version", "--client"],
    from: kubernetes,
  },
  {
    name: "coredns",
    purpose: "names of Services",
    versionArgs: ["-version"],
    from: "https://github.com/coredns/coredns/releases",
  },
  {
    name: "containerd",
    purpose: "runs containers",
    versionArgs: ["--version"],
    from: "package manager (containerd)",
  },
  {
    name: "ctr",
    purpose: "imports images",
    versionArgs: ["--version"],
    from: "package manager (containerd)",
  },
  { name: "runc", purpose: "runs containers", versionArgs: ["--version"], from: "package manager (runc)" },
  {
    name: "iptables",
    purpose: "rules of kube-proxy",
    versionArgs: ["--version"],
    from: "package manager (iptables)",
  },
  {
    name: "ip",
    purpose: "addresses of the nodes",
    versionArgs: ["-V"],
    from: "package manager (iproute2)",
  },
  { name: "tar", purpose: "layers of images", versionArgs: ["--version"], from: "package manager (GNU tar)" },
];

/** What gives a running program another time: Go asks neither libc for it nor the kernel, but the page that both have in common. */
export const watchmaker: Binary = {
  name: "watchmaker",
  purpose: "another time for Vault, PostgreSQL and nodes",
  versionArgs: ["-version"],
  from: "https://github.com/chaos-mesh/chaos-mesh: cc -c -fPIE -O2 for the two files in pkg/time/fakeclock, then go build ./cmd/watchmaker",
};

/** What holds pods to network policies, for one scenario. */
export const policyPrograms: readonly Binary[] = [
  {
    name: "kube-router",
    purpose: "holds pods to network policies",
    versionArgs: ["--version"],
    from: "https://github.com/cloudnativelabs/kube-router/releases",
  },
  {
    name: "ipset",
    purpose: "addresses of a network policy",
    versionArgs: ["--version"],
    from: "package manager (ipset)",
  },
];

/** Where the commands of the runbooks are typed. */
export const terminal: Binary = {
  name: "script",
  purpose: "the terminal in which the runbooks' commands are typed",
  versionArgs: ["--version"],
  from: "package manager (bsdutils or util-linux)",
};

export type BinaryName =
  | "vault"
  | "vault-k8s"
  | "etcd"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "terraform"
  | "busybox"
  | "kubelet"
  | "kube-scheduler"
  | "kube-proxy"
  | "kubectl"
  | "coredns"
  | "kube-router"
  | "containerd"
  | "ctr"
  | "watchmaker";

/** The directories in the order in which they are looked through. */
export function searchPath(environment: NodeJS.ProcessEnv = process.env): string[] {
  const onPath = (environment.PATH ?? "").split(path.delimiter);
  return [environment.E2E_BIN ?? "", path.join(os.homedir(), ".cache/leasehold/bin"), ...onPath].filter(
    Boolean,
  );
}

/** The first executable file of that name; undefined where there is none. `E2E_TERRAFORM` names Terraform's, such as `tofu`. */
export function findBinary(name: string, directories = searchPath()): string | undefined {
  const file = name === "terraform" ? process.env.E2E_TERRAFORM || name : name;
  return directories.map((directory) => path.resolve(directory, file)).find(isExecutable);
}

/** The path of a program that the doctor has seen. */
export function binary(name: BinaryName): string {
  const found = findBinary(name);
  if (!found) throw new Error(`${name} is missing; npm run e2e -- --doctor says where to get it`);
  return found;
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
