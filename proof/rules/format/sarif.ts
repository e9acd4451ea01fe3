import { shownNotJudged } from "../../access";
import type { Finding } from "../finding";
import { pageOf } from "../page";
import type { Rule } from "../rule";
import { shownWaived } from "../waive";
import { shownOf, type Findings } from "./found";

/** SARIF 2.1.0, which code scanning of GitHub and GitLab takes. */
export function formatSarif(found: Findings, rules: readonly Rule[]): string {
  const { findings, failures, notJudged } = shownOf(found);
  const run = {
    tool: { driver: { name: "leasehold", rules: rules.map(reportingDescriptor) } },
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

function reportingDescriptor({ id, severity, title, why }: Rule) {
  return {
    id,
    helpUri: pageOf(id),
    shortDescription: { text: title },
    fullDescription: { text: why },
    defaultConfiguration: { level: severity },
  };
}

function result(finding: Finding) {
  const { rule, severity, resource, path, file, line, message, fix, evidence, waived, waiver } = finding;
  const names = path === null ? [resource] : [resource, path];
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
