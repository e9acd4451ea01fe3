import { Option } from "commander";
import { styleText } from "node:util";
import { packageOf } from "../input";
import {
  everyRule,
  formatGithub,
  formatJson,
  formatSarif,
  formatText,
  plain,
  refusing,
  type Findings,
  type Severity,
  type Style,
} from "../rules";

export type Format = "text" | "json" | "sarif" | "github";

/** How a command shows what it found. */
export const formatOption = () =>
  new Option("--format <format>", "how findings are shown")
    .choices(["text", "json", "sarif", "github"])
    .default("text");

/** From which severity on a finding makes a command fail. */
export const failOnOption = () =>
  new Option("--fail-on <severity>", "the least severe finding that gives exit code 1")
    .choices(["error", "warning"])
    .default("error");

/** What those options give. */
export interface FindingsOptions {
  readonly format: Format;
  readonly failOn: Severity;
}

/** Prints what a command found and sets the exit code: 0 clean, 1 findings, 2 something could not be read. */
export function conclude(found: Findings, { format, failOn }: FindingsOptions): void {
  const text = { json: formatJson, github: formatGithub, sarif }[format as Exclude<Format, "text">]?.(found);
  if (text === undefined) printFindings(found, console.log);
  else if (text !== "") console.log(text);
  const failed = refusing(found.findings, failOn).length > 0;
  process.exitCode = found.failures.length > 0 ? 2 : Number(failed);
}

function sarif(found: Findings): string {
  return formatSarif(found, { rules: everyRule, version: packageOf(__dirname).version });
}

/** Prints findings as text, in colour where the stream is a terminal. */
export function printFindings(found: Findings, print: (text: string) => void): void {
  const stream = print === console.error ? process.stderr : process.stdout;
  print(formatText(found, stream.hasColors?.() === true && !process.env["NO_COLOR"] ? coloured : plain));
}

// Which stream it is was looked at: Node would look at standard output, also for what goes to the other one.
const styled =
  (style: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    styleText(style, text, { validateStream: false });

const coloured: Style = {
  error: styled(["red", "bold"]),
  warning: styled(["yellow", "bold"]),
  waived: styled("cyan"),
  heading: styled("bold"),
  quiet: styled("gray"),
};
