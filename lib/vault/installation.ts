/** Where the chart comes from and where it goes. Its cluster-wide objects allow one per cluster. */
export interface Installation {
  /**
   * Kubernetes namespace of the release, created if missing.
   *
   * @default "vault"
   * @protects from servers among the pods of applications
   */
  readonly namespace?: string;
  /**
   * Helm repository that holds the chart, for clusters without a way to the internet; https or oci.
   *
   * @default "https://helm.releases.hashicorp.com"
   * @protects from a chart of somebody else; its version is fixed as well
   */
  readonly chartRepository?: string;
}
