import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import MarkdownIt from "markdown-it";

const checkout = path.resolve(__dirname, "../..");

/** Generated from the rules, or what was decided once: no page that tells somebody what to do. */
const NO_PAGES = /^docs\/(adr\/|rules\.md)/;

/** A block of a page that is not prose. */
export interface Block {
  readonly page: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** What its fence says: `sh`, `ts`, `sql`. Empty where it says nothing. */
  readonly language: string;
  readonly text: string;
}

/** Every block of every page of this repository. */
export function blocks(): Block[] {
  return trackedFiles("*.md")
    .filter((page) => !NO_PAGES.test(page))
    .flatMap(blocksOf);
}

/** The files of this repository that a pattern names, those included that are not committed yet. */
export function trackedFiles(...patterns: string[]): string[] {
  const names = execFileSync("git", ["ls-files", "-co", "--exclude-standard", ...patterns], {
    cwd: checkout,
    encoding: "utf8",
  });
  return names
    .trim()
    .split("\n")
    .filter((file) => fs.existsSync(path.join(checkout, file)));
}

/** What a page consists of, in the order of the page. */
export function tokensOf(page: string): ReturnType<InstanceType<typeof MarkdownIt>["parse"]> {
  return new MarkdownIt().parse(fs.readFileSync(path.join(checkout, page), "utf8"), {});
}

function blocksOf(page: string): Block[] {
  return tokensOf(page)
    .filter(({ type }) => type === "fence" || type === "code_block")
    .map(({ map, info, content }) => ({ page, line: (map?.[0] ?? 0) + 1, language: info, text: content }));
}

/** The commands of a shell block: a line each, with what continues it (`\`, a here-document, a loop), without its comment. */
export function commandsOf({ text }: Block): string[] {
  const commands: string[] = [];
  let until: RegExp | undefined;
  for (const line of text.split("\n")) {
    const open = commands.at(-1);
    if (until !== undefined && open !== undefined) {
      commands[commands.length - 1] = `${open}\n${line}`;
      if (until.test(line)) until = endOf(line);
      continue;
    }
    const command = line.replace(/(^|\s+)#\s.*/, "").trim();
    if (command !== "") commands.push(command);
    until = endOf(command);
  }
  return commands;
}

/** What the last line of a command looks like that a line begins. */
function endOf(line: string): RegExp | undefined {
  const word = /<<'?(\w+)'?/.exec(line)?.[1];
  if (word) return new RegExp(`^${word}$`);
  if (line.endsWith("\\")) return /^/;
  return /^for\b/.test(line) && !/\bdone\b/.test(line) ? /\bdone\b/ : undefined;
}

/** A table of a page, cell by cell as it is written there. */
export interface Table {
  readonly page: string;
  /** The heading that it stands under. */
  readonly heading: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a page. */
export function tablesOf(page: string): Table[] {
  const tables: { page: string; heading: string; rows: string[][] }[] = [];
  let heading = "";
  tokensOf(page).forEach(({ type, content }, index, tokens) => {
    if (type === "table_open") tables.push({ page, heading, rows: [] });
    else if (type === "tr_open") tables.at(-1)?.rows.push([]);
    else if (type === "inline" && /^t[hd]_open$/.test(tokens[index - 1]?.type ?? ""))
      tables.at(-1)?.rows.at(-1)?.push(content);
    else if (type === "inline" && tokens[index - 1]?.type === "heading_open") heading = content;
  });
  return tables.map(({ rows: [head = [], ...rows], ...table }) => ({ ...table, head, rows }));
}
