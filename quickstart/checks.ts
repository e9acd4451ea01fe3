import type { Finding } from "../e2e/doctor/doctor";

/** What is known before anything is done, and what to do where it is not enough. Nothing here looks at the machine. */

/** The first Terraform with write-only arguments, by which Vault's first password stays out of the state. */
const oldestTerraform = "1.11";
/** The oldest Kubernetes with native sidecars. */
const KUBERNETES = [1, 29] as const;

/** What a name needs so that a sentence can be made of it. */
function found(name: string, detail: string): Finding {
  return { name, found: true, detail };
}

function missing(name: string, detail: string): Finding {
  return { name, found: false, detail };
}

/** @param version what `terraform version` prints first; undefined where neither program is there */
export function terraformCheck(version: string | undefined): Finding {
  const name = "Terraform or OpenTofu";
  const todo = `install Terraform ${oldestTerraform} or later (https://releases.hashicorp.com/terraform), or tofu (https://opentofu.org)`;
  if (version === undefined) return missing(name, `neither terraform nor tofu is on PATH; ${todo}`);
  const [, major = "0", minor = "0"] = /v(\d+)\.(\d+)/.exec(version) ?? [];
  const [wantedMajor = 0, wantedMinor = 0] = oldestTerraform.split(".").map(Number);
  const isEnough =
    Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor);
  return isEnough ? found(name, version) : missing(name, `${version} is too old; ${todo}`);
}

/** What kubectl answered of the contexts in the kubeconfig. */
export interface Contexts {
  readonly names: readonly string[];
  readonly current: string;
}

/** The context that is meant: the one that is named, else the current one. */
export function contextCheck(contexts: Contexts | undefined, named: string | undefined): Finding {
  const name = "context";
  const todo =
    "make a cluster ('kind create cluster --name leasehold'), or name the context of one by --context";
  if (contexts === undefined)
    return missing(name, "kubectl is not on PATH; get it from https://kubernetes.io/docs/tasks/tools");
  const wanted = named ?? contexts.current;
  const known = contexts.names.join(", ") || "none";
  if (wanted === "")
    return missing(name, `the kubeconfig has no current context, and these: ${known}; ${todo}`);
  return contexts.names.includes(wanted)
    ? found(name, wanted)
    : missing(name, `the kubeconfig has no context "${wanted}", but these: ${known}; ${todo}`);
}

/** @param answer version as the API server gives it (`v1.33.1`), or why it gave none */
export function clusterCheck(context: string, answer: { version: string } | { error: string }): Finding {
  const name = "cluster";
  if ("error" in answer)
    return missing(
      name,
      `the API server of "${context}" does not answer: ${answer.error}; start it (with kind: 'docker ps' shows whether its node runs), or name another one by --context`,
    );
  const [, major = "0", minor = "0"] = /v(\d+)\.(\d+)/.exec(answer.version) ?? [];
  const isEnough = Number(major) > KUBERNETES[0] || Number(minor) >= KUBERNETES[1];
  return isEnough
    ? found(name, answer.version)
    : missing(
        name,
        `${answer.version} has no native sidecars; take Kubernetes ${KUBERNETES.join(".")} or later`,
      );
}

/** @param there objects that the stacks are about to create, as `kind/name` */
export function emptyCheck(there: readonly string[]): Finding {
  const name = "room in the cluster";
  return there.length === 0
    ? found(name, "nothing of what is about to be created is there")
    : missing(
        name,
        `${there.join(", ")} ${there.length === 1 ? "is" : "are"} there already, and one cluster has one injector; run 'npm run quickstart -- --down' if an earlier run left ${there.length === 1 ? "it" : "them"}, else take another cluster`,
      );
}

/** How an image gets onto the nodes: the command takes the archive's file from $ARCHIVE. */
export function loaderOf(
  context: string,
  named: string | undefined,
): { command: string; program?: string } | undefined {
  if (named !== undefined) return { command: named };
  const [, kind, k3d] = /^(?:kind-(.+)|k3d-(.+))$/.exec(context) ?? [];
  if (kind !== undefined)
    return { program: "kind", command: `kind load image-archive "$ARCHIVE" --name ${kind}` };
  if (k3d !== undefined) return { program: "k3d", command: `k3d image import "$ARCHIVE" --cluster ${k3d}` };
  if (context === "minikube") return { program: "minikube", command: 'minikube image load "$ARCHIVE"' };
  if (SHARES_IMAGES.has(context)) return { program: "docker", command: 'docker load --input "$ARCHIVE"' };
  return undefined;
}

/** Clusters whose nodes have the images of Docker itself. */
const SHARES_IMAGES = new Set(["docker-desktop", "orbstack", "rancher-desktop"]);

export function loaderCheck(
  context: string,
  named: string | undefined,
  has: (program: string) => boolean,
): Finding {
  const name = "way to the nodes";
  const loader = loaderOf(context, named);
  const todo = `say by --load how an archive of 'docker save' gets onto its nodes, such as --load 'ctr -n k8s.io images import "$ARCHIVE"'`;
  if (loader === undefined) return missing(name, `it is not known for the context "${context}"; ${todo}`);
  return loader.program === undefined || has(loader.program)
    ? found(name, loader.command)
    : missing(name, `${loader.program} is not on PATH; install it, or ${todo}`);
}

/** What can make images here. */
export interface Builders {
  readonly platform: NodeJS.Platform;
  readonly busybox: boolean;
  /** A Python with leasehold's client is named, or one can be made. */
  readonly python: boolean;
  readonly docker: boolean;
}

export function builderCheck({ platform, busybox, python, docker }: Builders): Finding {
  const name = "images";
  if (platform === "linux" && busybox && python) return found(name, "assembled from this machine's programs");
  if (docker) return found(name, "built by Docker");
  if (platform !== "linux")
    return missing(name, "Docker does not answer; start it: the programs of this machine are none of Linux");
  const lacking = [
    ...(busybox ? [] : ["busybox (package manager: busybox or busybox-static)"]),
    ...(python ? [] : ["python3 with venv (package manager: python3-venv)"]),
  ];
  return missing(name, `not on PATH: ${lacking.join(", ")}; install that, or start Docker`);
}

/** Where pods reach this machine. */
export interface Ways {
  readonly context: string;
  readonly platform: NodeJS.Platform;
  readonly named?: string;
  /** Gateway of the network in which Docker has the nodes, where there is one. */
  readonly gateway?: string;
  /** This machine's address on the way to the API server; undefined where that is this machine. */
  readonly onTheWay?: string;
}

/** Address or name by which pods reach what listens on this machine. */
export function hostOf({ context, platform, named, gateway, onTheWay }: Ways): string | undefined {
  if (named !== undefined) return named;
  if (SHARES_IMAGES.has(context)) return "host.docker.internal";
  if (dockerNetworkOf(context) === undefined) return onTheWay;
  return platform === "linux" ? gateway : "host.docker.internal";
}

/** The network of Docker in which the nodes of a cluster are. */
export function dockerNetworkOf(context: string): string | undefined {
  if (context.startsWith("kind-")) return "kind";
  if (context.startsWith("k3d-") || context === "minikube") return context;
  return undefined;
}

export function hostCheck(host: string | undefined): Finding {
  const name = "way back from pods";
  return host === undefined
    ? missing(name, "it is not known by which address pods reach this machine; name it by --host")
    : found(name, host);
}

/** A port of this machine that is about to be listened on. */
export function portCheck(what: string, port: number, taken: boolean, otherwise: string): Finding {
  const name = `port ${port}`;
  return taken
    ? missing(name, `something listens on it, and ${what} is to; stop it (lsof -i :${port}), or ${otherwise}`)
    : found(name, `free, for ${what}`);
}

/** A PostgreSQL that somebody names. */
export function databaseCheck(answer: { version: number; hasShop: boolean } | { error: string }): Finding {
  const name = "PostgreSQL";
  if ("error" in answer)
    return missing(
      name,
      `it does not answer: ${answer.error}; --postgres takes postgres://SUPERUSER:PASSWORD@HOST:PORT/postgres, or leave it out for one of this run's own`,
    );
  if (answer.hasShop)
    return missing(
      name,
      'it has a database "shop" already, which would be dropped at the end; name another server',
    );
  return answer.version >= 15
    ? found(name, `version ${answer.version}`)
    : missing(name, `version ${answer.version} is too old; take 15 or later`);
}

/** @param error why the repository gave no index; undefined where it did */
export function repositoryCheck(repository: string, error: string | undefined): Finding {
  const name = "chart of Vault";
  return error === undefined
    ? found(name, repository)
    : missing(
        name,
        `${repository} does not answer: ${error}; allow it, or name the chart on disk by --chart ('helm pull vault --untar' puts it there)`,
      );
}

/** The part of a pod's status that says why it waits. */
export interface WaitingPod {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly status?: {
    readonly containerStatuses?: readonly WaitingContainer[];
    readonly initContainerStatuses?: readonly WaitingContainer[];
  };
}

export interface WaitingContainer {
  readonly image: string;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

const NO_IMAGE = new Set(["ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName"]);

/** Images that no node gets: waiting longer changes nothing. */
export function imagesNotPulled(pods: readonly WaitingPod[]): string[] {
  const stuck = pods.flatMap(({ metadata, status }) =>
    [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
      .filter(({ state }) => NO_IMAGE.has(state?.waiting?.reason ?? ""))
      .map(({ image, state }) => ({
        image,
        pod: `${metadata.namespace}/${metadata.name}`,
        waiting: state?.waiting,
      })),
  );
  const first = stuck.filter(({ image }, index) => stuck.findIndex((each) => each.image === image) === index);
  return first.map(
    ({ image, pod, waiting }) =>
      `the node of ${pod} has not pulled ${image}: ${waiting?.message ?? waiting?.reason}; ${
        image.startsWith("quickstart.local/")
          ? "it is in no registry: --load has not put it onto that node"
          : "let the nodes reach its registry, or load the image onto them beforehand"
      }`,
  );
}
