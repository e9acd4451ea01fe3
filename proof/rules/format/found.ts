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

/** What was found, as it may be shown. Whoever found it may hold more: the graphs of whole landscapes. */
export function shownOf({ findings, failures, notJudged = [] }: Findings): Required<Findings> {
  return withoutSecrets({ findings, failures, notJudged });
}
