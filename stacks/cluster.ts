/** The Kubernetes cluster that the services run in. */
export interface Cluster {
  /** How Terraform reaches the cluster. */
  readonly connection: ClusterConnection;
  /** URL of the API server as **Vault** reaches it, to review ServiceAccount tokens. */
  readonly apiServer: string;
  /**
   * PEM certificate of the API server's CA.
   * @default - Vault reads the CA of its own pod; a Vault outside the cluster needs it
   */
  readonly caCertificate?: string;
  /**
   * Who makes the services' namespaces.
   * @default { kind: "create" } - the platform stack, enforcing Pod Security `restricted`
   */
  readonly namespaces?: { readonly kind: "create" } | { readonly kind: "existing" };
}

/** How Terraform reaches a cluster. */
export type ClusterConnection =
  | {
      readonly kind: "kubeconfig";
      /** Context of the kubeconfig file; named, so that nobody applies to whatever context is current. */
      readonly context: string;
      /** @default "~/.kube/config" */
      readonly path?: string;
    }
  /** Terraform itself runs in a pod of the cluster. */
  | { readonly kind: "in-cluster" };
