import type { Client } from "pg";

/** A client of leasehold, and the page that shows it under libraries. */
export interface LanguageClient {
  /** As the table of all clients has it. */
  readonly name: string;
  /** Beside this folder. */
  readonly page: string;
  libraries(page: string): readonly Library[];
  /** Takes away what it has made for that. */
  end?(): void;
}

/**
 * One library, asked by a program of its own. That asks with eight workers at once until its standard input ends. To stderr it
 * writes `ready` before it asks, and `enough` when it has asked as often as QUERIES says; at the end to stdout what it has
 * seen, as JSON.
 */
export interface Library {
  readonly name: string;
  readonly version: string;
  /** What the page shows of it, word for word what is run. */
  readonly shown: string;
  readonly command: readonly [program: string, ...words: string[]];
  readonly directory?: string;
  /** Makes the schema that somebody else makes. */
  prepare?(admin: Client, port: number): Promise<void>;
  /** Whether all that it was asked must be done besides. */
  readonly isDone?: boolean;
}

/** What a library has seen. */
export interface Seen {
  readonly asked: number;
  readonly failed: readonly string[];
  /** That it has connected as; none where the library hides them. */
  readonly users: readonly string[];
  /** Work that was done beside the queries, such as jobs. */
  readonly done?: number;
}

/** What a page shows under a heading, in a language. */
export function shownIn(page: string, heading: string, language: string): string {
  const [, after] = page.split(`${heading}\n`);
  const [, shown] = (after?.split(/\n##+ /)[0] ?? "").split(`\`\`\`${language}\n`);
  if (shown === undefined) throw new Error(`the page shows nothing in ${language} under '${heading}'`);
  return shown.slice(0, shown.indexOf("```"));
}

/** What each page shows is what its program runs: word for word, but for the space between the words. */
export function assertRuns(source: string, shown: string, name: string): void {
  const flat = (text: string) => text.split(/\s+/).join(" ").trim();
  if (!flat(source).includes(flat(shown))) {
    throw new Error(`the program of ${name} does not run what its page shows:\n${shown}`);
  }
}
