import type { Route } from "./routes";

/** What somebody looks at: where they are, what they search, and what they have folded or unfolded. */
export interface View {
  readonly route: Route;
  /** In lower case. */
  readonly words: readonly string[];
  /** Of those that are granted; empty: any. */
  readonly verb: string;
  /** Keys of what is not as it is at first. */
  readonly toggled: ReadonlySet<string>;
}

/** What the page shows at first, and where it runs no script. */
export function firstView(environment: string): View {
  return {
    route: { environment, kind: "home", id: "" },
    words: [],
    verb: "",
    toggled: new Set(),
  };
}

export function isSearch({ words, verb }: View): boolean {
  return words.length > 0 || verb !== "";
}

/** Whether a text has all words that are searched; a verb that is chosen is one of them. */
export function matches({ words, verb }: View, text: string): boolean {
  const low = text.toLowerCase();
  return words.every((word) => low.includes(word)) && (verb === "" || low.includes(verb.toLowerCase()));
}

/** What was typed, as words. */
export function wordsOf(typed: string): string[] {
  return typed.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Whether something is unfolded that is so at first or not. */
export function isUnfolded({ toggled }: View, key: string, atFirst: "folded" | "unfolded"): boolean {
  return toggled.has(key) !== (atFirst === "unfolded");
}
