import type { KubernetesAuthProps } from "../auth";

/** The Kubernetes cluster that the services run in. */
export interface Cluster {
  /** How Terraform reaches the cluster. */
  readonly connection: ClusterConnection;
  /** URL of the API server as **Vault** reaches it, to review ServiceAccount tokens. */
  readonly apiServer: string;
  /**
   * PEM certificate of the API server's CA.
   * @default - Vault reads the CA of its own pod; a Vault outside the cluster needs it
   * @protects from a CA that is copied and forgotten: Vault's pod has the present one
   */
  readonly caCertificate?: string;
  /**
   * Who makes the services' namespaces.
   * @default { kind: "create" } - the platform stack, enforcing Pod Security `restricted`
   * @protects from pods that run as root or with privileges: the namespaces enforce `restricted`
   */
  readonly namespaces?: Namespaces;
}

/** One of several clusters of an environment. */
export interface NamedCluster extends Cluster {
  /** Follows the environment in the names of the cluster's stacks; lower-case letters, digits, hyphens. */
  readonly name: string;
  /**
   * Path of the cluster's Kubernetes auth method, without `auth/`.
   * @default "kubernetes-<name>"
   * @protects from pods of one cluster that log in as those of another: each has a method of its own
   */
  readonly authPath?: string;
  /**
   * Who reviews the ServiceAccount tokens of this cluster.
   * @default - `vault.reviewer`
   * @protects from a token of one cluster that is shown to the API server of another
   */
  readonly reviewer?: KubernetesAuthProps["reviewer"];
}

/** Who makes namespaces. */
export type Namespaces =
  | {
      readonly kind: "create";
      /**
       * Those that are there already and stay somebody else's, such as the one of a service that is only about
       * to come under leasehold. One that leasehold has made would be destroyed: `terraform state rm` it first.
       * @default - none
       * @protects from a namespace that nobody has made, in which every pod would fail
       */
      readonly except?: readonly string[];
    }
  /** Somebody else makes all of them. */
  | { readonly kind: "existing" };

/** How Terraform reaches a cluster. */
export type ClusterConnection =
  | {
      readonly kind: "kubeconfig";
      /** Context of the kubeconfig file; named, so that nobody applies to whatever context is current. */
      readonly context: string;
      /**
       * Path of the kubeconfig file, on the machine that runs Terraform.
       * @default "~/.kube/config"
       * @protects nothing: the context is named in any case
       */
      readonly path?: string;
    }
  /** Terraform itself runs in a pod of the cluster. */
  | { readonly kind: "in-cluster" };
