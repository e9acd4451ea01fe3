import { shownNotJudged } from "../../access";
import type { Finding } from "../finding";
import { addressOf } from "../page";
import type { Rule } from "../rule";
import { shownWaived } from "../said";
import { shownOf, type Findings } from "./found";

/** What the results are judged by. */
export interface Driver {
  readonly rules: readonly Rule[];
  /** Version of `@leasehold/proof`. */
  readonly version: string;
}

/** SARIF 2.1.0, which code scanning of GitHub and GitLab takes. */
export function formatSarif(found: Findings, { rules, version }: Driver): string {
  const { findings, failures, notJudged } = shownOf(found);
  const described = rules.map((rule) => reportingDescriptor(rule, version));
  const run = {
    tool: { driver: { name: "leasehold", version, rules: described } },
    invocations: [
      {
        executionSuccessful: failures.length === 0,
        toolExecutionNotifications: [
          ...failures.map(({ file, line = null, message }) => ({
            level: "error",
            message: { text: message },
            locations: [{ physicalLocation: physicalLocation(file, line) }],
          })),
          ...notJudged.map((each) => ({
            level: "note",
            message: { text: `not read: ${shownNotJudged(each)}` },
            locations: each.places.map((place) => ({ physicalLocation: physicalLocation(place, null) })),
          })),
        ],
      },
    ],
    results: findings.map(result),
  };
  return JSON.stringify(
    { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] },
    null,
    2,
  );
}

/** Code scanning of GitHub shows the help, and refuses a rule without one; others follow the address. */
function reportingDescriptor({ id, severity, title, why }: Rule, version: string) {
  const helpUri = addressOf(id, version);
  const fires = "a configuration on which it fires";
  return {
    id,
    helpUri,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: {
      text: `${why}\n\n${helpUri} has ${fires}.`,
      markdown: `${why}\n\n[The page of the rules](${helpUri}) has ${fires}.`,
    },
    defaultConfiguration: { level: severity },
  };
}

/**
 * Code scanning shows the first location, and only of a file that is checked in: what a person has declared comes
 * first, and what was made of it is related. More `locations` would all have to be changed (SARIF 2.1.0, 3.27.12).
 */
function result(finding: Finding) {
  const { rule, severity, resource, path, message, fix, evidence, waived, waiver, declared } = finding;
  const { file, line } = declared ?? finding;
  const names = path === null ? [resource] : [resource, path];
  const related = {
    id: 1,
    physicalLocation: physicalLocation(finding.file, finding.line),
    message: { text: `made of the ${declared?.what}` },
  };
  return {
    ruleId: rule,
    level: severity,
    message: { text: `${message}; ${fix}` },
    locations: [
      {
        physicalLocation: physicalLocation(file, line),
        logicalLocations: names.map((fullyQualifiedName) => ({ fullyQualifiedName })),
      },
    ],
    ...(declared && { relatedLocations: [related] }),
    properties: { evidence },
    suppressions:
      waived === null
        ? []
        : [
            {
              kind: "inSource",
              status: "accepted",
              justification: shownWaived(finding),
              properties: { ...waiver },
            },
          ],
  };
}

function physicalLocation(file: string, line: number | null) {
  return {
    artifactLocation: { uri: encodeURI(file) },
    ...(line !== null && { region: { startLine: line } }),
  };
}
