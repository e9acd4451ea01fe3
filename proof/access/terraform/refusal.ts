/** Thrown while an expression is computed: Terraform refuses it, so that `try` takes the next one. */
export class Refusal extends Error {}

/** Thrown while an expression is computed: Terraform may compute it, and we do not know exactly how. */
export class Unsure extends Error {}
