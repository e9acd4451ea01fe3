import { shownNotJudged } from "../../access";
import { shownWaived } from "../said";
import { shownOf, type Findings } from "./found";

/** Commands of a GitHub workflow, which shows them at the lines of the pull request. */
export function formatGithub(all: Findings): string {
  const { findings, failures, notJudged } = shownOf(all);
  const found = findings.map((finding) => {
    const { severity, waived, rule, resource, message, fix } = finding;
    const { file, line } = finding.declared ?? finding;
    const level = waived === null ? severity : "notice";
    const text = `${resource}: ${message}; ${fix}${waived === null ? "" : ` (waived: ${shownWaived(finding)})`}`;
    return command(level, { file, line, title: rule }, text);
  });
  const unread = failures.map(({ file, line = null, message }) =>
    command("error", { file, line, title: "cannot be read" }, message),
  );
  const silence = notJudged.map((each) =>
    command("notice", { title: "not read" }, `no rule judges ${shownNotJudged(each)}`),
  );
  return [...unread, ...found, ...silence].join("\n");
}

function command(
  level: string,
  properties: Readonly<Record<string, string | number | null>>,
  text: string,
): string {
  const written = Object.entries(properties)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${level} ${written.join(",")}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
