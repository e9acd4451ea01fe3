import type { Direction } from "./change";
import type { AccessDiff } from "./diff";

export const DIFF_FORMATS = ["text", "md", "json"] as const;

export type DiffFormat = (typeof DIFF_FORMATS)[number];

const HEADINGS: Readonly<Record<Direction, string>> = {
  widened: "opens more",
  narrowed: "opens less",
  unchanged: "unchanged in effect",
};

const NOTHING = "no change of access";

/** The diff in one format. */
export function renderDiff(diff: AccessDiff, format: DiffFormat): string {
  return {
    text: renderText,
    md: renderDiffMarkdown,
    json: (each: AccessDiff) => `${JSON.stringify(each, null, 2)}\n`,
  }[format](diff);
}

function renderText(diff: AccessDiff): string {
  if (diff.changes.length === 0) return `${NOTHING}\n`;
  return parts(
    diff,
    (heading) => `${heading}:`,
    (sentence) => `  ${sentence}`,
  );
}

function renderDiffMarkdown(diff: AccessDiff): string {
  const title = "### What changes in access\n\n";
  if (diff.changes.length === 0) return `${title}No change of access.\n`;
  return (
    title +
    parts(
      diff,
      (heading) => `**${heading[0]?.toUpperCase()}${heading.slice(1)}**\n`,
      (sentence) => `- ${sentence.replace(/[\\`*_<>[\]|]/g, "\\$&")}`,
    )
  );
}

function parts(
  { changes }: AccessDiff,
  head: (heading: string) => string,
  line: (sentence: string) => string,
): string {
  const directions = (Object.keys(HEADINGS) as Direction[]).filter((direction) =>
    changes.some((each) => each.direction === direction),
  );
  const texts = directions.map((direction) =>
    [
      head(HEADINGS[direction]),
      ...changes.filter((each) => each.direction === direction).map(({ sentence }) => line(sentence)),
    ].join("\n"),
  );
  return `${texts.join("\n\n")}\n`;
}
