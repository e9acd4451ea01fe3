import type { Findings } from "@leasehold/proof/rules";
import type { DeclaredEnvironment } from "../environment/environment";
import type { Witness } from "./witness";

/** All that the proof of environments depends on, beside the program and the day. */
export interface Question {
  /** Who asks: what one needs of an answer is not what the other needs. */
  readonly by: "check" | "synth";
  readonly environments: readonly DeclaredEnvironment[];
  /** Names of those that are judged; the others are read beside them. */
  readonly judged: readonly string[];
  /** What was rendered. */
  readonly directory: string;
  /** The name under which people know the folder. */
  readonly shownAs: string;
  readonly witness: Witness | "none" | undefined;
}

/** Answers a question, by the proof or by what that came to when the same was asked before. */
export type Conclude = <T extends Findings>(question: Question, prove: () => Promise<T>) => Promise<T>;
