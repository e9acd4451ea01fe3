import { shownOf, type Findings } from "./found";

/** An object whose `findings` are as {@link Finding} says; `failures` are files that could not be read, `notRead` is what no rule judges. */
export function formatJson(found: Findings): string {
  const { findings, failures, notJudged } = shownOf(found);
  const unread = failures.map(({ file, line = null, message }) => ({ file, line, message }));
  return JSON.stringify({ version: 1, findings, failures: unread, notRead: notJudged }, null, 2);
}
