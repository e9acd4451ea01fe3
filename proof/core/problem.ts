/** One thing that is wrong with a value that an operator wrote. */
export interface Problem {
  /** Where in the props or the literal: `ttl.default`, `grants[1].tables[0]`. */
  readonly property: string;
  /** What is allowed, to be read after "must": `be at most "24h"`. */
  readonly must: string;
  /** The value got. Secrets are withheld by {@link describe}. */
  readonly got: unknown;
  /** What to do, in the imperative. */
  readonly fix: string;
}

/** What was got, told in words instead of shown: an object, a secret, a key that nobody knows. */
export class Words {
  constructor(readonly text: string) {}
}

/** Stands for a value that may be a secret. */
export const WITHHELD = new Words("a value that looks like a secret (withheld)");
