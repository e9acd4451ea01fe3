/** A file whose text was read. */
export interface TextFile {
  /** Name as people are shown it. */
  readonly file: string;
  readonly text: string;
}

/** Something that could not be read; the rest is judged all the same. */
export interface ReadFailure {
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  readonly message: string;
}
