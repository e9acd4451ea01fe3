import type { Direction } from "./change";
import type { AccessDiff } from "./diff";

export const DIFF_FORMATS = ["text", "md", "json"] as const;

export type DiffFormat = (typeof DIFF_FORMATS)[number];

const HEADINGS: Readonly<Record<Direction, string>> = {
  widened: "opens more",
  narrowed: "opens less",
  unchanged: "unchanged in effect",
};

/** First of all: somebody relies on these. */
const PROMISED = "what was promised";

const NOTHING = "no change of access";
const NOT_KNOWN = "not known, so that nobody can say whether it changes";

/** The diff in one format. */
export function renderDiff(diff: AccessDiff, format: DiffFormat): string {
  return {
    text: renderText,
    md: renderDiffMarkdown,
    json: (each: AccessDiff) => `${JSON.stringify(each, null, 2)}\n`,
  }[format](diff);
}

function renderText(diff: AccessDiff): string {
  const known = diff.notKnown.length === 0 ? NOTHING : `${NOTHING} in what is known`;
  const changes =
    diff.changes.length === 0
      ? `${known}\n`
      : parts(
          diff,
          (heading) => `${heading}:`,
          (sentence) => `  ${sentence}`,
        );
  return diff.notKnown.length === 0
    ? changes
    : `${changes}\n${NOT_KNOWN}:\n${diff.notKnown.map((each) => `  ${each}\n`).join("")}`;
}

function renderDiffMarkdown(diff: AccessDiff): string {
  const title = "### What changes in access\n\n";
  const heading = (text: string) => `**${text[0]?.toUpperCase()}${text.slice(1)}**\n`;
  const line = (sentence: string) => `- ${sentence.replace(/[\\`*_<>[\]|]/g, "\\$&")}`;
  const known = diff.notKnown.length === 0 ? "" : " in what is known";
  const changes = diff.changes.length === 0 ? `No change of access${known}.\n` : parts(diff, heading, line);
  const unknown =
    diff.notKnown.length === 0 ? "" : `\n${[heading(NOT_KNOWN), ...diff.notKnown.map(line)].join("\n")}\n`;
  return title + changes + unknown;
}

function parts(
  { changes }: AccessDiff,
  head: (heading: string) => string,
  line: (sentence: string) => string,
): string {
  const promises = changes.filter(({ promise }) => promise !== undefined);
  const others = changes.filter((each) => !promises.includes(each));
  const groups = [
    [PROMISED, promises] as const,
    ...(Object.keys(HEADINGS) as Direction[]).map(
      (direction) => [HEADINGS[direction], others.filter((each) => each.direction === direction)] as const,
    ),
  ].filter(([, own]) => own.length > 0);
  const texts = groups.map(([heading, own]) =>
    [head(heading), ...own.map(({ sentence }) => line(sentence))].join("\n"),
  );
  return `${texts.join("\n\n")}\n`;
}
