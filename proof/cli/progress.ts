import readline from "node:readline";

/** What is being done, the innermost last. */
const doing: string[] = [];

/**
 * Does something that may take more than a second, and says so meanwhile in one line, which is gone afterwards. It
 * is said at once, for what computes lets no timer run; and only to people: where standard error is a terminal, and
 * CI is not set.
 *
 * @param what such as `checking the types`
 */
export async function working<T>(what: string, work: () => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY || process.env["CI"]) return work();
  doing.push(what);
  show();
  try {
    return await work();
  } finally {
    doing.splice(doing.lastIndexOf(what), 1);
    show();
  }
}

function show(): void {
  const { stderr } = process;
  readline.cursorTo(stderr, 0);
  readline.clearLine(stderr, 0);
  const line = doing.at(-1);
  // A line that wraps could not be taken back.
  if (line !== undefined) stderr.write(`${line} …`.slice(0, (stderr.columns || 80) - 1));
}
