/** Where something stands, so that a person finds it. */
export interface Origin {
  /** Address in Terraform, such as `vault_policy.orders`, or `Deployment/shop/orders` of a manifest. */
  readonly address: string;
  /** Path of the construct, where CDKTF has written the resource. */
  readonly path?: string;
  readonly file: string;
  /** From 1; absent where the format has no lines that a person wrote. */
  readonly line?: number;
  /** Folder in which Terraform is run; absent for what is no resource of Terraform's, or stands in a plan. */
  readonly root?: string;
  /**
   * Which Vault a resource is written to: its address and namespace where they are known, otherwise the root,
   * provider and namespace. Two names are one where this is the same.
   */
  readonly vault?: string;
}
