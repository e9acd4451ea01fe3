/** Where something stands. */
export interface Place {
  /** Address in Terraform, such as `vault_policy.orders`, or `Deployment/shop/orders` of a manifest. */
  readonly address: string;
  /** Path of the construct; null where CDKTF has not written the resource. */
  readonly path: string | null;
  readonly file: string;
  /** From 1; null where the file has no lines that a person wrote. */
  readonly line: number | null;
}

/**
 * A text of the configuration: null where it says nothing, and an expression such as `${var.audience}` where
 * only an apply knows it.
 */
export type Text = string | null;
