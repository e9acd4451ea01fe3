/** Something that nobody can say who has read only this configuration, and why. */
export interface NotKnown {
  readonly value: "not-known";
  /** In one sentence without a full stop. */
  readonly reason: string;
}

/** What a statement can be: no list that is empty and no node that is absent stands for a `no`. */
export type Answer = { readonly value: "yes" } | { readonly value: "no" } | NotKnown;

/** Whether something holds that the configuration says; it has no `no`, for what does not hold is not said. */
export type Certain = { readonly value: "yes" } | NotKnown;

/** A text that somebody says; a reader has to look whether it is there. */
export type Said = { readonly value: "said"; readonly text: string } | NotKnown;

export const YES = { value: "yes" } as const;
export const NO = { value: "no" } as const;

export function notKnown(reason: string): NotKnown {
  return { value: "not-known", reason };
}

export function said(text: string | null | undefined, otherwise: string): Said {
  return text === null || text === undefined || text === "" ? notKnown(otherwise) : { value: "said", text };
}

export function isNotKnown(value: unknown): value is NotKnown {
  return typeof value === "object" && value !== null && (value as NotKnown).value === "not-known";
}

/** `yes` where nothing is in doubt; what is in doubt is told, all of it. */
export function certain(doubts: readonly string[]): Certain {
  return doubts.length === 0 ? YES : notKnown([...new Set(doubts)].join("; "));
}

/**
 * Whether all of some things are as they must be: only where there is at least one, and nothing of any is in doubt.
 *
 * @param none what to say where there is nothing to be judged
 */
export function allOf<T>(
  things: readonly T[],
  none: string,
  doubtOf: (thing: T) => string | undefined,
): Certain {
  return things.length === 0 ? notKnown(none) : certain(things.flatMap((thing) => doubtOf(thing) ?? []));
}

/** A sentence for people: `not known: …`. */
export function shownAnswer(
  answer: Answer | Certain,
  words: { readonly yes: string; readonly no?: string },
): string {
  if (answer.value === "not-known") return `not known: ${answer.reason}`;
  return answer.value === "yes" ? words.yes : (words.no ?? "no");
}

export function shownSaid(text: Said): string {
  return text.value === "said" ? text.text : `not known: ${text.reason}`;
}
