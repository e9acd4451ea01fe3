/** A value that Terraform knows only when it applies, or that needs more than the files to be computed. */
export class Unknown {
  /** @param expression what stands in the configuration, such as `${var.audience}` */
  constructor(readonly expression: string) {}
}

/** A value of a configuration, after references and expressions were resolved as far as they are static. */
export type Value =
  string | number | boolean | null | Unknown | readonly Value[] | { readonly [key: string]: Value };

/** Something that may only be known at apply; absent where the configuration does not set it. */
export type Known<T> = T | Unknown | undefined;

export function isUnknown(value: unknown): value is Unknown {
  return value instanceof Unknown;
}

/** The value where it is known and set, otherwise nothing. */
export function known<T>(value: Known<T>): T | undefined {
  return value instanceof Unknown ? undefined : value;
}
