import type { NotJudged, ReadFailure } from "../../access";
import type { Finding } from "../finding";
import { withoutSecrets } from "../redacted";

/** What a command found, and what it could not read. */
export interface Findings {
  readonly findings: readonly Finding[];
  readonly failures: readonly ReadFailure[];
  /**
   * What was seen and is judged by no rule.
   * @default - nothing
   */
  readonly notJudged?: readonly NotJudged[];
}

/** An object whose `findings` are as {@link Finding} says; `failures` are files that could not be read, `notRead` is what no rule judges. */
export function formatJson(found: Findings): string {
  const { findings, failures, notJudged = [] } = withoutSecrets(found);
  const unread = failures.map(({ file, line = null, message }) => ({ file, line, message }));
  return JSON.stringify({ version: 1, findings, failures: unread, notRead: notJudged }, null, 2);
}
