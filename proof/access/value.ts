/** A value that Terraform knows only when it applies, or that needs more than the files to be computed. */
export class Unknown {
  readonly #cause: string | undefined;
  readonly #parts: readonly (string | Unknown)[] | undefined;

  /**
   * @param expression what stands in the configuration, such as `${var.name}-db`
   * @param cause what of it is not known, such as `${var.name}`
   * @param parts of a text: what is known of it, and what is not
   */
  constructor(
    readonly expression: string,
    cause?: string,
    parts?: readonly (string | Unknown)[],
  ) {
    this.#cause = cause;
    this.#parts = parts;
  }

  /** What of the expression is not known; all of it where nothing else was said. */
  get cause(): string {
    return this.#cause ?? this.expression;
  }

  /** Of a text what is known and what is not, in order; absent where it is no text of which a part is known. */
  get parts(): readonly (string | Unknown)[] | undefined {
    return this.#parts;
  }
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
